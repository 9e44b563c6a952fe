package io.tailrace.bench.load;

/** Which partition a connection's request number n goes to: {@code (first + n × step) % count}. */
public record Rotation(int first, int step, int count) {

  public static Rotation only(int partition) {
    return new Rotation(partition, 0, partition + 1);
  }

  /** Each of {@code count} partitions in turn, from {@code first} on. */
  public static Rotation all(int first, int count) {
    return new Rotation(first, 1, count);
  }

  int partition(long request) {
    return (int) ((first + request * step) % count);
  }
}
