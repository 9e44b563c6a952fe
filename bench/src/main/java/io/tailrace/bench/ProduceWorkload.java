package io.tailrace.bench;

import static io.tailrace.bench.Overrides.or;

import io.tailrace.bench.load.Batches;

/**
 * Produces batches, one per request, to a topic made for it. With more partitions than connections,
 * each connection takes all of them in turn; else they are spread over the partitions.
 *
 * @param recordsPerBatch of {@value Batches#RECORD_SIZE} bytes each
 * @param inFlight requests of one connection that wait for their answers at the same time
 * @param threads of the generator that the connections are divided among
 * @param megabytesPerSecond a fixed rate of all connections together; 0: as fast as it goes
 * @param ownSeconds how long it is measured; 0: as long as the others
 * @param synced whether the topic has {@code flush.messages=1}
 */
record ProduceWorkload(
    String number,
    String name,
    String purpose,
    int recordsPerBatch,
    int connections,
    int inFlight,
    int threads,
    int partitions,
    double megabytesPerSecond,
    double ownSeconds,
    boolean synced)
    implements Workload {

  ProduceWorkload(
      String number,
      String name,
      String purpose,
      int recordsPerBatch,
      int connections,
      int inFlight) {
    this(number, name, purpose, recordsPerBatch, connections, inFlight, 1, 1, 0, 0, false);
  }

  ProduceWorkload withPartitions(int count) {
    return new ProduceWorkload(
        number,
        name,
        purpose,
        recordsPerBatch,
        connections,
        inFlight,
        threads,
        count,
        megabytesPerSecond,
        ownSeconds,
        synced);
  }

  ProduceWorkload at(double rate, double seconds) {
    return new ProduceWorkload(
        number,
        name,
        purpose,
        recordsPerBatch,
        connections,
        inFlight,
        threads,
        partitions,
        rate,
        seconds,
        synced);
  }

  ProduceWorkload syncedEach() {
    return new ProduceWorkload(
        number,
        name,
        purpose,
        recordsPerBatch,
        connections,
        inFlight,
        threads,
        partitions,
        megabytesPerSecond,
        ownSeconds,
        true);
  }

  @Override
  public ProduceWorkload with(Overrides other) {
    return new ProduceWorkload(
        number,
        name,
        purpose,
        recordsPerBatch,
        or(other.connections(), connections),
        or(other.inFlight(), inFlight),
        or(other.threads(), threads),
        or(other.partitions(), partitions),
        isPaced() ? or(other.megabytesPerSecond(), megabytesPerSecond) : 0,
        ownSeconds == 0 ? 0 : or(other.sustainSeconds(), ownSeconds),
        synced);
  }

  boolean isPaced() {
    return megabytesPerSecond > 0;
  }

  @Override
  public double seconds(double usual) {
    return ownSeconds == 0 ? usual : ownSeconds;
  }

  @Override
  public boolean produces() {
    return true;
  }

  @Override
  public String explanation() {
    return "%s: batches of %d × %d B, %d × %d in flight%s%s%s"
        .formatted(
            purpose,
            recordsPerBatch,
            Batches.RECORD_SIZE,
            connections,
            inFlight,
            isPaced() ? ", %.0f MB/s".formatted(megabytesPerSecond) : "",
            ownSeconds == 0 ? "" : " for %.0f s".formatted(ownSeconds),
            synced ? ", flush.messages=1" : "");
  }
}
