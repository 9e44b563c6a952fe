package io.tailrace.testkit;

import io.tailrace.env.Clock;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Clocks that move only when told to. Safe for use by many threads. */
public final class SimClock implements Clock {
  private final AtomicLong nanos = new AtomicLong();
  private final AtomicLong wallMs;

  /** Starts at a wall-clock time in ms since the epoch. */
  public SimClock(long wallMs) {
    this.wallMs = new AtomicLong(wallMs);
  }

  @Override
  public long nanoTime() {
    return nanos.get();
  }

  @Override
  public long wallMs() {
    return wallMs.get();
  }

  /** Moves both clocks on. */
  public void advanceMs(long ms) {
    nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
    wallMs.addAndGet(ms);
  }

  /** Sets the wall clock, forwards or back, as a correction by NTP does; the other goes on. */
  public void jumpTo(long newWallMs) {
    wallMs.set(newWallMs);
  }
}
