package io.tailrace.bench;

import java.lang.foreign.Arena;

/**
 * Makes a virtual machine's host hand over memory before the measuring begins: the first touch of a
 * page that the host has not backed yet costs ten times as much as any later use.
 */
final class MemoryTouch {
  private static final long CHUNK_BYTES = 256L << 20;
  private static final long PAGE_BYTES = 4096;

  private MemoryTouch() {}

  /** Touches {@code bytes}, but at most half of what is available, and gives them back. */
  static void touch(long bytes, ProcFiles proc, Progress progress) {
    long chunks = Math.min(bytes, proc.availableBytes() / 2) / CHUNK_BYTES;
    if (chunks == 0) {
      return;
    }
    progress.show("touching %d MB of memory".formatted((chunks * CHUNK_BYTES) >> 20));
    try (Arena arena = Arena.ofConfined()) {
      for (long chunk = 0; chunk < chunks; chunk++) {
        progress.update(
            "touching memory: %d of %d MB"
                .formatted((chunk * CHUNK_BYTES) >> 20, (chunks * CHUNK_BYTES) >> 20));
        arena.allocate(CHUNK_BYTES, PAGE_BYTES).fill((byte) 1);
      }
    }
  }
}
