package io.tailrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTableTest {
  private final Results results = new Results();
  private final Section section = results.section("some-load", "what it does");

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
    String table = ReportTable.of(results);
    assertThat(table).contains("some-load - what it does").contains("tailrace/kafka");
    assertThat(line(table, "records/s"))
        .isEqualTo("records/s 700,000 (690,000 – 720,000) 175,000 (175,000 – 175,000) 4.00");
    assertThat(line(table, "broker CPU µs/request")).endsWith("0.16");
    assertThat(table).doesNotContain("resident");
  }

  @Test
  void theFirstOfThreeIsComparedWithBothOthers() {
    add("tailrace", 600, 12);
    add("kafka", 100, 60);
    add("floor", 800, 10);
    String table = ReportTable.of(results);
    assertThat(table).contains("tailrace/kafka").contains("tailrace/floor");
    assertThat(line(table, "records/s")).endsWith("6.00 0.75");
    assertThat(table.lines().filter(line -> line.startsWith("  ")).map(String::length).distinct())
        .as("columns are in line")
        .hasSize(1);
  }

  @Test
  void whoIsComparedDoesNotDependOnWhoCameFirst() {
    add("floor", 800, 10);
    add("kafka", 100, 60);
    add("tailrace", 600, 12);
    assertThat(ReportTable.of(results)).contains("tailrace/kafka").contains("tailrace/floor");
  }

  @Test
  void noRatioOfOneAlone() {
    add("broker", 700_000, 12);
    assertThat(line(ReportTable.of(results), "records/s"))
        .isEqualTo("records/s 700,000 (700,000 – 700,000)");
  }

  @Test
  void aFigureThatOneLacksHasNoRatio() {
    add("broker", 700_000, 12);
    section.add("kafka", Round.of(Map.of(Figure.RECORDS_PER_SECOND, 1.0)));
    String table = ReportTable.of(results);
    assertThat(line(table, "records/s")).endsWith("700000.00");
    assertThat(line(table, "broker CPU µs/request"))
        .isEqualTo("broker CPU µs/request 12.0 (12.0 – 12.0) – –");
  }

  @Test
  void aFigureThatOneRoundLacksIsNotShown() {
    add("broker", 700_000, 12);
    section.add("broker", Round.of(Map.of(Figure.RECORDS_PER_SECOND, 1.0)));
    assertThat(ReportTable.of(results)).contains("records/s").doesNotContain("CPU");
  }

  @Test
  void whatWasDividedByNothingIsNotShown() {
    add("broker", 0.0 / 0, 1.0 / 0);
    assertThat(ReportTable.of(results)).doesNotContain("records/s").doesNotContain("CPU");
  }

  @Test
  void goalsAndNotesStandBelow() {
    Results three = Runs.threeContenders();
    three.section("produce-small", "").note("the note");
    assertThat(ReportTable.of(three).replaceAll(" +", " "))
        .contains("the note")
        .contains("goals: 2 of 3 met")
        .contains("W1 produce-small records/s ≥ 5 × kafka 5.33 met")
        .contains("W1 produce-small broker CPU µs/request ≤ 1/7 × kafka 0.12 met")
        .contains("W1 produce-small broker CPU µs/request < floor 1.10 missed by 10 %");
  }

  @Test
  void aSectionWithNotesOnlySaysWhy() {
    section.note("not run, because");
    assertThat(ReportTable.of(results)).contains("some-load").contains("not run, because");
  }

  private void add(String contender, double recordsPerSecond, double cpuPerRequest) {
    section.add(
        contender,
        Round.of(
            Map.of(
                Figure.RECORDS_PER_SECOND,
                recordsPerSecond,
                Figure.CPU_PER_REQUEST,
                cpuPerRequest)));
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
