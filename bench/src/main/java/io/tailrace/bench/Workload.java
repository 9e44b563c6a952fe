package io.tailrace.bench;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A load with a name. One connection sends to one partition; the connections are spread over the
 * partitions in turn.
 *
 * @param purpose what it is for, in a few words
 * @param recordsPerBatch of {@value #RECORD_SIZE} bytes each; one batch per produce request
 * @param connections to the broker
 * @param inFlight requests of one connection that wait for their answers at the same time
 * @param threads of the generator that the connections are divided among
 */
record Workload(
    String name,
    Kind kind,
    String purpose,
    int recordsPerBatch,
    int connections,
    int inFlight,
    int threads) {

  enum Kind {
    PRODUCE,
    FETCH,
    START
  }

  /** Bytes of a record's value; it has no key and no headers. */
  static final int RECORD_SIZE = 100;

  /** The most bytes of records that a fetch asks for. */
  static final int FETCH_BYTES = 1 << 20;

  /**
   * Records of a batch in a topic that is filled for fetching: 16 KB, the Java client's default.
   */
  static final int PREFILL_RECORDS_PER_BATCH = 150;

  /** Bytes of records that are put into each partition before it is fetched from. */
  static final long PREFILL_BYTES = 512 << 20;

  static final List<Workload> ALL =
      List.of(
          produce("produce-small", "cost per request", 10, 4, 5),
          produce("produce-large", "cost per byte", 600, 1, 5),
          produce("produce-one", "latency", 10, 1, 1),
          fetch("fetch-1m", "cost per byte", 1, 1),
          fetch("fetch-1m-4", "throughput", 4, 2),
          new Workload("start", Kind.START, "time to the first answer, idle memory", 0, 0, 0, 0));

  static Workload named(String name) {
    return ALL.stream()
        .filter(workload -> workload.name.equals(name))
        .findFirst()
        .orElseThrow(() ->
            new BenchException(
                "there is no workload \""
                    + name
                    + "\"; choose from: "
                    + String.join(", ", ALL.stream().map(Workload::name).toList())));
  }

  /** What fills a partition for the fetching workloads. */
  static Workload prefill(int connections) {
    return new Workload("prefill", Kind.PRODUCE, "", PREFILL_RECORDS_PER_BATCH, connections, 5, 1);
  }

  /** The same with other numbers; null leaves one as it is. */
  Workload with(
      @Nullable Integer otherConnections,
      @Nullable Integer otherInFlight,
      @Nullable Integer otherThreads) {
    return new Workload(
        name,
        kind,
        purpose,
        recordsPerBatch,
        otherConnections == null ? connections : otherConnections,
        otherInFlight == null || kind != Kind.PRODUCE ? inFlight : otherInFlight,
        otherThreads == null ? threads : otherThreads);
  }

  /** One line that says what it does. */
  String explanation() {
    return switch (kind) {
      case PRODUCE ->
          "%s: batches of %d × %d B, connections × in flight: %d × %d"
              .formatted(purpose, recordsPerBatch, RECORD_SIZE, connections, inFlight);
      case FETCH ->
          "%s: answers of %d MB from the page cache, connections: %d"
              .formatted(purpose, FETCH_BYTES >> 20, connections);
      case START -> purpose;
    };
  }

  private static Workload produce(
      String name, String purpose, int recordsPerBatch, int connections, int inFlight) {
    return new Workload(name, Kind.PRODUCE, purpose, recordsPerBatch, connections, inFlight, 1);
  }

  private static Workload fetch(String name, String purpose, int connections, int threads) {
    return new Workload(name, Kind.FETCH, purpose, 0, connections, 1, threads);
  }
}
