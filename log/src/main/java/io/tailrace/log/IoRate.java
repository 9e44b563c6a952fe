package io.tailrace.log;

/**
 * Holds what many threads read and write to a number of bytes a second, on average. Safe for use by
 * many threads.
 */
final class IoRate {
  private static final double NS = 1e9;

  /** When all that has been asked for so far is paid for; only its distance from now matters. */
  private double paidAtNs = Double.NEGATIVE_INFINITY;

  /** How long to wait, in ns, before so many bytes are read or written. */
  synchronized long waitNs(long bytes, double bytesPerSecond, long nowNs) {
    double from = Math.max(paidAtNs, nowNs);
    paidAtNs = from + bytes / bytesPerSecond * NS;
    return (long) (from - nowNs);
  }
}
