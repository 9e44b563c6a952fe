package io.tailrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  private static final long START_NS = -5_000_000_000L; // System.nanoTime may be negative

  @Test
  void requestsAreDueAtEvenDistances() {
    Schedule schedule = Schedule.perSecond(1000, START_NS);
    assertThat(schedule.dueNs(0)).isEqualTo(START_NS);
    assertThat(schedule.dueNs(1)).isEqualTo(START_NS + 1_000_000);
    assertThat(schedule.dueNs(3_600_000)).isEqualTo(START_NS + 3_600_000_000_000L);
  }

  @Test
  void sharesMakeUpTheWhole() {
    Schedule schedule = Schedule.perSecond(3000, START_NS);
    List<Long> whole = new ArrayList<>();
    List<Long> shares = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      whole.add(schedule.dueNs(i));
      shares.add(schedule.share(i % 7, 7).dueNs(i / 7));
    }
    for (int i = 0; i < whole.size(); i++) {
      assertThat(Math.abs(whole.get(i) - shares.get(i))).isLessThan(2); // rounding
    }
  }

  @Test
  void countsWhatIsDueBeforeATime() {
    Schedule schedule = Schedule.perSecond(1000, START_NS);
    assertThat(schedule.countBefore(START_NS - 1)).isZero();
    assertThat(schedule.countBefore(START_NS)).isZero();
    assertThat(schedule.countBefore(START_NS + 1)).isEqualTo(1);
    assertThat(schedule.countBefore(START_NS + 1_000_000)).isEqualTo(1);
    assertThat(schedule.countBefore(START_NS + 1_000_001)).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theCountIsWhereDueTimesCrossTheTime(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 1000; i++) {
      Schedule schedule = Schedule.perSecond(0.1 + 100_000 * random.nextDouble(), START_NS);
      long timeNs = START_NS + 1 + random.nextLong(100_000_000_000L);
      long count = schedule.countBefore(timeNs);
      assertThat(schedule.dueNs(count)).as("seed %d", seed).isGreaterThanOrEqualTo(timeNs);
      assertThat(schedule.dueNs(count - 1)).as("seed %d", seed).isLessThan(timeNs);
    }
  }
}
