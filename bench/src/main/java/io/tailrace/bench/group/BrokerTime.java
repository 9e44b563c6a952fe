package io.tailrace.bench.group;

/**
 * For how long the members of a group have been waiting for the broker: the time in which at least
 * one request was in flight. What members wait for by themselves, such as their next heartbeat, is
 * none of it. Any thread may call it.
 */
final class BrokerTime {
  private int inFlight;
  private long sinceNs;
  private long sumNs;

  synchronized void asked() {
    if (inFlight++ == 0) {
      sinceNs = System.nanoTime();
    }
  }

  synchronized void answered() {
    if (--inFlight == 0) {
      sumNs += System.nanoTime() - sinceNs;
    }
  }

  /** Forgets what was until now: the broker itself had to wait, for another request. */
  synchronized void restart() {
    sumNs = 0;
    sinceNs = System.nanoTime();
  }

  /** Since the restart, until that time (System.nanoTime). */
  synchronized long untilNs(long timeNs) {
    return sumNs + (inFlight == 0 ? 0 : Math.max(0, timeNs - sinceNs));
  }
}
