package io.tailrace.broker.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The native buffers of one event loop, used only on its thread: power-of-two sizes from 16 KiB to
 * 1 MiB, of which up to 16 MiB wait for reuse. Larger ones have the exact size asked for and are
 * freed on release.
 */
final class BufferPool {
  static final int SMALLEST = 16 << 10;

  /** What a connection may hold without asking the {@link InputBudget}. */
  static final int SMALL = 64 << 10;

  static final int LARGEST_POOLED = 1 << 20;
  static final int MAX_FREE_BYTES = 16 << 20;

  private final List<ArrayDeque<PooledBuffer>> free = new ArrayList<>();
  private long freeBytes;
  private long usedBytes;

  BufferPool() {
    for (int size = SMALLEST; size <= LARGEST_POOLED; size *= 2) {
      free.add(new ArrayDeque<>());
    }
  }

  /** The capacity of the buffer that {@link #take} gives for so many bytes. */
  static int capacityFor(int bytes) {
    if (bytes > LARGEST_POOLED) {
      return bytes;
    }
    return Math.max(SMALLEST, Integer.highestOneBit(Math.max(bytes, 1) * 2 - 1));
  }

  /** An empty buffer (position 0, limit = capacity) for at least so many bytes. */
  PooledBuffer take(int bytes) {
    int capacity = capacityFor(bytes);
    PooledBuffer buffer = capacity > LARGEST_POOLED ? null : free.get(index(capacity)).poll();
    if (buffer == null) {
      buffer = new PooledBuffer(capacity);
    } else {
      freeBytes -= capacity;
    }
    usedBytes += capacity;
    return buffer;
  }

  void release(PooledBuffer buffer) {
    int capacity = buffer.capacity();
    usedBytes -= capacity;
    if (capacity > LARGEST_POOLED || freeBytes + capacity > MAX_FREE_BYTES) {
      buffer.free();
      return;
    }
    buffer.bytes.clear();
    free.get(index(capacity)).push(buffer);
    freeBytes += capacity;
  }

  /** Bytes of the buffers that are taken and not yet released. */
  long usedBytes() {
    return usedBytes;
  }

  /** Frees the buffers that wait for reuse. */
  void close() {
    for (ArrayDeque<PooledBuffer> buffers : free) {
      buffers.forEach(PooledBuffer::free);
      buffers.clear();
    }
    freeBytes = 0;
  }

  private static int index(int capacity) {
    return Integer.numberOfTrailingZeros(capacity / SMALLEST);
  }
}
