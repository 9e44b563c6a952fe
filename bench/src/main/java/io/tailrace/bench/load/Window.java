package io.tailrace.bench.load;

/**
 * When answers count, in System.nanoTime: from {@code fromNs} (before, the load runs in) until
 * {@code toNs} (then, no more requests are sent).
 */
public record Window(long fromNs, long toNs) {
  private static final long FAR_AWAY_NS = Long.MAX_VALUE / 4;

  public static Window of(long nowNs, double runInSeconds, double seconds) {
    long fromNs = nowNs + (long) (runInSeconds * 1e9);
    return new Window(fromNs, fromNs + (long) (seconds * 1e9));
  }

  /** Open until the requests run out. */
  public static Window unlimited(long nowNs) {
    return new Window(nowNs, nowNs + FAR_AWAY_NS);
  }

  boolean contains(long timeNs) {
    return timeNs - fromNs >= 0 && timeNs - toNs < 0;
  }

  public double seconds() {
    return (toNs - fromNs) / 1e9;
  }
}
