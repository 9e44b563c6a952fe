package io.tailrace.bench.report;

import static io.tailrace.bench.report.Figure.ALL_JOIN_BROKER_MS;
import static io.tailrace.bench.report.Figure.BROKER_CORES;
import static io.tailrace.bench.report.Figure.CPU_PER_GB;
import static io.tailrace.bench.report.Figure.CPU_PER_REQUEST;
import static io.tailrace.bench.report.Figure.KB_PER_PARTITION;
import static io.tailrace.bench.report.Figure.LATENCY_MAX;
import static io.tailrace.bench.report.Figure.LATENCY_P50;
import static io.tailrace.bench.report.Figure.LATENCY_P99;
import static io.tailrace.bench.report.Figure.LATENCY_P999;
import static io.tailrace.bench.report.Figure.MB_PER_SECOND;
import static io.tailrace.bench.report.Figure.ONE_JOINS_BROKER_MS;
import static io.tailrace.bench.report.Figure.ONE_LEAVES_BROKER_MS;
import static io.tailrace.bench.report.Figure.P999_TO_QUIET;
import static io.tailrace.bench.report.Figure.RECORDS_PER_SECOND;
import static io.tailrace.bench.report.Figure.REPLAY_MS;
import static io.tailrace.bench.report.Figure.REQUESTS_PER_SECOND;
import static io.tailrace.bench.report.Figure.RESIDENT_MB;
import static io.tailrace.bench.report.Figure.START_MS;
import static io.tailrace.bench.report.Results.FLOOR;
import static io.tailrace.bench.report.Results.KAFKA;

import io.tailrace.bench.report.Goal.Bound;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the project wants to reach; docs/benchmarks.md says why. */
final class Goals {
  static final List<Goal> ALL =
      List.of(
          atLeast("W1", "produce-small", RECORDS_PER_SECOND, 5, KAFKA),
          atMost("W1", "produce-small", CPU_PER_REQUEST, 1.0 / 7, KAFKA),
          // The floor writes each batch by itself; coalescing beats it.
          new Goal("W1", "produce-small", CPU_PER_REQUEST, Bound.BELOW, 1, FLOOR),
          atLeast("W2", "produce-large", RECORDS_PER_SECOND, 6, KAFKA),
          atMost("W2", "produce-large", CPU_PER_GB, 1.0 / 6, KAFKA),
          atMost("W2", "produce-large", CPU_PER_GB, 1.15, FLOOR),
          atLeast("W2", "produce-large-4", RECORDS_PER_SECOND, 6, KAFKA),
          atMost("W2", "produce-large-4", CPU_PER_GB, 1.0 / 6, KAFKA),
          atMost("W2", "produce-large-4", CPU_PER_GB, 1.15, FLOOR),
          atMost("W3", "produce-one", LATENCY_P50, 1.05, FLOOR),
          atMost("W3", "produce-one", LATENCY_P50, 1.0 / 3, KAFKA),
          atMost("W3", "produce-one", CPU_PER_REQUEST, 0.4, KAFKA),
          atLeast("W4", "fetch-1m", MB_PER_SECOND, 1, KAFKA),
          atMost("W4", "fetch-1m", CPU_PER_GB, 1.05, FLOOR),
          atLeast("W4", "fetch-1m-4", MB_PER_SECOND, 1, KAFKA),
          atMost("W4", "fetch-1m-4", CPU_PER_GB, 1.05, FLOOR),
          atLeast("W4", "fetch-8m", MB_PER_SECOND, 1, KAFKA),
          atMost("W4", "fetch-8m", CPU_PER_GB, 1.05, FLOOR),
          atLeast("W4", "fetch-8m-4", MB_PER_SECOND, 1, KAFKA),
          atMost("W4", "fetch-8m-4", CPU_PER_GB, 1.05, FLOOR),
          atLeast("W4", "fetch-1k", REQUESTS_PER_SECOND, 4, KAFKA),
          atMost("W4", "fetch-1k", CPU_PER_REQUEST, 1.0 / 4, KAFKA),
          atLeast("W4", "fetch-16k", REQUESTS_PER_SECOND, 4, KAFKA),
          atMost("W4", "fetch-16k", CPU_PER_REQUEST, 1.0 / 4, KAFKA),
          atMost("W5", "tail", LATENCY_P50, 1.0 / 2, KAFKA),
          atMost("W5", "tail", LATENCY_P99, 1.0 / 2, KAFKA),
          atMost("W6", "scan", P999_TO_QUIET, 2, null),
          atLeast("W7", "produce-1000", RECORDS_PER_SECOND, 5, KAFKA),
          atMost("W8", "sustained", LATENCY_P999, 1.0 / 3, KAFKA),
          atMost("W8", "sustained", LATENCY_MAX, 1.0 / 3, KAFKA),
          atLeast("W9", "produce-synced", RECORDS_PER_SECOND, 10, KAFKA),
          atMost("W10", "start", START_MS, 200, null),
          atMost("W10", "start", START_MS, 1.0 / 12, KAFKA),
          atMost("W10", "start", RESIDENT_MB, 64, null),
          atMost("W10", "start-1000", KB_PER_PARTITION, 12, null),
          atMost("W10", "start-10000", KB_PER_PARTITION, 12, null),
          atMost("W10", "start-100000", KB_PER_PARTITION, 12, null),
          atMost("G1", "heartbeat-classic", BROKER_CORES, 0.05, null),
          atMost("G1", "heartbeat-consumer", BROKER_CORES, 0.05, null),
          atMost("G2", "rebalance-classic", ALL_JOIN_BROKER_MS, 2000, null),
          atMost("G2", "rebalance-classic", ONE_JOINS_BROKER_MS, 2000, null),
          atMost("G2", "rebalance-classic", ONE_LEAVES_BROKER_MS, 2000, null),
          atMost("G2", "rebalance-consumer", ALL_JOIN_BROKER_MS, 2000, null),
          atMost("G2", "rebalance-consumer", ONE_JOINS_BROKER_MS, 2000, null),
          atMost("G2", "rebalance-consumer", ONE_LEAVES_BROKER_MS, 2000, null),
          atMost("G3", "replay-offsets", REPLAY_MS, 3000, null));

  private Goals() {}

  /** Of all goals that can be judged by these results. */
  static List<Verdict> verdicts(Results results) {
    return ALL.stream().map(goal -> goal.judge(results)).flatMap(Optional::stream).toList();
  }

  static List<Verdict> verdicts(Results results, String section) {
    return verdicts(results).stream()
        .filter(verdict -> verdict.goal().section().equals(section))
        .toList();
  }

  private static Goal atLeast(
      String id, String section, Figure figure, double factor, @Nullable String control) {
    return new Goal(id, section, figure, Bound.AT_LEAST, factor, control);
  }

  private static Goal atMost(
      String id, String section, Figure figure, double factor, @Nullable String control) {
    return new Goal(id, section, figure, Bound.AT_MOST, factor, control);
  }
}
