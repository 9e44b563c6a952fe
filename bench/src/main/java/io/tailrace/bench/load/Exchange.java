package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import java.nio.ByteBuffer;

/**
 * What one connection says and how it understands the answers. Used by one client thread; a
 * connection asks for requests and hands in answers in the same order.
 */
public interface Exchange {
  /**
   * The next request as a whole frame, position 0. Its bytes stay untouched until the answer to it
   * has been received.
   *
   * @param timeNs when it is sent, or should have been, in System.nanoTime
   */
  ByteBuffer nextRequest(int correlationId, long timeNs);

  /**
   * Consumes what has arrived of the answer to the oldest request in flight; what it leaves is
   * handed in again with more bytes behind it.
   *
   * @return whether the answer is complete; bytes after it are left
   * @throws BenchException if the answer says that the broker did not do as asked
   */
  boolean receive(ByteBuffer in, int correlationId);

  /** Records that the answer which {@link #receive} completed last stands for. */
  int answeredRecords();

  /**
   * Bytes of the record batches that the answer which {@link #receive} completed last stands for.
   */
  long answeredBytes();
}
