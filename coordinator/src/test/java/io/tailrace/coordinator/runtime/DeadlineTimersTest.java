package io.tailrace.coordinator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import org.junit.jupiter.api.Test;

class DeadlineTimersTest {
  private final DeadlineTimers timers = new DeadlineTimers();

  /** The keys of the timers that have run, in order. */
  private final List<Integer> fired = new ArrayList<>();

  private final Map<Integer, Long> model = new HashMap<>();

  private void schedule(int key, long deadlineMs) {
    timers.schedule(
        key,
        deadlineMs,
        nowMs -> {
          fired.add(key);
          return CoordinatorResult.of(List.of());
        });
    model.put(key, deadlineMs);
  }

  private void runDue(long nowMs) {
    LongFunction<?> due = timers.poll(nowMs);
    while (due != null) {
      due.apply(nowMs);
      due = timers.poll(nowMs);
    }
  }

  @Test
  void runsInOrderOfTheDeadlines() {
    schedule(1, 30);
    schedule(2, 10);
    schedule(3, 20);
    runDue(20);
    assertThat(fired).containsExactly(2, 3);
    assertThat(timers.nextDeadlineMs()).isEqualTo(30);
    runDue(29);
    assertThat(timers.isScheduled(1)).isTrue();
    runDue(30);
    assertThat(fired).containsExactly(2, 3, 1);
    assertThat(timers.isScheduled(1)).isFalse();
    assertThat(timers.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void oneThatWasPutOffRunsAfterThoseBeforeIt() {
    schedule(1, 10);
    schedule(2, 20);
    schedule(1, 30);
    runDue(100);
    assertThat(fired).containsExactly(2, 1);
  }

  @Test
  void oneThatWasPutForwardRunsThen() {
    schedule(1, 100);
    schedule(2, 50);
    schedule(1, 10);
    assertThat(timers.nextDeadlineMs()).isEqualTo(10);
    runDue(10);
    assertThat(fired).containsExactly(1);
    runDue(200);
    assertThat(fired).containsExactly(1, 2);
  }

  @Test
  void theLastOperationOfAKeyCounts() {
    timers.schedule("key", 10, nowMs -> CoordinatorResult.of(List.of()));
    List<Long> ranAt = new ArrayList<>();
    timers.schedule(
        "key",
        20,
        nowMs -> {
          ranAt.add(nowMs);
          return CoordinatorResult.of(List.of());
        });
    runDue(25);
    assertThat(ranAt).containsExactly(25L);
  }

  @Test
  void aTimerMaySetItselfAgain() {
    timers.schedule("key", 10, this::again);
    runDue(10);
    runDue(15);
    runDue(20);
    assertThat(fired).containsExactly(10, 20);
  }

  private CoordinatorResult<Void> again(long nowMs) {
    fired.add((int) nowMs);
    timers.schedule("key", nowMs + 10, this::again);
    return CoordinatorResult.of(List.of());
  }

  @Test
  void afterClearNothingRuns() {
    schedule(1, 10);
    timers.clear();
    runDue(100);
    assertThat(fired).isEmpty();
    assertThat(timers.isScheduled(1)).isFalse();
    assertThat(timers.nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void agreesWithASortedModel() {
    for (long seed = 0; seed < 100; seed++) {
      timers.clear();
      model.clear();
      fired.clear();
      compareWithModel(seed);
    }
  }

  private void compareWithModel(long seed) {
    Random random = new Random(seed);
    long nowMs = 0;
    for (int step = 0; step < 300; step++) {
      int key = random.nextInt(20);
      switch (random.nextInt(4)) {
        case 0, 1 -> schedule(key, nowMs + random.nextInt(100));
        case 2 -> {
          timers.cancel(key);
          model.remove(key);
        }
        default -> {
          nowMs += random.nextInt(40);
          checkDue(nowMs, "seed %d, step %d".formatted(seed, step));
        }
      }
      assertThat(timers.isScheduled(key)).as("seed %d", seed).isEqualTo(model.containsKey(key));
      long next = model.values().stream().min(Long::compare).orElse(Long.MAX_VALUE);
      assertThat(timers.nextDeadlineMs()).as("seed %d", seed).isLessThanOrEqualTo(next);
    }
  }

  private void checkDue(long nowMs, String where) {
    Map<Integer, Long> deadlines = Map.copyOf(model);
    fired.clear();
    runDue(nowMs);
    model.values().removeIf(deadline -> deadline <= nowMs);
    assertThat(fired).as(where).doesNotHaveDuplicates();
    assertThat(fired.stream().map(deadlines::get)).as(where).isSorted();
    assertThat(deadlines.keySet().stream().filter(key -> !model.containsKey(key)))
        .as(where)
        .containsExactlyInAnyOrderElementsOf(fired);
  }
}
