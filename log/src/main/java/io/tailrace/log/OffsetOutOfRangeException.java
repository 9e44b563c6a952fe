package io.tailrace.log;

/** An offset was asked for that is not (or no longer, or not yet) in the log. */
public final class OffsetOutOfRangeException extends LogException {
  private final long logStartOffset;

  OffsetOutOfRangeException(String log, long offset, long logStartOffset, long endOffset) {
    super(log + " has offsets " + logStartOffset + " to " + endOffset + ", not " + offset, null);
    this.logStartOffset = logStartOffset;
  }

  /** The log's first offset at the time. */
  public long logStartOffset() {
    return logStartOffset;
  }
}
