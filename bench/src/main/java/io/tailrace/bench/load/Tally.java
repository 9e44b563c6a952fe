package io.tailrace.bench.load;

import org.HdrHistogram.Histogram;

/** What was answered within the window. Each client thread has its own; they are added up after. */
public final class Tally {
  private static final int SIGNIFICANT_DIGITS = 3;

  private final Window window;
  private final Histogram latencyNs = new Histogram(SIGNIFICANT_DIGITS);
  private long requests;
  private long records;
  private long bytes;

  public Tally(Window window) {
    this.window = window;
  }

  /** Something answered, of those that go as fast as they are answered. */
  public void answered(long sentNs, long answeredNs, int answeredRecords, long answeredBytes) {
    if (window.contains(answeredNs)) {
      latencyNs.recordValue(Math.max(0, answeredNs - sentNs));
      count(answeredRecords, answeredBytes);
    }
  }

  /**
   * Something answered, of those that go by a schedule. Its latency counts if it was due within the
   * window, however late the answer came: else the worst would be left out.
   */
  public void answeredOnSchedule(
      long dueNs, long answeredNs, int answeredRecords, long answeredBytes) {
    late(dueNs, answeredNs);
    if (window.contains(answeredNs)) {
      count(answeredRecords, answeredBytes);
    }
  }

  /** Something that had no answer until {@code nowNs}, of those that go by a schedule. */
  void unanswered(long dueNs, long nowNs) {
    late(dueNs, nowNs);
  }

  private void late(long dueNs, long timeNs) {
    if (window.contains(dueNs)) {
      latencyNs.recordValue(Math.max(0, timeNs - dueNs));
    }
  }

  private void count(int answeredRecords, long answeredBytes) {
    requests++;
    records += answeredRecords;
    bytes += answeredBytes;
  }

  void add(Tally other) {
    latencyNs.add(other.latencyNs);
    requests += other.requests;
    records += other.records;
    bytes += other.bytes;
  }

  /** Answered within the window. */
  public long requests() {
    return requests;
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
