package io.tailrace.bench;

import java.lang.foreign.Arena;

/**
 * Makes a virtual machine's host hand over memory before something is measured: the first touch of
 * a page that the host has not backed yet costs ten times as much as any later use, and what is
 * freed (a deleted topic's page cache) goes back to the host within seconds.
 */
final class MemoryTouch {
  private static final long CHUNK_BYTES = 256L << 20;
  private static final long PAGE_BYTES = 4096;

  private final long bytes;
  private final ProcFiles proc;
  private final Progress progress;

  /**
   * @param bytes to touch each time, but at most half of what is available
   */
  MemoryTouch(long bytes, ProcFiles proc, Progress progress) {
    this.bytes = bytes;
    this.proc = proc;
    this.progress = progress;
  }

  /** Touches the memory and gives it back. */
  void touch() {
    long chunks = Math.min(bytes, proc.availableBytes() / 2) / CHUNK_BYTES;
    try (Arena arena = Arena.ofConfined()) {
      for (long chunk = 0; chunk < chunks; chunk++) {
        progress.detail(
            "touching memory: %d of %d MB"
                .formatted((chunk * CHUNK_BYTES) >> 20, (chunks * CHUNK_BYTES) >> 20));
        arena.allocate(CHUNK_BYTES, PAGE_BYTES).fill((byte) 1);
      }
    }
  }
}
