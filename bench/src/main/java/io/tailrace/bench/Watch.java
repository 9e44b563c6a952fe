package io.tailrace.bench;

import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.Tally;
import io.tailrace.bench.load.Window;
import io.tailrace.bench.report.Round;

/** Has a meter look at a broker while clients are at work, and makes one round of what both saw. */
record Watch(String broker, Meter meter, Progress progress) {
  private static final long SECOND_NS = 1_000_000_000;

  /** Has the meter look at the window, and waits until all that was sent has been answered. */
  Tally over(Clients clients, Window window) throws InterruptedException {
    clients.awaitTime(window.fromNs());
    meter.begin();
    for (long nowNs = System.nanoTime(); nowNs - window.toNs() < 0; nowNs = System.nanoTime()) {
      progress.detail("%.0f s".formatted((window.toNs() - nowNs) / 1e9));
      clients.awaitTime(Math.min(window.toNs(), nowNs + SECOND_NS));
    }
    meter.end();
    return clients.join();
  }

  /**
   * @throws BenchException if nothing was answered
   */
  Round round(Tally tally, double seconds) {
    if (tally.requests() == 0) {
      throw new BenchException(broker + " answered nothing in " + seconds + " s");
    }
    return new Measurement(tally, seconds).with(meter.figures(tally));
  }
}
