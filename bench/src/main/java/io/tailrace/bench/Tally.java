package io.tailrace.bench;

import org.HdrHistogram.Histogram;

/** What was answered within the window. Each client thread has its own; they are added up after. */
final class Tally {
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Window window;
  private final Histogram latencyNs = new Histogram(SIGNIFICANT_DIGITS);
  private long records;
  private long bytes;

  Tally(Window window) {
    this.window = window;
  }

  void answered(long sentNs, long answeredNs, int answeredRecords, long answeredBytes) {
    if (window.contains(answeredNs)) {
      latencyNs.recordValue(Math.max(0, answeredNs - sentNs));
      records += answeredRecords;
      bytes += answeredBytes;
    }
  }

  void add(Tally other) {
    latencyNs.add(other.latencyNs);
    records += other.records;
    bytes += other.bytes;
  }

  long requests() {
    return latencyNs.getTotalCount();
  }

  long records() {
    return records;
  }

  long bytes() {
    return bytes;
  }

  Histogram latencyNs() {
    return latencyNs;
  }
}
