package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Appenders, readers, and a flusher at the same time, on a real disk. */
class ConcurrentLogTest {
  private static final int APPENDERS = 3;
  private static final int APPENDS = 1500;

  @TempDir Path root;

  private PartitionLog log;
  private final AtomicInteger appending = new AtomicInteger(APPENDERS);

  @Test
  void readersSeeEveryBatchOnceAndWhole() throws Exception {
    Environment environment =
        new Environment(Clock.system(), Disk.system(), new SeededRandomness(1));
    LogManagerSettings settings = new LogManagerSettings(1, 3);
    try (LogManager manager = LogManager.open(environment, root, settings);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      log =
          manager.create(
              "t-0",
              "id",
              LogConfig.of(Map.of("segment.bytes", "30000", "index.interval.bytes", "300")));
      List<Future<Integer>> readers = new ArrayList<>();
      List<Future<?>> others = new ArrayList<>();
      for (int i = 0; i < APPENDERS; i++) {
        int producer = i;
        others.add(threads.submit(() -> append(producer)));
      }
      readers.add(threads.submit(() -> readAll(1 << 20)));
      readers.add(threads.submit(() -> readAll(700)));
      others.add(threads.submit(this::flush));
      for (Future<?> other : others) {
        other.get();
      }
      for (Future<Integer> reader : readers) {
        assertThat(reader.get()).isEqualTo(APPENDERS * APPENDS * 3);
      }
      assertThat(log.logEndOffset()).isEqualTo(APPENDERS * APPENDS * 3);
      assertThat(log.activeProducers()).hasSize(APPENDERS);
    }
  }

  private Void append(int producer) throws LogException {
    for (int i = 0; i < APPENDS; i++) {
      RecordBatchBuilder builder = new RecordBatchBuilder().producer(producer, (short) 0, 3 * i);
      for (int record = 0; record < 3; record++) {
        builder.append(1000 + i, null, new byte[i % 50]);
      }
      ByteBuffer buffer = builder.build();
      AppendBatch[] batches = {new AppendBatch().set(buffer, 0, buffer.limit())};
      log.append(batches, 1, 0, 1000);
      assertThat(batches[0].outcome()).isEqualTo(AppendOutcome.APPENDED);
    }
    appending.decrementAndGet();
    return null;
  }

  /** Counts the records, checks that none is missing or damaged. */
  private int readAll(int maxBytes) throws LogException, IOException {
    long next = 0;
    int records = 0;
    while (appending.get() > 0 || next < log.logEndOffset()) {
      LogSlice slice = log.read(next, maxBytes, true, log.logEndOffset());
      ByteBuffer bytes = ByteBuffer.allocate(slice.sizeInBytes());
      slice.readInto(bytes);
      slice.release();
      int at = 0;
      while (at < bytes.limit()) {
        int size = RecordBatch.sizeInBytes(bytes, at);
        assertThat(RecordBatch.baseOffset(bytes, at)).isEqualTo(next);
        assertThat(RecordBatch.computedCrc(bytes, at, size))
            .isEqualTo(RecordBatch.storedCrc(bytes, at));
        records += RecordBatch.recordCount(bytes, at);
        next = RecordBatch.nextOffset(bytes, at);
        at += size;
      }
      Thread.onSpinWait();
    }
    return records;
  }

  private Void flush() throws LogException {
    while (appending.get() > 0) {
      log.flush();
      assertThat(log.flushedOffset()).isLessThanOrEqualTo(log.logEndOffset());
      log.setHighWatermark(log.flushedOffset());
      assertThat(log.offsetForTimestamp(1001))
          .satisfiesAnyOf(
              found -> assertThat(found).isNull(),
              found -> assertThat(found.timestamp()).isEqualTo(1001));
      log.unloadIdle();
    }
    return null;
  }
}
