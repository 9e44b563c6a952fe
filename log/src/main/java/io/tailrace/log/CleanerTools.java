package io.tailrace.log;

import io.tailrace.record.BatchCodecs;
import io.tailrace.record.BatchOpener;
import io.tailrace.record.BatchRewriter;

/**
 * What a thread works with while it cleans a log. For that thread; closed when it is done.
 *
 * @param dedupeBytes its part of {@code log.cleaner.dedupe.buffer.size}
 * @param bufferBytes of the read buffer, and of the write buffer
 */
record CleanerTools(
    KeyHash hash,
    BatchCodecs codecs,
    BatchOpener opener,
    BatchRewriter rewriter,
    long dedupeBytes,
    double loadFactor,
    int bufferBytes,
    Pace pace)
    implements AutoCloseable {

  /** What a batch may decompress to, as where producers' batches are opened. */
  private static final int MAX_OPENED_BYTES = 256 << 20;

  private static final int LEAST_BUFFER = 16 << 10;

  /** Lets a thread do as much I/O as it may. */
  interface Pace {
    /**
     * Before so many bytes are read, or written; waits if need be.
     *
     * @throws CleaningAbortedException if there is no time for that: the cleaner is closing
     */
    void spend(long bytes) throws CleaningAbortedException;
  }

  static CleanerTools of(CleanerSettings settings, KeyHash hash, Pace pace) {
    BatchCodecs codecs = new BatchCodecs();
    return new CleanerTools(
        hash,
        codecs,
        new BatchOpener(codecs, MAX_OPENED_BYTES),
        new BatchRewriter(codecs),
        settings.dedupeBufferSize() / settings.threads(),
        settings.loadFactor(),
        Math.max(LEAST_BUFFER, settings.ioBufferSize() / settings.threads() / 2),
        pace);
  }

  @Override
  public void close() {
    codecs.close();
  }
}
