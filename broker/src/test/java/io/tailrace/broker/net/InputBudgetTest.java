package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class InputBudgetTest {
  private final InputBudget budget = new InputBudget(100);
  private final Connection first = connection(budget);
  private final Connection second = connection(budget);

  /** A connection of a loop that does not run. */
  static Connection connection(InputBudget budget) {
    NetworkSettings settings = new TestSettings().build();
    try {
      EventLoop loop =
          new EventLoop(
              Clock.system(),
              settings,
              budget,
              new ConnectionLimits(settings),
              IdleSpin.spinnersFor(0),
              Runnable::run,
              own -> new TestProcessor(own, Request::echo));
      return new Connection(1, 0, loop, null, new InetSocketAddress(0), settings, budget);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void spareBuffersLeaveHalfAndGiveWayToThoseWhoWait() {
    assertThat(budget.reserveSpare(50)).isTrue();
    assertThat(budget.reserveSpare(1)).isFalse();
    budget.release(50);
    assertThat(budget.reserve(first, 90)).isTrue();
    assertThat(budget.reserve(second, 20)).isFalse();
    budget.release(90);
    assertThat(budget.reserveSpare(1)).isFalse();
    assertThat(budget.retry(second, 20)).isTrue();
    assertThat(budget.reserveSpare(1)).isTrue();
    assertThat(budget.usedBytes()).isEqualTo(21);
  }

  @Test
  void whoCameFirstIsServedFirst() {
    assertThat(budget.reserveSpare(50)).isTrue();
    assertThat(budget.reserve(first, 60)).isFalse();
    assertThat(budget.reserve(second, 10)).isFalse();
    budget.release(50);
    assertThat(budget.retry(second, 10)).isFalse();
    assertThat(budget.retry(first, 60)).isTrue();
    assertThat(budget.retry(second, 10)).isTrue();
    assertThat(budget.hasWaiting()).isFalse();
  }

  @Test
  void whoGivesUpLetsTheNextOneIn() {
    assertThat(budget.reserveSpare(50)).isTrue();
    assertThat(budget.reserve(first, 60)).isFalse();
    assertThat(budget.reserve(second, 10)).isFalse();
    budget.cancel(first);
    assertThat(budget.retry(second, 10)).isTrue();
    assertThat(budget.usedBytes()).isEqualTo(60);
  }
}
