package io.tailrace.log;

/**
 * A log's offsets, and the only place where they change. Read without a lock, from any thread.
 *
 * <pre>
 *   logStart       the first offset that may be read
 *   lastStable     all transactions below it are decided; never above the high watermark
 *   highWatermark  all in-sync replicas have what is below it
 *   flushed        what is below it survives a power loss; Kafka's recovery point
 *   logEnd         the offset that the next record gets
 * </pre>
 *
 * Every change checks {@code logStart ≤ lastStable ≤ highWatermark ≤ logEnd} and {@code logStart ≤
 * flushed ≤ logEnd}.
 */
final class LogOffsets {
  private volatile long logStart;
  private volatile long lastStable;
  private volatile long highWatermark;
  private volatile long flushed;
  private volatile long logEnd;

  LogOffsets(long logStart, long highWatermark, long flushed, long logEnd) {
    set(logStart, highWatermark, flushed, logEnd);
  }

  long logStart() {
    return logStart;
  }

  long lastStable() {
    return lastStable;
  }

  long highWatermark() {
    return highWatermark;
  }

  long flushed() {
    return flushed;
  }

  long logEnd() {
    return logEnd;
  }

  synchronized void appendedTo(long offset) {
    require(offset >= logEnd, "append to", offset);
    set(logStart, highWatermark, flushed, offset);
  }

  /** Sets the high watermark, clamped to the log's start and end. It may go down. */
  synchronized void commitTo(long offset) {
    set(logStart, Math.clamp(offset, logStart, logEnd), flushed, logEnd);
  }

  /** Raises the high watermark, at most to the log's end; returns whether it was lower. */
  synchronized boolean commitUpTo(long offset) {
    long raised = Math.min(offset, logEnd);
    if (raised <= highWatermark) {
      return false;
    }
    set(logStart, raised, flushed, logEnd);
    return true;
  }

  /** Nothing happens if that much was flushed before. */
  synchronized void flushedTo(long offset) {
    set(logStart, highWatermark, Math.max(flushed, offset), logEnd);
  }

  /** Only flushed records may go, so that their offsets are not given away again. */
  synchronized void startAt(long offset) {
    require(offset >= logStart, "start at", offset);
    set(offset, highWatermark, flushed, logEnd);
  }

  synchronized void truncateTo(long offset) {
    require(offset <= logEnd, "truncate to", offset);
    set(logStart, Math.min(highWatermark, offset), Math.min(flushed, offset), offset);
  }

  private void require(boolean allowed, String change, long offset) {
    if (!allowed) {
      throw new IllegalStateException("offsets can't " + change + " " + offset + ": " + this);
    }
  }

  /** While there are no transactions, the last stable offset is the high watermark. */
  private void set(long start, long watermark, long synced, long end) {
    boolean ordered =
        0 <= start && start <= watermark && watermark <= end && start <= synced && synced <= end;
    if (!ordered) {
      throw new IllegalStateException(
          "offsets out of order: logStart=%d highWatermark=%d flushed=%d logEnd=%d, before: %s"
              .formatted(start, watermark, synced, end, this));
    }
    logEnd = end;
    flushed = synced;
    highWatermark = watermark;
    lastStable = watermark;
    logStart = start;
  }

  @Override
  public String toString() {
    return "logStart=%d lastStable=%d highWatermark=%d flushed=%d logEnd=%d"
        .formatted(logStart, lastStable, highWatermark, flushed, logEnd);
  }
}
