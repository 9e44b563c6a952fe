package io.tailrace.protocol;

import java.nio.ByteBuffer;

/**
 * Record batches in memory: the buffer's position to its limit. What a reader returns is a slice of
 * the frame, and valid no longer than the frame is.
 */
public record MemoryRecords(ByteBuffer buffer) implements Records {
  public static final MemoryRecords EMPTY =
      new MemoryRecords(ByteBuffer.allocate(0).asReadOnlyBuffer());

  @Override
  public int sizeInBytes() {
    return buffer.remaining();
  }
}
