package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;

/** A consumer on a thread of its own, that reads as records come. */
final class BackgroundReader implements AutoCloseable {
  private final LedgerReader reader;
  private final Thread thread;
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private volatile boolean stopped;

  BackgroundReader(LedgerReader reader) {
    this.reader = reader;
    thread = Thread.ofPlatform().daemon().name("reader").start(this::run);
  }

  private void run() {
    try (reader) {
      while (!stopped) {
        reader.poll();
      }
      assertThat(reader.gaps()).isEmpty();
      assertThat(reader.duplicates()).isEmpty();
    } catch (RuntimeException | AssertionError e) {
      failure.set(e);
    }
  }

  /** What has ended it, null if nothing has. */
  Throwable failure() {
    return failure.get();
  }

  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
