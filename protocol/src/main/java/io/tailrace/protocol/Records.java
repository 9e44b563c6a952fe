package io.tailrace.protocol;

/**
 * Record batches in a produce request or fetch response. They are either in memory, or somewhere
 * the network layer can send them from without copying, such as a slice of a log segment.
 */
public interface Records {
  int sizeInBytes();
}
