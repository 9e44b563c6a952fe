package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The header checks of the produce path make no garbage once they are compiled. */
class AllocationTest {
  private static final int ROUNDS = 2000;
  private static final int CALLS = 2000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void validatingAllocatesNothing() {
    ByteBuffer heap = new RandomBatches(1).clientBatch(10);
    ByteBuffer direct = ByteBuffer.allocateDirect(heap.limit()).put(0, heap, 0, heap.limit());

    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS && least > 0; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < CALLS; i++) {
        validate(direct);
        validate(heap);
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertThat(least).as("bytes in %d calls", CALLS).isZero();
  }

  private static void validate(ByteBuffer batch) {
    if (BatchValidator.validate(batch, 0, batch.limit()) != BatchFault.NONE) {
      throw new AssertionError();
    }
  }
}
