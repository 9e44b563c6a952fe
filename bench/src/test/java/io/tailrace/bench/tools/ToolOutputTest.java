package io.tailrace.bench.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tailrace.bench.report.Figure;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Lines as the tools of Kafka 4.3.1 print them. */
class ToolOutputTest {
  private static final List<String> PRODUCED =
      List.of(
          "SLF4J: Defaulting to no-operation (NOP) logger implementation",
          "Warmup first 100000 records. Steady state results will print after the complete test"
              + " summary.",
          "3189 records sent, 3179.5 records/sec (0.30 MB/sec), 53.7 ms avg latency, 843.0 ms max"
              + " latency.",
          "In steady state.",
          "300000 records sent, 90744.101633 records/sec (8.65 MB/sec), 705.30 ms avg latency,"
              + " 975.00 ms max latency, 802 ms 50th, 961 ms 95th, 969 ms 99th, 974 ms 99.9th.",
          "200000 steady state records sent, 125470.514429 records/sec (11.97 MB/sec), 836.42 ms"
              + " avg latency, 976.00 ms max latency, 816 ms 50th, 964 ms 95th, 970 ms 99th, 975 ms"
              + " 99.9th.");

  private static final List<String> CONSUMED =
      List.of(
          "start.time, end.time, data.consumed.in.MB, MB.sec, data.consumed.in.nMsg, nMsg.sec,"
              + " rebalance.time.ms, fetch.time.ms, fetch.MB.sec, fetch.nMsg.sec",
          "2026-11-23 02:00:00:000, 2026-11-23 02:00:04:000, 286.1023, 71.5256, 3000000, 750000.0,"
              + " 3000, 1000, 286.1023, 3000000.0");

  @Test
  void theProducersSteadyState() {
    Map<Figure, Double> figures = ToolOutput.produced(PRODUCED).orElseThrow();
    assertThat(figures.get(Figure.RECORDS_PER_SECOND)).isEqualTo(125470.514429);
    assertThat(figures.get(Figure.MB_PER_SECOND)).isCloseTo(12.55, within(0.01));
    assertThat(figures.get(Figure.LATENCY_MEAN)).isEqualTo(836_420);
    assertThat(figures.get(Figure.LATENCY_MAX)).isEqualTo(976_000);
    assertThat(figures.get(Figure.LATENCY_P50)).isEqualTo(816_000);
    assertThat(figures.get(Figure.LATENCY_P99)).isEqualTo(970_000);
    assertThat(figures.get(Figure.LATENCY_P999)).isEqualTo(975_000);
  }

  @Test
  void theProducersSummaryIfItDidNotWarmUp() {
    Map<Figure, Double> figures = ToolOutput.produced(PRODUCED.subList(0, 5)).orElseThrow();
    assertThat(figures.get(Figure.RECORDS_PER_SECOND)).isEqualTo(90744.101633);
  }

  @Test
  void aProducerThatStoppedHalfWayHasNoFigures() {
    assertThat(ToolOutput.produced(PRODUCED.subList(0, 4))).isEmpty();
    assertThat(ToolOutput.produced(List.of())).isEmpty();
  }

  @Test
  void theConsumersRatesAreWithoutJoining() {
    Map<Figure, Double> figures = ToolOutput.consumed(CONSUMED).orElseThrow();
    assertThat(figures.get(Figure.RECORDS_PER_SECOND)).isEqualTo(3_000_000.0);
    assertThat(figures.get(Figure.MB_PER_SECOND)).isCloseTo(300, within(0.01));
  }

  @Test
  void theConsumersLinesWithWarningsAround() {
    List<String> lines = List.of("WARN: a, b", CONSUMED.getFirst(), CONSUMED.getLast(), "bye");
    assertThat(ToolOutput.consumed(lines)).isPresent();
  }

  @Test
  void aConsumerWithoutRatesHasNoFigures() {
    assertThat(ToolOutput.consumed(CONSUMED.subList(0, 1))).isEmpty();
    assertThat(ToolOutput.consumed(List.of(CONSUMED.getFirst(), "Exiting before consuming")))
        .isEmpty();
    String divided = CONSUMED.getLast().replace("3000000.0", "Infinity");
    assertThat(ToolOutput.consumed(List.of(CONSUMED.getFirst(), divided))).isEmpty();
  }

  @Test
  void garbageIsNoFigure() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      List<String> produced = List.of(damaged(PRODUCED.getLast(), random));
      List<String> consumed =
          List.of(damaged(CONSUMED.getFirst(), random), damaged(CONSUMED.getLast(), random));
      assertThat(ToolOutput.produced(produced).stream().flatMap(f -> f.values().stream()))
          .as("seed %d: %s", seed, produced)
          .allMatch(value -> value >= 0 && Double.isFinite(value));
      assertThat(ToolOutput.consumed(consumed).stream().flatMap(f -> f.values().stream()))
          .as("seed %d: %s", seed, consumed)
          .allMatch(value -> value >= 0 && Double.isFinite(value));
    }
  }

  private static String damaged(String line, Random random) {
    StringBuilder damaged = new StringBuilder(line);
    for (int i = random.nextInt(3); i >= 0; i--) {
      int at = random.nextInt(damaged.length());
      damaged.replace(at, at + random.nextInt(3), "" + (char) (' ' + random.nextInt(95)));
    }
    return damaged.toString();
  }
}
