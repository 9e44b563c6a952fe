package io.tailrace.log;

import io.tailrace.record.InvalidRecordException;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.nio.channels.ClosedChannelException;

/**
 * One cleaning of one log: notes the newest offset of each key in the part that has not been
 * compacted ({@link DirtyKeys}), then rewrites all segments up to there, group by group, without
 * what has become old. For one thread; appends and reads go on. Offsets stay, and so does what the
 * log's producers can be read from.
 *
 * <p>What is cleaned was synced before, the recovery point says so, and a cleaned segment takes the
 * place of the old ones when it is synced: see {@link SegmentSwap} for a crash.
 */
final class LogCleaning {
  private static final Logger LOG = System.getLogger(LogCleaning.class.getName());

  private final PartitionLog log;
  private final LogState state;
  private final CleanableRange range;
  private final CleanerTools tools;
  private final long wallMs;
  private long bytesBefore;
  private long bytesAfter;

  LogCleaning(PartitionLog log, CleanableRange range, CleanerTools tools, long wallMs) {
    this.log = log;
    this.state = log.state();
    this.range = range;
    this.tools = tools;
    this.wallMs = wallMs;
  }

  /**
   * Cleans as far as the keys fit into memory.
   *
   * @return what lies below is clean now; the range's start if an undecided transaction forbids all
   */
  long run() throws IOException, LogException, CleaningException, CleaningAbortedException {
    try (Arena memory = Arena.ofConfined()) {
      return clean(memory);
    } catch (ClosedChannelException e) {
      throw new CleaningAbortedException(state.name + " has been closed, or cut");
    }
  }

  private long clean(Arena memory)
      throws IOException, LogException, CleaningException, CleaningAbortedException {
    if (state.offsets.flushed() < range.end()) {
      log.flush();
    }
    DirtyKeys keys = DirtyKeys.of(state, range, tools, memory);
    if (keys.mappedTo() <= range.firstDirty()) {
      return range.firstDirty();
    }
    // Recovery believes gaps of offsets below that point only.
    state.context.checkpoints().saveRecoveryPoint(state.name, state.offsets.flushed());
    CleanedTransactions transactions =
        new CleanedTransactions(
            from -> TransactionScan.of(state, from, state.offsets.highWatermark()).aborted());
    int segmentBytes = state.config.segmentBytes();
    for (LogSegment[] group :
        SegmentGroups.of(state.segments.all(), keys.mappedTo(), segmentBytes)) {
      clean(group, keys, transactions);
    }
    LOG.log(
        Level.DEBUG,
        "{0}: compacted up to offset {1}, {2} of {3} bytes are left",
        state.name,
        keys.mappedTo(),
        bytesAfter,
        bytesBefore);
    return keys.mappedTo();
  }

  private void clean(LogSegment[] group, DirtyKeys keys, CleanedTransactions transactions)
      throws IOException, CleaningException, CleaningAbortedException, LogOfflineException {
    BatchCleaner cleaner =
        new BatchCleaner(
            keys,
            transactions,
            LastRecords.of(state),
            tools,
            wallMs,
            state.config.cleanup().deleteRetentionMs());
    CleanedSegment target = new CleanedSegment(state, group[0].baseOffset(), tools);
    boolean swapped = false;
    try {
      LogSegment last = lastWithBatches(group);
      long bytes = 0;
      long cold = 0;
      for (LogSegment segment : group) {
        cold += clean(segment, segment == last, cleaner, target);
        bytes += segment.size();
      }
      LogSegment cleaned = target.finish(2 * cold > bytes);
      SegmentSwap.swapIn(state, group, cleaned);
      swapped = true;
      bytesBefore += bytes;
      bytesAfter += cleaned.size();
    } catch (LogOfflineException e) {
      // The swap has begun: the file is the log's now.
      swapped = true;
      throw e;
    } finally {
      if (!swapped) {
        target.discard();
      }
    }
  }

  private static LogSegment lastWithBatches(LogSegment[] group) {
    int last = group.length - 1;
    while (last > 0 && group[last].size() == 0) {
      last--;
    }
    return group[last];
  }

  /** Returns how many bytes of the segment were not in the page cache. */
  private long clean(
      LogSegment segment, boolean isLast, BatchCleaner cleaner, CleanedSegment target)
      throws IOException, CleaningException, CleaningAbortedException {
    // Deleted records go, and so a damaged batch no longer matters once it is before the start.
    int from = segment.positionOf(state.offsets.logStart(), state.config.indexIntervalBytes());
    try (CleanerScan scan = new CleanerScan(state, segment, from, tools)) {
      while (scan.next()) {
        boolean ends = isLast && scan.position() + scan.sizeInBytes() == segment.size();
        try {
          cleaner.clean(scan.buffer(), scan.at(), ends, target);
        } catch (InvalidRecordException e) {
          throw scan.damaged(String.valueOf(e.getMessage()), e);
        }
      }
      return scan.coldBytes();
    }
  }
}
