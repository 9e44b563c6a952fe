package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.SeededRandomness;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an append and a fetch may allocate, once warm. */
class AppendCostTest {
  private static final int ROUNDS = 20_000;

  @TempDir Path root;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @Test
  void nearlyNothingIsAllocated() throws Exception {
    Environment environment =
        new Environment(Clock.system(), Disk.system(), new SeededRandomness(1));
    try (LogManager manager = LogManager.open(environment, root, LogManagerSettings.DEFAULT)) {
      PartitionLog log = manager.create("t-0", "id", LogConfig.DEFAULT);
      ByteBuffer buffer = ByteBuffer.allocateDirect(4096);
      ByteBuffer batch = Batches.idempotent(1, 0, 0, 10);
      buffer.put(batch.duplicate()).flip();
      AppendBatch[] batches = {new AppendBatch()};
      append(log, buffer, batches, 0);
      long before = threads.getCurrentThreadAllocatedBytes();
      append(log, buffer, batches, ROUNDS);
      long perAppend = (threads.getCurrentThreadAllocatedBytes() - before) / ROUNDS;
      assertThat(perAppend).as("bytes allocated per append").isLessThan(64);

      fetch(log, buffer.limit());
      before = threads.getCurrentThreadAllocatedBytes();
      int fetches = fetch(log, buffer.limit());
      long perFetch = (threads.getCurrentThreadAllocatedBytes() - before) / fetches;
      assertThat(perFetch).as("bytes allocated per fetch").isLessThan(128);
    }
  }

  private static void append(PartitionLog log, ByteBuffer buffer, AppendBatch[] batches, int round)
      throws LogException {
    int size = buffer.limit();
    for (int i = 0; i < ROUNDS; i++) {
      buffer.putInt(RecordBatch.BASE_SEQUENCE, 10 * (round + i));
      batches[0].set(buffer, 0, size);
      log.append(batches, 1, 0, Batches.TIME);
    }
    assertThat(batches[0].outcome()).isEqualTo(AppendOutcome.APPENDED);
  }

  /** Each fetch goes on where the last one ended, as a consumer's do. */
  private static int fetch(PartitionLog log, int batchSize) throws LogException {
    int fetches = 0;
    long offset = 0;
    while (offset < log.logEndOffset()) {
      LogSlice slice = log.read(offset, 16_384, true, log.logEndOffset());
      offset += 10L * (slice.sizeInBytes() / batchSize);
      slice.release();
      fetches++;
    }
    return fetches;
  }
}
