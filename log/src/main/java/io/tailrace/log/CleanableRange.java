package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Which part of a log may be compacted at a moment: whole segments, up to the first that holds the
 * last stable offset, or is younger than {@code min.compaction.lag.ms}, or is appended to.
 *
 * @param firstDirty from here on nothing has been compacted
 * @param end the start of the first segment that must stay as it is
 * @param cleanBytes of the segments that start before {@code firstDirty}
 * @param cleanableBytes of those from the one that holds {@code firstDirty} to {@code end}
 * @param overdue some of these have been waiting for {@code max.compaction.lag.ms}
 */
record CleanableRange(
    long firstDirty, long end, long cleanBytes, long cleanableBytes, boolean overdue) {

  static CleanableRange of(LogState state, long wallMs) throws IOException {
    LogSegment[] all = state.segments.all();
    LogSegment active = all[all.length - 1];
    long start = state.offsets.logStart();
    long firstDirty =
        state.cleaned > state.offsets.logEnd() ? start : Math.max(state.cleaned, start);
    LogSegment[] dirty = between(all, firstDirty, active.baseOffset());
    long bound = Math.min(state.offsets.lastStable(), firstYoung(state, dirty, active, wallMs));
    LogSegment[] stays = between(all, Math.max(bound, firstDirty), active.baseOffset());
    long end = stays.length == 0 ? active.baseOffset() : stays[0].baseOffset();
    return new CleanableRange(
        firstDirty,
        end,
        bytes(between(all, all[0].baseOffset(), firstDirty)),
        bytes(between(all, Math.min(firstDirty, end), end)),
        isOverdue(state, dirty, wallMs));
  }

  /** From the segment that holds an offset on, those that start before another. */
  private static LogSegment[] between(LogSegment[] all, long from, long to) {
    int first = 0;
    while (first + 1 < all.length && all[first + 1].baseOffset() <= from) {
      first++;
    }
    int behind = first;
    while (from < to && behind < all.length && all[behind].baseOffset() < to) {
      behind++;
    }
    return Arrays.copyOfRange(all, first, behind);
  }

  private static long bytes(LogSegment[] segments) {
    long sum = 0;
    for (LogSegment segment : segments) {
      sum += segment.size();
    }
    return sum;
  }

  /** The start of the first segment with a record that is too young. */
  private static long firstYoung(LogState state, LogSegment[] dirty, LogSegment active, long wallMs)
      throws IOException {
    long lag = state.config.cleanup().minCompactionLagMs();
    if (lag > 0) {
      for (LogSegment segment : dirty) {
        int interval = state.config.indexIntervalBytes();
        if (segment.index(interval).times.maxTimestamp() > wallMs - lag) {
          return segment.baseOffset();
        }
      }
    }
    return active.baseOffset();
  }

  private static boolean isOverdue(LogState state, LogSegment[] dirty, long wallMs)
      throws IOException {
    long lag = state.config.cleanup().maxCompactionLagMs();
    if (lag == Long.MAX_VALUE) {
      return false;
    }
    for (LogSegment segment : dirty) {
      ByteBuffer header = segment.headerOf(segment.baseOffset(), state.config.indexIntervalBytes());
      long first = header == null ? 0 : RecordBatch.maxTimestamp(header, 0);
      if (first > 0 && first < wallMs - lag) {
        return true;
      }
    }
    return false;
  }

  /** Share of bytes that have not been compacted. */
  double ratio() {
    long total = cleanBytes + cleanableBytes;
    return total == 0 ? 0 : (double) cleanableBytes / total;
  }

  boolean isDue(CleanupConfig config) {
    return cleanableBytes > 0 && (overdue || ratio() > config.minCleanableDirtyRatio());
  }
}
