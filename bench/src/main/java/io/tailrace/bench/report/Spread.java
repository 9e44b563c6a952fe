package io.tailrace.bench.report;

import java.util.Arrays;

/** One figure over all rounds. */
record Spread(double median, double min, double max) {

  /** Of at least one value; of an even number, the median is the mean of the middle two. */
  static Spread of(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    double median =
        sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    return new Spread(median, sorted[0], sorted[sorted.length - 1]);
  }

  double ratioTo(Spread other) {
    return median / other.median;
  }
}
