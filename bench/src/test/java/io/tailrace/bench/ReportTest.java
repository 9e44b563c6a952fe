package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTest {
  private static final Workload WORKLOAD = Workload.named("produce-small");

  private final Results results = new Results();

  @Test
  void theMedianOfOddAndEvenNumbers() {
    assertThat(Spread.of(3, 1, 2)).isEqualTo(new Spread(2, 1, 3));
    assertThat(Spread.of(4, 1, 2, 3)).isEqualTo(new Spread(2.5, 1, 4));
    assertThat(Spread.of(7)).isEqualTo(new Spread(7, 7, 7));
  }

  @Test
  void ratiosAreOfMedians() {
    assertThat(Spread.of(10, 30, 1000).ratioTo(Spread.of(10, 1, 10))).isEqualTo(3.0);
  }

  @Test
  void aTableOfBothWithTheirRatio() {
    add("tailrace", 700_000, 12);
    add("tailrace", 720_000, 11);
    add("tailrace", 690_000, 13);
    add("kafka", 175_000, 76);
    String table = new Report(results).table();
    assertThat(table)
        .contains("produce-small - cost per request: batches of 10 × 100 B")
        .contains("tailrace/kafka");
    assertThat(line(table, "records/s"))
        .isEqualTo("records/s 700,000 (690,000 – 720,000) 175,000 (175,000 – 175,000) 4.00");
    assertThat(line(table, "broker CPU µs/request")).endsWith("0.16");
    assertThat(table).doesNotContain("resident");
  }

  @Test
  void noRatioOfOneAlone() {
    add("broker", 700_000, 12);
    String table = new Report(results).table();
    assertThat(line(table, "records/s")).isEqualTo("records/s 700,000 (700,000 – 700,000)");
  }

  @Test
  void aFigureThatOneLacksIsLeftOut() {
    add("broker", 700_000, 12);
    results.add(WORKLOAD, "kafka", Map.of(Figure.RECORDS_PER_SECOND, 1.0));
    assertThat(new Report(results).table()).contains("records/s").doesNotContain("CPU");
  }

  @Test
  void jsonHasRoundsAndMedians() {
    results.add(WORKLOAD, "kafka", Map.of(Figure.RECORDS_PER_SECOND, 1.0));
    results.add(WORKLOAD, "kafka", Map.of(Figure.RECORDS_PER_SECOND, 2.0));
    assertThat(new Report(results).json())
        .isEqualTo(
            "{\"produce-small\":{\"kafka\":{\"median\":{\"records_per_second\":1.5},"
                + "\"rounds\":[{\"records_per_second\":1.0},{\"records_per_second\":2.0}]}}}");
  }

  private void add(String target, double recordsPerSecond, double cpuPerRequest) {
    results.add(
        WORKLOAD,
        target,
        Map.of(Figure.RECORDS_PER_SECOND, recordsPerSecond, Figure.CPU_PER_REQUEST, cpuPerRequest));
  }

  private static String line(String table, String label) {
    return table
        .lines()
        .filter(line -> line.strip().startsWith(label))
        .findFirst()
        .orElseThrow()
        .strip()
        .replaceAll(" +", " ");
  }
}
