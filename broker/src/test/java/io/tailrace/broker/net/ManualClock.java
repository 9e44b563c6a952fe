package io.tailrace.broker.net;

import io.tailrace.env.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Time that moves when told to; starts just before nanoTime overflows, as it may. */
final class ManualClock implements Clock {
  private final AtomicLong nowNs = new AtomicLong(Long.MAX_VALUE - 1_000_000);

  void advance(Duration duration) {
    nowNs.addAndGet(duration.toNanos());
  }

  @Override
  public long nanoTime() {
    return nowNs.get();
  }

  @Override
  public long wallMs() {
    return 0;
  }
}
