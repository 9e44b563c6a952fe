package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.io.IOException;

/**
 * Which segments of an open log go, as in Kafka: from the oldest on, as long as
 *
 * <ul>
 *   <li>{@code retention.bytes} are left without it,
 *   <li>or its newest record is older than {@code retention.ms};
 *   <li>and all of it lies below the high watermark.
 * </ul>
 *
 * The active segment goes like any other: appends go on in a new one.
 *
 * <p>A segment's newest record is the one with the largest timestamp. A timestamp in the future
 * would keep the segment until then, for ever perhaps; so it does not count while it is in the
 * future, nor does there being none: then the time counts at which the file was last changed, which
 * is that of the last append and survives a restart. Thus no record stays for more than twice
 * {@code retention.ms} (and one segment's time).
 *
 * <p>Any thread that may wait for the disk.
 */
final class LogRetention {
  private final LogState state;
  private final LogStart start;

  LogRetention(LogState state, LogStart start) {
    this.state = state;
    this.start = start;
  }

  void apply(long wallMs) throws LogException {
    state.checkOnline();
    start.dropSegments();
    CleanupConfig cleanup = state.config.cleanup();
    try {
      long keptFrom = cleanup.delete() ? keptFrom(cleanup, wallMs) : 0;
      start.raiseTo(Math.max(rollIfActiveGoes(keptFrom), state.offsets.logStart()));
    } catch (IOException e) {
      throw new LogReadException(
          "retention of %s failed: %s".formatted(state.name, e.getMessage()), e);
    }
  }

  /** Where the first segment starts that stays; the log's end if none does. */
  private long keptFrom(CleanupConfig cleanup, long wallMs) throws IOException {
    LogSegment[] all = state.segments.all();
    long excess = bytes(all) - cleanup.retentionBytes();
    long keptFrom = all[0].baseOffset();
    for (int i = 0; i < all.length && all[i].size() > 0; i++) {
      int size = all[i].size();
      long end = i + 1 < all.length ? all[i + 1].baseOffset() : all[i].nextOffset();
      boolean bySize = cleanup.retentionBytes() >= 0 && excess >= size;
      boolean committed = end <= state.offsets.highWatermark();
      if (!committed || !(bySize || isExpired(all[i], cleanup, wallMs))) {
        break;
      }
      excess -= size;
      keptFrom = end;
    }
    return keptFrom;
  }

  private static long bytes(LogSegment[] segments) {
    long sum = 0;
    for (LogSegment segment : segments) {
      sum += segment.size();
    }
    return sum;
  }

  private boolean isExpired(LogSegment segment, CleanupConfig cleanup, long wallMs)
      throws IOException {
    if (cleanup.retentionMs() < 0) {
      return false;
    }
    long timestamp = segment.maxTimestamp(state.config.indexIntervalBytes());
    long writtenMs = isPast(timestamp, wallMs) ? timestamp : segment.lastModifiedMs();
    return wallMs - writtenMs > cleanup.retentionMs();
  }

  /** Whether a segment's largest timestamp tells how old its records are. */
  static boolean isPast(long timestamp, long wallMs) {
    return timestamp > RecordBatch.NO_TIMESTAMP && timestamp <= wallMs;
  }

  /**
   * If all records go, starts a new segment for those to come; unless some have come meanwhile.
   *
   * @return where the log shall start
   */
  private long rollIfActiveGoes(long keptFrom) {
    state.appendLock.lock();
    try {
      LogSegment active = state.segments.active();
      if (keptFrom <= active.baseOffset()) {
        return keptFrom;
      }
      if (keptFrom != state.offsets.logEnd() || state.offlineReason() != null) {
        return active.baseOffset();
      }
      state.segments.add(LogSegment.create(state.context.openFiles(), state.directory, keptFrom));
      return keptFrom;
    } finally {
      state.appendLock.unlock();
    }
  }
}
