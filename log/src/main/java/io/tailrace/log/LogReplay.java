package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Brings back what the log's batches say: which producers wrote them, in which leader epochs. Reads
 * batch headers only, and only from where the newest good snapshot ends.
 */
final class LogReplay {
  private static final int MAX_SNAPSHOT_BYTES = 1 << 30;

  private final Disk disk;
  private final Path directory;
  private ProducerStates producers = new ProducerStates();
  private long producersFrom;

  LogReplay(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  /** The producers of all batches of a log that ends at {@code end}. */
  ProducerStates producers(LogSegment[] segments, long end, LogConfig config) throws IOException {
    loadSnapshot(end);
    replay(segments, producersFrom, Long.MAX_VALUE, new LeaderEpochCache(), config);
    return producers;
  }

  /** The same, and adds the epochs of batches at or behind {@code epochsFrom}. */
  ProducerStates producersAndEpochs(
      LogSegment[] segments, long end, LeaderEpochCache epochs, long epochsFrom, LogConfig config)
      throws IOException {
    loadSnapshot(end);
    replay(segments, producersFrom, epochsFrom, epochs, config);
    return producers;
  }

  private void replay(
      LogSegment[] segments,
      long fromForProducers,
      long fromForEpochs,
      LeaderEpochCache epochs,
      LogConfig config)
      throws IOException {
    long from = Math.min(fromForProducers, fromForEpochs);
    BatchSearch<Void> visitor =
        scanner -> {
          ByteBuffer buffer = scanner.buffer();
          int at = scanner.at();
          long base = RecordBatch.baseOffset(buffer, at);
          if (base >= fromForEpochs) {
            epochs.assign(RecordBatch.partitionLeaderEpoch(buffer, at), base);
          }
          if (base >= fromForProducers && RecordBatch.hasProducerId(buffer, at)) {
            producers.update(buffer, at);
          }
          return null;
        };
    for (LogSegment segment : segments) {
      if (segment.nextOffset() > from) {
        segment.search(from, config.indexIntervalBytes(), visitor);
      }
    }
  }

  /** The newest one that is intact and not ahead of the log; without one, all is replayed. */
  private void loadSnapshot(long end) throws IOException {
    for (Path file : snapshots()) {
      long offset = LogFiles.offset(file, LogFiles.SNAPSHOT);
      ProducerStates loaded = offset <= end ? read(file) : null;
      if (loaded != null) {
        producers = loaded;
        producersFrom = offset;
        return;
      }
    }
  }

  private @Nullable ProducerStates read(Path file) {
    try {
      return ProducerSnapshot.decode(disk.readAll(file, MAX_SNAPSHOT_BYTES));
    } catch (IOException e) {
      return null;
    }
  }

  /** Leaves the newest one, and those at the start of a segment. */
  void deleteStraySnapshots(LogSegment[] segments) throws IOException {
    Set<Long> bases = new HashSet<>();
    for (LogSegment segment : segments) {
      bases.add(segment.baseOffset());
    }
    List<Path> all = snapshots();
    for (Path file : all.subList(Math.min(1, all.size()), all.size())) {
      if (!bases.contains(LogFiles.offset(file, LogFiles.SNAPSHOT))) {
        disk.delete(file);
      }
    }
  }

  /** Durably: one that came back would be taken for one of the batches written there since. */
  void deleteSnapshotsAfter(long end) throws IOException {
    boolean deleted = false;
    for (Path file : snapshots()) {
      if (LogFiles.offset(file, LogFiles.SNAPSHOT) > end) {
        disk.delete(file);
        deleted = true;
      }
    }
    if (deleted) {
      disk.syncDirectory(directory);
    }
  }

  /** Newest first. */
  private List<Path> snapshots() throws IOException {
    List<Path> found = new ArrayList<>();
    for (Path file : disk.list(directory)) {
      if (LogFiles.offset(file, LogFiles.SNAPSHOT) >= 0) {
        found.add(file);
      }
    }
    found.sort(Comparator.reverseOrder());
    return found;
  }
}
