package io.tailrace.bench;

import static io.tailrace.bench.group.GroupProtocol.CLASSIC;
import static io.tailrace.bench.group.GroupProtocol.CONSUMER;

import io.tailrace.protocol.ApiKey;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A load with a name, and the number of the goal in {@code docs/benchmarks.md} that it is for: W1
 * to W10, and G1 to G3 about consumer groups.
 */
sealed interface Workload
    permits ProduceWorkload,
        FetchWorkload,
        TailWorkload,
        ScanWorkload,
        StartWorkload,
        HeartbeatWorkload,
        RebalanceWorkload,
        ReplayWorkload {

  List<Workload> ALL =
      List.of(
          new ProduceWorkload("W1", "produce-small", "cost per request", 10, 4, 5),
          new ProduceWorkload("W2", "produce-large", "cost per byte", 600, 1, 5),
          new ProduceWorkload("W2", "produce-large-4", "cost per byte", 600, 4, 5),
          new ProduceWorkload("W3", "produce-one", "latency", 10, 1, 1),
          new FetchWorkload("W4", "fetch-1m", "cost per byte", 1 << 20, 1, 1),
          new FetchWorkload("W4", "fetch-1m-4", "throughput", 1 << 20, 4, 2),
          new FetchWorkload("W4", "fetch-8m", "cost per byte", 8 << 20, 1, 1),
          new FetchWorkload("W4", "fetch-8m-4", "throughput", 8 << 20, 4, 2),
          FetchWorkload.batchByBatch("W4", "fetch-1k", "cost per request", 9, 16),
          FetchWorkload.batchByBatch("W4", "fetch-16k", "cost per request", 150, 16),
          new TailWorkload("W5", "tail", "send to receive", 50_000, 10, 4, 5),
          new ScanWorkload("W6", "scan", "beside a cold read", 150, 4, 5, 20, 4),
          new ProduceWorkload("W7", "produce-1000", "1,000 partitions", 10, 64, 5)
              .withPartitions(1000),
          new ProduceWorkload("W8", "sustained", "writeback", 600, 4, 5).at(200, 60),
          new ProduceWorkload("W9", "produce-synced", "synced", 10, 64, 1).syncedEach(),
          new StartWorkload("W10", "start", "time to the first answer, idle memory", 0),
          new StartWorkload("W10", "start-1000", "the same with idle partitions", 1000),
          new StartWorkload("W10", "start-10000", "the same with idle partitions", 10_000),
          new StartWorkload("W10", "start-100000", "the same with idle partitions", 100_000),
          new HeartbeatWorkload("G1", "heartbeat-classic", "stable", CLASSIC, 1000, 10, 10, 20),
          new HeartbeatWorkload("G1", "heartbeat-consumer", "stable", CONSUMER, 1000, 10, 10, 20),
          new RebalanceWorkload("G2", "rebalance-classic", "eager, range", CLASSIC, 500, 2000),
          new RebalanceWorkload("G2", "rebalance-consumer", "uniform", CONSUMER, 500, 2000),
          new ReplayWorkload("G3", "replay-offsets", "start after kill -9", 1000, 1000));

  String number();

  String name();

  String purpose();

  /** One line that says what it does, without its name. */
  String explanation();

  /** The same with other numbers, as far as it has them. */
  Workload with(Overrides other);

  /** How long it is measured, if the others are for {@code usual} seconds. */
  default double seconds(double usual) {
    return usual;
  }

  /** Whether it produces while it is measured, which takes fresh memory. */
  boolean produces();

  /** What a broker has to serve for it that not every one does. */
  default Set<ApiKey> needs() {
    return Set.of();
  }

  /** Those of that name or number. */
  static List<Workload> chosen(String nameOrNumber) {
    List<Workload> chosen =
        ALL.stream()
            .filter(w -> w.name().equals(nameOrNumber) || w.number().equals(nameOrNumber))
            .toList();
    if (chosen.isEmpty()) {
      String names = ALL.stream().map(Workload::name).collect(Collectors.joining(", "));
      throw new BenchException(
          "there is no workload \""
              + nameOrNumber
              + "\"; choose from: "
              + names
              + ", or W1 to W10 and G1 to G3");
    }
    return chosen;
  }

  static Workload named(String name) {
    return chosen(name).getFirst();
  }
}
