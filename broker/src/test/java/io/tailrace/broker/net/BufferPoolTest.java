package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  private final BufferPool pool = new BufferPool();

  @Test
  void sizesAreTheNextPowerOfTwoUpToAMegabyteAndExactAbove() {
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      int size = 1 + random.nextInt(BufferPool.LARGEST_POOLED);
      PooledBuffer buffer = pool.take(size);
      assertThat(buffer.capacity())
          .isEqualTo(BufferPool.capacityFor(size))
          .isGreaterThanOrEqualTo(size)
          .isLessThan(Math.max(2 * size, BufferPool.SMALLEST + 1));
      assertThat(buffer.bytes.remaining()).isEqualTo(buffer.capacity());
      assertThat(pool.usedBytes()).isEqualTo(buffer.capacity());
      buffer.bytes.position(size);
      pool.release(buffer);
    }
    assertThat(pool.usedBytes()).isZero();
    assertThat(pool.take(3_000_001).capacity()).isEqualTo(3_000_001);
  }

  @Test
  void whatIsFreedCanNotBeReadAnyMore() {
    PooledBuffer large = pool.take(3_000_000);
    ByteBuffer slice = large.bytes.slice(0, 10);
    pool.release(large);
    assertThatThrownBy(() -> slice.get(0)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void onlySoMuchWaitsForReuse() {
    List<PooledBuffer> buffers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      buffers.add(pool.take(1 << 20));
    }
    buffers.forEach(pool::release);
    long kept = buffers.stream().filter(b -> b.isAlive()).count();
    assertThat(kept << 20).isEqualTo(BufferPool.MAX_FREE_BYTES);
    pool.close();
    assertThat(buffers).noneMatch(PooledBuffer::isAlive);
  }
}
