package io.tailrace.broker.partition;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TimedFlushesTest {
  private static final LogConfig AFTER_100_MS = LogConfig.of(Map.of("flush.ms", "100"));
  private static final ProduceRules RULES = new ProduceRules(1000, false, 0, 0, false, false);

  private final TimedFlushes flushes = new TimedFlushes();
  private LogManager logs;
  private Partition.Context context;

  @BeforeEach
  void open() throws IOException {
    Environment environment =
        new Environment(Clock.system(), new SimDisk(), new SeededRandomness(1));
    logs = LogManager.open(environment, Path.of("/data"), LogManagerSettings.DEFAULT);
    context =
        new Partition.Context(
            (partition, config) -> {
              try {
                return logs.create(partition.toString(), "id", config);
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            },
            Runnable::run,
            flushes);
  }

  @AfterEach
  void close() throws IOException {
    logs.close();
  }

  private Partition partition(int index, LogConfig config) {
    return new Partition("t", new UUID(0, 1), index, 0, RULES, config, context);
  }

  private static void append(Partition partition) throws Exception {
    ByteBuffer records = new RecordBatchBuilder().append(1, null, new byte[10]).build();
    AppendBatch batch = new AppendBatch();
    batch.set(records, 0, records.limit());
    partition.append(new AppendBatch[] {batch}, 1, 0);
  }

  private void look(long ms) {
    flushes.flushDue(TimeUnit.MILLISECONDS.toNanos(ms));
  }

  @Test
  void flushesWhatHasWaitedLongEnoughAndForgetsIt() throws Exception {
    Partition partition = partition(0, AFTER_100_MS);
    append(partition);
    look(1000);
    append(partition);
    look(1099);
    assertThat(partition.isUnflushed()).isTrue();
    look(1100);
    assertThat(partition.log().flushedOffset()).isEqualTo(2);
    look(1200);
    assertThat(flushes.size()).isZero();
    append(partition);
    look(5000);
    assertThat(partition.isUnflushed()).as("waits anew").isTrue();
    look(5100);
    assertThat(partition.isUnflushed()).isFalse();
  }

  @Test
  void visitsOnlyPartitionsThatAskForIt() throws Exception {
    append(partition(0, LogConfig.DEFAULT));
    partition(1, AFTER_100_MS).log();
    assertThat(flushes.size()).isZero();
  }

  @Test
  void whatOthersHaveFlushedIsForgotten() throws Exception {
    Partition partition = partition(0, AFTER_100_MS);
    append(partition);
    partition.log().flush();
    look(0);
    assertThat(flushes.size()).isZero();
  }

  @Test
  void takesUpAndDropsASettingThatChanges() throws Exception {
    Partition partition = partition(0, LogConfig.DEFAULT);
    append(partition);
    partition.configure(RULES, AFTER_100_MS);
    assertThat(flushes.size()).isEqualTo(1);
    look(0);
    partition.configure(RULES, LogConfig.DEFAULT);
    look(1000);
    assertThat(flushes.size()).isZero();
    assertThat(partition.isUnflushed()).isTrue();
  }
}
