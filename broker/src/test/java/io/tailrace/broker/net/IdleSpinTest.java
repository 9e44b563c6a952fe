package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class IdleSpinTest {
  private static final long QUICK_NS = 20_000;

  private final ManualClock clock = new ManualClock();
  private final Semaphore spinners = new Semaphore(1);
  private final IdleSpin spin = new IdleSpin(clock, spinners);

  private void turns(int count, long periodNs, int requests) {
    for (int i = 0; i < count; i++) {
      spin.turned(periodNs, requests);
    }
  }

  @Test
  void doesNotSpinUntilRequestsHaveFollowedEachOtherForAWhile() {
    assertThat(spin.isWorthwhile()).isFalse();
    turns(5, QUICK_NS, 1);
    assertThat(spin.isWorthwhile()).isFalse();
    turns(50, QUICK_NS, 1);
    assertThat(spin.isWorthwhile()).isTrue();
  }

  @Test
  void onePauseEndsIt() {
    turns(50, QUICK_NS, 1);
    spin.turned(Duration.ofSeconds(1).toNanos(), 1);
    assertThat(spin.isWorthwhile()).isFalse();
  }

  @Test
  void doesNotSpinWhereRequestsComeInGroupsOrSeldom() {
    turns(100, QUICK_NS, 3);
    assertThat(spin.isWorthwhile()).isFalse();
    turns(100, 2 * IdleSpin.CLOSE_NS, 1);
    assertThat(spin.isWorthwhile()).isFalse();
  }

  @Test
  void givesUpInBoundedTimeAndGivesThePermitBack() throws Exception {
    turns(50, QUICK_NS, 1);
    try (Selector selector = Selector.open()) {
      TaskQueue tasks = new TaskQueue(selector);
      assertThat(spin.find(tasks, key -> {}, List.of())).isFalse();
      assertThat(spinners.availablePermits()).isEqualTo(1);
    }
  }

  @Test
  void spinsAgainAfterItHasSleptOnceAmongCloseRequests() {
    turns(50, QUICK_NS, 1);
    spin.turned(Duration.ofSeconds(1).toNanos(), 1);
    turns(50, IdleSpin.MAX_NS + 20_000, 1);
    assertThat(spin.isWorthwhile()).isTrue();
  }

  @Test
  void triesLessAndLessOftenWhileItFindsNothing() throws Exception {
    turns(50, QUICK_NS, 1);
    int tries = 0;
    try (Selector selector = Selector.open()) {
      TaskQueue tasks = new TaskQueue(selector);
      for (int turn = 0; turn < 1_000; turn++) {
        if (spin.isWorthwhile()) {
          tries++;
          spin.find(tasks, key -> {}, List.of());
        }
        spin.turned(QUICK_NS, 1);
      }
      assertThat(tries).isBetween(10, 25);
      tasks.add(() -> {});
      turns(64, QUICK_NS, 1);
      assertThat(spin.find(tasks, key -> {}, List.of())).isTrue();
      spin.turned(QUICK_NS, 1);
      assertThat(spin.isWorthwhile()).isTrue();
    }
  }

  @Test
  void findsATask() throws Exception {
    turns(50, QUICK_NS, 1);
    try (Selector selector = Selector.open()) {
      TaskQueue tasks = new TaskQueue(selector);
      List<String> ran = new ArrayList<>();
      tasks.add(() -> ran.add("it"));
      assertThat(spin.find(tasks, key -> {}, List.of())).isTrue();
      tasks.run();
      assertThat(ran).containsExactly("it");
    }
  }

  @Test
  void sleepsWhileOthersSpinAndOnASingleCore() throws Exception {
    turns(50, QUICK_NS, 1);
    spinners.acquire();
    assertThat(spin.find(null, key -> {}, List.of())).isFalse();
    assertThat(IdleSpin.spinnersFor(1).availablePermits()).isZero();
    assertThat(IdleSpin.spinnersFor(2).availablePermits()).isEqualTo(1);
  }
}
