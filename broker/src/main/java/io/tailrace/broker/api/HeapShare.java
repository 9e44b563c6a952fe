package io.tailrace.broker.api;

import java.util.concurrent.atomic.AtomicLong;

/** A part of the heap that many share. Safe for use by many threads. */
final class HeapShare {
  private final long maxBytes;
  private final AtomicLong takenBytes = new AtomicLong();

  HeapShare(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  long maxBytes() {
    return maxBytes;
  }

  /** Whether {@code bytes} are free; others may take them next. */
  boolean has(long bytes) {
    return takenBytes.get() + bytes <= maxBytes;
  }

  /**
   * @return false if there is not so much left; nothing is taken then
   */
  boolean take(long bytes) {
    if (takenBytes.addAndGet(bytes) > maxBytes) {
      takenBytes.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void giveBack(long bytes) {
    takenBytes.addAndGet(-bytes);
  }

  long takenBytes() {
    return takenBytes.get();
  }
}
