package io.tailrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally tally = new Tally(new Window(1_000_000, 2_000_000));

  @Test
  void answersOutsideTheWindowDoNotCount() {
    tally.answered(0, 999_999, 10, 1000);
    for (int i = 1; i <= 100; i++) {
      tally.answered(1_500_000 - i * 1000L, 1_500_000, 10, 1000);
    }
    tally.answered(0, 2_000_000, 10, 1000);
    assertThat(tally.requests()).isEqualTo(100);
    assertThat(tally.records()).isEqualTo(1000);
    assertThat(tally.bytes()).isEqualTo(100_000);
    double p50Us = tally.latencyNs().getValueAtPercentile(50) / 1e3;
    assertThat(p50Us).isCloseTo(50, within(0.1));
  }

  @Test
  void onAScheduleALateAnswerCountsAsLateButNotAsDone() {
    tally.answeredOnSchedule(1_900_000, 9_900_000, 10, 1000);
    assertThat(tally.requests()).isZero();
    assertThat(tally.latencyNs().getTotalCount()).isEqualTo(1);
    assertThat(tally.latencyNs().getMaxValue()).isBetween(8_000_000L, 8_010_000L);
    assertThat(tally.records()).isZero();
  }

  @Test
  void onAScheduleWhatWasDueBeforeTheWindowIsNotLateInIt() {
    tally.answeredOnSchedule(500_000, 1_500_000, 10, 1000);
    assertThat(tally.latencyNs().getTotalCount()).isZero();
    assertThat(tally.requests()).isEqualTo(1);
    assertThat(tally.records()).isEqualTo(10);
  }

  @Test
  void whatHadNoAnswerCountsAsLateFromWhenItWasDue() {
    tally.unanswered(1_000_000, 5_000_000);
    tally.unanswered(2_000_000, 5_000_000);
    assertThat(tally.latencyNs().getTotalCount()).isEqualTo(1);
    assertThat(tally.latencyNs().getMaxValue()).isBetween(4_000_000L, 4_010_000L);
    assertThat(tally.requests()).isZero();
  }
}
