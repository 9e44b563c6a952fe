package io.tailrace.bench;

import static io.tailrace.bench.Overrides.or;

import io.tailrace.bench.load.Batches;

/**
 * Produces at a fixed rate: first alone, then while a consumer reads another topic's log, which is
 * not in the page cache, as fast as it can and once. The usual figures are those of producing
 * meanwhile.
 *
 * @param connections of the producer; the consumer has one
 * @param coldGb size of the cold log in 2³⁰ bytes
 */
record ScanWorkload(
    String number,
    String name,
    String purpose,
    int recordsPerBatch,
    int connections,
    int inFlight,
    double megabytesPerSecond,
    int coldGb)
    implements Workload {
  static final int FETCH_BYTES = 1 << 20;

  @Override
  public ScanWorkload with(Overrides other) {
    return new ScanWorkload(
        number,
        name,
        purpose,
        recordsPerBatch,
        or(other.connections(), connections),
        or(other.inFlight(), inFlight),
        or(other.megabytesPerSecond(), megabytesPerSecond),
        or(other.coldGb(), coldGb));
  }

  long coldBytes() {
    return (long) coldGb << 30;
  }

  @Override
  public boolean produces() {
    return true;
  }

  @Override
  public String explanation() {
    return "%s of %d GB: %.0f MB/s in batches of %d × %d B, %d producers"
        .formatted(
            purpose, coldGb, megabytesPerSecond, recordsPerBatch, Batches.RECORD_SIZE, connections);
  }
}
