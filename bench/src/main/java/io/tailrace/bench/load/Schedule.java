package io.tailrace.bench.load;

/**
 * When requests are due that go at a fixed rate, whatever the answers to those before: number
 * {@code n}, from 0 on, is due at {@code startNs + n × intervalNs}, in System.nanoTime.
 */
record Schedule(long startNs, double intervalNs) {

  static Schedule perSecond(double requests, long startNs) {
    return new Schedule(startNs, 1e9 / requests);
  }

  /** The share of one of so many connections: every {@code count}th request, from that on. */
  Schedule share(int index, int count) {
    return new Schedule(dueNs(index), intervalNs * count);
  }

  long dueNs(long request) {
    return startNs + (long) (request * intervalNs);
  }

  /** How many requests are due before that time. */
  long countBefore(long timeNs) {
    if (timeNs - startNs <= 0) {
      return 0;
    }
    long count = (long) ((timeNs - startNs) / intervalNs);
    while (dueNs(count) - timeNs >= 0) {
      count--;
    }
    while (dueNs(count) - timeNs < 0) {
      count++;
    }
    return count;
  }
}
