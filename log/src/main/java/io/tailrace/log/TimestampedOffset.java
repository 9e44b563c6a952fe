package io.tailrace.log;

/**
 * A record found by its time, as ListOffsets answers it.
 *
 * @param timestamp ms
 */
public record TimestampedOffset(long offset, long timestamp) {}
