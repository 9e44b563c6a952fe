package io.tailrace.bench;

import static io.tailrace.bench.Overrides.or;

import io.tailrace.bench.load.Batches;

/**
 * Produces at a fixed rate while a consumer waits at the end of the log (fetches with {@code
 * min.bytes=1}). Latency is from when a batch was due to be sent until the consumer has it; a
 * request, in its figures, is a batch that went all the way.
 *
 * @param connections of the producer; the consumer has one
 */
record TailWorkload(
    String number,
    String name,
    String purpose,
    int recordsPerSecond,
    int recordsPerBatch,
    int connections,
    int inFlight)
    implements Workload {

  @Override
  public TailWorkload with(Overrides other) {
    return new TailWorkload(
        number,
        name,
        purpose,
        recordsPerSecond,
        recordsPerBatch,
        or(other.connections(), connections),
        or(other.inFlight(), inFlight));
  }

  double batchesPerSecond() {
    return (double) recordsPerSecond / recordsPerBatch;
  }

  @Override
  public boolean produces() {
    return true;
  }

  @Override
  public String explanation() {
    return "%s: %,d records/s in batches of %d × %d B, %d producers"
        .formatted(purpose, recordsPerSecond, recordsPerBatch, Batches.RECORD_SIZE, connections);
  }
}
