package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class InputBudgetTest {
  private final InputBudget budget = new InputBudget(100);

  @Test
  void spareBuffersLeaveHalf() {
    assertThat(budget.reserveSpare(50)).isTrue();
    assertThat(budget.reserveSpare(1)).isFalse();
    assertThat(budget.usedBytes()).isEqualTo(50);
  }

  @Test
  void poolKeepsCountAndBound() {
    BufferPool pool = new BufferPool();
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      int size = 1 + random.nextInt(BufferPool.LARGEST_POOLED);
      PooledBuffer buffer = pool.take(size);
      assertThat(buffer.capacity())
          .isEqualTo(BufferPool.capacityFor(size))
          .isBetween(size, 1 << 20);
      assertThat(buffer.capacity()).isLessThan(Math.max(2 * size, BufferPool.SMALLEST + 1));
      assertThat(pool.usedBytes()).isEqualTo(buffer.capacity());
      pool.release(buffer);
    }
    assertThat(pool.usedBytes()).isZero();
    PooledBuffer exact = pool.take(3_000_001);
    assertThat(exact.capacity()).isEqualTo(3_000_001);
    pool.release(exact);
    pool.close();
  }
}
