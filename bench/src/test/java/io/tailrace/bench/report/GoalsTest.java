package io.tailrace.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GoalsTest {
  private final Results results = new Results();

  @Test
  void eachWorkloadOfTheTableHasGoals() {
    assertThat(Goals.ALL.stream().map(Goal::id).distinct())
        .containsExactly(
            "W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W10", "G1", "G2", "G3");
  }

  @Test
  void goalsReadAsInTheTable() {
    assertThat(Goals.ALL.stream().map(Goal::text))
        .contains(
            "records/s ≥ 5 × kafka",
            "broker CPU µs/request ≤ 1/7 × kafka",
            "broker CPU µs/request < floor",
            "broker CPU s/GB ≤ 1.15 × floor",
            "broker CPU µs/request ≤ 0.4 × kafka",
            "MB/s ≥ kafka",
            "start to first answer ms ≤ 200");
  }

  @Test
  void theLimitItselfIsEnoughUnlessItMustBeBelow() {
    assertThat(Goal.Bound.AT_LEAST.holds(5, 5)).isTrue();
    assertThat(Goal.Bound.AT_LEAST.holds(4.99, 5)).isFalse();
    assertThat(Goal.Bound.AT_MOST.holds(5, 5)).isTrue();
    assertThat(Goal.Bound.AT_MOST.holds(5.01, 5)).isFalse();
    assertThat(Goal.Bound.BELOW.holds(5, 5)).isFalse();
    assertThat(Goal.Bound.BELOW.holds(4.99, 5)).isTrue();
  }

  @Test
  void aMultipleOfAnother() {
    start("kafka", 3000, 400);
    start("tailrace", 300, 60);
    assertThat(Goals.verdicts(results).stream().map(GoalsTest::text))
        .containsExactly(
            "start to first answer ms ≤ 200: 300, missed by 50 %",
            "start to first answer ms ≤ 1/12 × kafka: 0.10, missed by 20 %",
            "resident MB ≤ 64: 60, met");
  }

  @Test
  void withoutTheOtherItIsNotJudged() {
    start("tailrace", 100, 60);
    List<Verdict> verdicts = Goals.verdicts(results, "start");
    assertThat(verdicts).hasSize(2).allMatch(Verdict::met);
  }

  @Test
  void withoutTheOneToJudgeThereIsNothing() {
    start("kafka", 100, 60);
    assertThat(Goals.verdicts(results)).isEmpty();
  }

  @Test
  void aMissIsNeverRoundedAway() {
    start("tailrace", 200.1, 60);
    assertThat(text(Goals.verdicts(results).getFirst())).endsWith("200, missed by 1 %");
  }

  private static String text(Verdict verdict) {
    return verdict.goal().text() + ": " + verdict.ratio() + ", " + verdict.outcome();
  }

  private void start(String contender, double startMs, double residentMb) {
    Map<Figure, Double> figures = Map.of(Figure.START_MS, startMs, Figure.RESIDENT_MB, residentMb);
    results.section("start", "").add(contender, Round.of(figures));
  }
}
