package io.tailrace.broker.net;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * A piece of native memory that is freed by a call, not by the garbage collector. Confined to the
 * thread that made it: a slice used on another thread or after {@link #free} throws, where a plain
 * direct buffer would read other people's bytes.
 */
final class PooledBuffer {
  private final Arena arena = Arena.ofConfined();
  final ByteBuffer bytes;

  PooledBuffer(int capacity) {
    bytes = arena.allocate(capacity, Long.BYTES).asByteBuffer();
  }

  int capacity() {
    return bytes.capacity();
  }

  void free() {
    arena.close();
  }

  boolean isAlive() {
    return arena.scope().isAlive();
  }
}
