package io.tailrace.bench.load;

import org.HdrHistogram.Histogram;

/** What was answered within the window. Each client thread has its own; they are added up after. */
public final class Tally {
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Window window;
  private final Histogram latencyNs = new Histogram(SIGNIFICANT_DIGITS);
  private long records;
  private long bytes;

  public Tally(Window window) {
    this.window = window;
  }

  /** Something answered, of those that go as fast as they are answered. */
  public void answered(long sentNs, long answeredNs, int answeredRecords, long answeredBytes) {
    if (window.contains(answeredNs)) {
      late(sentNs, answeredNs);
      records += answeredRecords;
      bytes += answeredBytes;
    }
  }

  /**
   * Something answered, of those that go by a schedule. Its latency counts if it was due within the
   * window, however late the answer came: else the worst would be left out.
   */
  public void answeredOnSchedule(
      long dueNs, long answeredNs, int answeredRecords, long answeredBytes) {
    if (window.contains(dueNs)) {
      late(dueNs, answeredNs);
    }
    if (window.contains(answeredNs)) {
      records += answeredRecords;
      bytes += answeredBytes;
    }
  }

  private void late(long fromNs, long answeredNs) {
    latencyNs.recordValue(Math.max(0, answeredNs - fromNs));
  }

  void add(Tally other) {
    latencyNs.add(other.latencyNs);
    records += other.records;
    bytes += other.bytes;
  }

  public long requests() {
    return latencyNs.getTotalCount();
  }

  public long records() {
    return records;
  }

  public long bytes() {
    return bytes;
  }

  public Histogram latencyNs() {
    return latencyNs;
  }
}
