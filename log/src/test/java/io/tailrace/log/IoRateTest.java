package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IoRateTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void givesOutSoManyBytesASecond() {
    IoRate rate = new IoRate();
    long now = -5 * SECOND;
    long bytes = 0;
    while (now < 5 * SECOND) {
      now += rate.waitNs(1 << 20, 10 << 20, now);
      bytes += 1 << 20;
    }
    assertThat(bytes).isBetween(100L << 20, 102L << 20);
  }

  @Test
  void savesNothingUpAndForgivesNothing() {
    IoRate rate = new IoRate();
    assertThat(rate.waitNs(1000, 1000, 0)).isZero();
    assertThat(rate.waitNs(1000, 1000, SECOND / 2)).isEqualTo(SECOND / 2);
    assertThat(rate.waitNs(1000, 1000, 10 * SECOND)).isZero();
    assertThat(rate.waitNs(1, Double.MAX_VALUE, 11 * SECOND)).isZero();
    assertThat(rate.waitNs(1, Double.MAX_VALUE, 11 * SECOND)).isZero();
  }
}
