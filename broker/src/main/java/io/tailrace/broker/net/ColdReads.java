package io.tailrace.broker.net;

import io.tailrace.protocol.FileRecords;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;

/**
 * What one connection lets other threads read from the disk, so that its loop need not wait. The
 * connection waits for at most one range at a time, which keeps the queue of those threads short,
 * and fair to all connections. Used on the loop's thread.
 */
final class ColdReads {
  private final Executor readers;
  private final Executor loop;
  private final Runnable onWarm;
  private final BooleanSupplier wanted = this::isOpen;
  private boolean waiting;
  private volatile boolean closed;

  /**
   * @param readers threads that may wait for the disk
   * @param onWarm called on the loop when the range waited for is there
   */
  ColdReads(Executor readers, Executor loop, Runnable onWarm) {
    this.readers = readers;
    this.loop = loop;
    this.onWarm = onWarm;
  }

  /** Whether a range is waited for. */
  boolean isWaiting() {
    return waiting;
  }

  private boolean isOpen() {
    return !closed;
  }

  /** Begins to wait for a range. */
  void warm(FileRecords records, int from, int length) {
    Runnable work = records.warming(from, length, wanted);
    waiting = true;
    readers.execute(() -> {
      try {
        work.run();
      } finally {
        loop.execute(this::warmed);
      }
    });
  }

  private void warmed() {
    waiting = false;
    onWarm.run();
  }

  /** A range is cached and will be sent: has done what that brings with it. */
  void sending(FileRecords records, int from, int length) {
    Runnable work = records.scanWork(from, length, wanted);
    if (work != null) {
      readers.execute(work);
    }
  }

  /** What has not begun yet is given up. */
  void close() {
    closed = true;
  }
}
