package io.tailrace.log;

/**
 * Settings of the log cleaner. Names, units and defaults are Kafka's.
 *
 * @param enable {@code log.cleaner.enable}
 * @param threads {@code log.cleaner.threads}
 * @param dedupeBufferSize {@code log.cleaner.dedupe.buffer.size}: bytes that all threads together
 *     use to remember keys, at most; taken only while a log is compacted
 * @param loadFactor {@code log.cleaner.io.buffer.load.factor}: how full that may get
 * @param ioBufferSize {@code log.cleaner.io.buffer.size}: bytes of all read and write buffers; one
 *     grows for a batch that is larger
 * @param ioMaxBytesPerSecond {@code log.cleaner.io.max.bytes.per.second}: read and written, by all
 *     threads together
 * @param backoffMs {@code log.cleaner.backoff.ms}: before it is looked again for something to do
 */
public record CleanerSettings(
    boolean enable,
    int threads,
    long dedupeBufferSize,
    double loadFactor,
    int ioBufferSize,
    double ioMaxBytesPerSecond,
    long backoffMs) {

  public static final CleanerSettings DEFAULT =
      new CleanerSettings(true, 1, 128L << 20, 0.9, 512 << 10, Double.MAX_VALUE, 15_000);

  public CleanerSettings {
    boolean possible =
        threads >= 1
            && dedupeBufferSize > 0
            && loadFactor >= 0
            && loadFactor <= 1
            && ioBufferSize >= 0
            && ioMaxBytesPerSecond > 0
            && backoffMs >= 0;
    if (!possible) {
      throw new IllegalArgumentException("a setting of the log cleaner is out of range");
    }
  }
}
