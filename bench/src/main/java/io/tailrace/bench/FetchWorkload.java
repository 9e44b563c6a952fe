package io.tailrace.bench;

import static io.tailrace.bench.Overrides.or;

import io.tailrace.bench.load.Batches;

/**
 * Fetches a log out of the page cache, from its beginning to its end and again, one request at a
 * time on each connection.
 *
 * @param maxBytes the most bytes of records that a fetch asks for
 * @param recordsPerBatch of the log
 * @param threads of the generator that the connections are divided among
 */
record FetchWorkload(
    String number,
    String name,
    String purpose,
    int maxBytes,
    int recordsPerBatch,
    int connections,
    int threads,
    int partitions)
    implements Workload {
  /** Of a batch of 16 KB, the size at which the Java client sends one by default. */
  static final int USUAL_RECORDS_PER_BATCH = 150;

  private static final int LARGE_BYTES = 1 << 20;
  private static final long LARGE_LOG_BYTES = 512 << 20;
  private static final long SMALL_LOG_BYTES = 128 << 20;

  FetchWorkload(
      String number, String name, String purpose, int maxBytes, int connections, int threads) {
    this(number, name, purpose, maxBytes, USUAL_RECORDS_PER_BATCH, connections, threads, 1);
  }

  /** Asks for one batch at a time. */
  static FetchWorkload batchByBatch(
      String number, String name, String purpose, int recordsPerBatch, int connections) {
    int batchBytes = Batches.sizeOf(recordsPerBatch);
    return new FetchWorkload(number, name, purpose, batchBytes, recordsPerBatch, connections, 1, 1);
  }

  @Override
  public FetchWorkload with(Overrides other) {
    return new FetchWorkload(
        number,
        name,
        purpose,
        maxBytes,
        recordsPerBatch,
        or(other.connections(), connections),
        or(other.threads(), threads),
        or(other.partitions(), partitions));
  }

  /** What each partition is filled with before. */
  long logBytes() {
    return maxBytes >= LARGE_BYTES ? LARGE_LOG_BYTES : SMALL_LOG_BYTES;
  }

  @Override
  public boolean produces() {
    return false;
  }

  @Override
  public String explanation() {
    String answers =
        maxBytes >= LARGE_BYTES
            ? "answers of %d MB from the page cache".formatted(maxBytes >> 20)
            : "one batch of %d KB per answer".formatted(Math.round(maxBytes / 1024.0));
    return "%s: %s, connections: %d".formatted(purpose, answers, connections);
  }
}
