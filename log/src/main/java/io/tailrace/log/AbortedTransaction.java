package io.tailrace.log;

/**
 * A transaction whose records nobody may see.
 *
 * @param firstOffset of its first batch that is there
 * @param lastOffset of the marker that ended it
 */
record AbortedTransaction(long producerId, long firstOffset, long lastOffset) {}
