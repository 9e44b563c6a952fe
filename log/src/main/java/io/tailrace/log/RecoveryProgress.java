package io.tailrace.log;

import io.tailrace.env.Clock;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Tells how far the recovery of a data directory is, every few seconds if it takes that long. Told
 * by the threads that recover; one of them writes the line when it is due.
 */
final class RecoveryProgress {
  private static final Logger LOG = System.getLogger(RecoveryProgress.class.getName());
  private static final long EVERY_NS = 5_000_000_000L;
  private static final long MEBIBYTE = 1 << 20;
  private static final long UNKNOWN = -1;

  private final Clock clock;
  private final Path directory;
  private final int logs;
  private final LongSupplier totalBytes;
  private final long startNs;
  private final AtomicInteger logsDone = new AtomicInteger();
  private final AtomicLong bytesDone = new AtomicLong();
  private final AtomicLong nextLineNs;

  /** Asked for with the first line only. Guarded by this. */
  private long bytes = UNKNOWN;

  /**
   * @param logs how many are to be recovered
   * @param totalBytes how much there is to read, asked for if it takes long, because that takes
   *     time, too
   */
  RecoveryProgress(Clock clock, Path directory, int logs, LongSupplier totalBytes) {
    this.clock = clock;
    this.directory = directory;
    this.logs = logs;
    this.totalBytes = totalBytes;
    this.startNs = clock.nanoTime();
    this.nextLineNs = new AtomicLong(startNs + EVERY_NS);
  }

  void read(int count) {
    bytesDone.addAndGet(count);
    tell();
  }

  void logDone() {
    logsDone.incrementAndGet();
    tell();
  }

  private void tell() {
    long now = clock.nanoTime();
    long due = nextLineNs.get();
    if (now - due >= 0 && nextLineNs.compareAndSet(due, now + EVERY_NS)) {
      line(now);
    }
  }

  private synchronized void line(long now) {
    if (bytes == UNKNOWN) {
      bytes = totalBytes.getAsLong();
    }
    long done = bytesDone.get();
    // What was appended to logs recovered already counts, too: never more than all.
    long all = Math.max(bytes, done);
    long seconds = (now - startNs) / 1_000_000_000L;
    long left = done == 0 ? UNKNOWN : (long) ((double) (now - startNs) / done * (all - done) / 1e9);
    LOG.log(
        Level.INFO,
        "{0}: recovered {1} of {2} logs, {3} of {4} MiB in {5} s{6}",
        directory,
        logsDone.get(),
        logs,
        done / MEBIBYTE,
        all / MEBIBYTE,
        seconds,
        left < 0 ? "" : ", about " + left + " s to go");
  }
}
