package io.tailrace.log;

/** The record at an offset is damaged, and has been taken out of the log. */
public final class QuarantinedOffsetException extends LogException {
  private final long nextOffset;

  QuarantinedOffsetException(String log, long offset, long nextOffset, String file) {
    super(
        "%s has no intact record at offset %d: what was damaged is in %s, and the log goes on at offset %d"
            .formatted(log, offset, file, nextOffset),
        null);
    this.nextOffset = nextOffset;
  }

  /** Where a reader can go on. */
  public long nextOffset() {
    return nextOffset;
  }
}
