package io.tailrace.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class TallyTest {
  @Test
  void latenciesOfATallyAreThoseOfItsWindow() {
    Tally tally = new Tally(new Window(1_000_000, 2_000_000));
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
}
