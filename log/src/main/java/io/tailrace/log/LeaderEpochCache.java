package io.tailrace.log;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Leader epoch → the first offset written in it (KIP-101), for replicas that ask where an epoch
 * ended. Both increase. Safe for use by many threads.
 *
 * <p>File format (Kafka's {@code leader-epoch-checkpoint}): the lines {@code 0}, number of entries,
 * and {@code epoch startOffset} each. Every batch carries its epoch, so the file is never a source
 * of truth: recovery rebuilds what is missing.
 */
final class LeaderEpochCache {
  static final int NO_EPOCH = -1;

  private final TreeMap<Integer, Long> startOffsets = new TreeMap<>();
  private volatile int latest = NO_EPOCH;
  private boolean saved = true;

  int latestEpoch() {
    return latest;
  }

  /** Notes that {@code epoch} starts at an offset, unless it or a later one has started. */
  void assign(int epoch, long startOffset) {
    if (epoch > latest) {
      add(epoch, startOffset);
    }
  }

  private synchronized void add(int epoch, long startOffset) {
    // Epochs that started here or later have no record left.
    startOffsets.values().removeIf(start -> start >= startOffset);
    startOffsets.put(epoch, startOffset);
    changed();
  }

  /**
   * Where an epoch ended: the start of the next one.
   *
   * @return the largest epoch at or below the one asked for, and its end offset; null if there is
   *     none, or if the one asked for is unknown because it is later than all
   */
  synchronized @Nullable EpochEnd endOffset(int epoch, long logEndOffset) {
    if (epoch == latest && epoch != NO_EPOCH) {
      return new EpochEnd(epoch, logEndOffset);
    }
    Map.Entry<Integer, Long> next = startOffsets.higherEntry(epoch);
    if (next == null) {
      return null;
    }
    Map.Entry<Integer, Long> floor = startOffsets.floorEntry(epoch);
    return new EpochEnd(floor == null ? epoch : floor.getKey(), next.getValue());
  }

  /** Epoch that the record at an offset was written in; −1 if it is before all known. */
  synchronized int epochAt(long offset) {
    int epoch = NO_EPOCH;
    for (Map.Entry<Integer, Long> entry : startOffsets.entrySet()) {
      if (entry.getValue() > offset) {
        break;
      }
      epoch = entry.getKey();
    }
    return epoch;
  }

  /** Forgets epochs that start at or behind the end of the log. */
  synchronized void truncateTo(long logEndOffset) {
    if (startOffsets.values().removeIf(start -> start >= logEndOffset)) {
      changed();
    }
  }

  /** Forgets epochs that ended before the start of the log; the one it starts in starts there. */
  synchronized void startAt(long logStartOffset) {
    int first = epochAt(logStartOffset);
    if (first != NO_EPOCH && startOffsets.firstEntry().getValue() < logStartOffset) {
      startOffsets.headMap(first, true).clear();
      startOffsets.put(first, logStartOffset);
      changed();
    }
  }

  private void changed() {
    latest = startOffsets.isEmpty() ? NO_EPOCH : startOffsets.lastKey();
    saved = false;
  }

  /** The file could not be written. */
  synchronized void setChanged() {
    saved = false;
  }

  /** The content of the file if it has changed since the last call; else null. */
  synchronized byte @Nullable [] encodeIfChanged() {
    if (saved) {
      return null;
    }
    saved = true;
    List<String> lines = new ArrayList<>();
    startOffsets.forEach((epoch, start) -> lines.add(epoch + " " + start));
    return CheckpointText.encode(lines);
  }

  /**
   * Reads the file.
   *
   * @return null if it is damaged
   */
  static @Nullable LeaderEpochCache decode(byte[] content) {
    List<String[]> lines = CheckpointText.decode(content, 2);
    if (lines == null) {
      return null;
    }
    LeaderEpochCache cache = new LeaderEpochCache();
    long lastStart = -1;
    for (String[] line : lines) {
      try {
        int epoch = Integer.parseInt(line[0]);
        long start = Long.parseLong(line[1]);
        if (epoch <= cache.latest || start <= lastStart) {
          return null;
        }
        cache.add(epoch, start);
        lastStart = start;
      } catch (NumberFormatException e) {
        return null;
      }
    }
    cache.saved = true;
    return cache;
  }

  @Override
  public synchronized String toString() {
    return startOffsets.toString();
  }
}
