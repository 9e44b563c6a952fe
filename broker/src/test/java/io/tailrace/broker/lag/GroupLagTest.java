package io.tailrace.broker.lag;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.lag.CommittedOffsets.CommittedOffset;
import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.broker.partition.ProduceRules;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.log.LogOfflineException;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupLagTest {
  private static final String GROUP = "readers";
  private static final UUID TOPIC = new UUID(0, 1);
  private static final int PARTITIONS = 3;
  private static final long NOW = 1_700_000_100_000L;
  private static final ProduceRules RULES = new ProduceRules(1000, false, 0, 0, false, false);

  private final SimDisk disk = new SimDisk();
  private final List<String> opened = new ArrayList<>();
  private LogManager logs;
  private Partitions partitions;

  @BeforeEach
  void open() throws IOException {
    Environment environment = new Environment(new SimClock(NOW), disk, new SeededRandomness(1));
    logs = LogManager.open(environment, Path.of("/data"), LogManagerSettings.DEFAULT);
    Partition.Context context =
        new Partition.Context(
            (partition, config) -> {
              opened.add(partition.toString());
              try {
                return logs.create(partition.toString(), "AAAAAAAAAAAAAAAAAAAAAQ", config);
              } catch (IOException e) {
                throw new LogOfflineException(partition + " can't be opened", e);
              }
            },
            Runnable::run,
            new TimedFlushes());
    partitions = new Partitions();
    @Nullable Partition[] led = new Partition[PARTITIONS];
    for (int i = 0; i < PARTITIONS; i++) {
      led[i] = new Partition("t", TOPIC, i, 0, RULES, LogConfig.DEFAULT, context);
    }
    partitions.put(new Partitions.Topic("t", TOPIC, led));
  }

  @AfterEach
  void close() throws IOException {
    logs.close();
  }

  private void reopen() throws IOException {
    logs.close();
    opened.clear();
    open();
  }

  /** A batch of two records: one of this age in ms, one a second younger. */
  private void append(int partition, long ageMs) throws Exception {
    ByteBuffer batch =
        new RecordBatchBuilder()
            .append(NOW - ageMs, null, new byte[10])
            .append(NOW - ageMs + 1000, null, new byte[10])
            .build();
    append(partition, batch);
  }

  private void append(int partition, ByteBuffer batch) throws Exception {
    AppendBatch[] batches = {new AppendBatch().set(batch, 0, batch.limit())};
    partitions.partition("t", partition).append(batches, 1, NOW);
  }

  private List<GroupLagRow> lag(CommittedOffset... committed) {
    Map<String, List<CommittedOffset>> groups = Map.of(GROUP, List.of(committed));
    CommittedOffsets offsets = group -> groups.getOrDefault(group, List.of());
    return new GroupLag(partitions, offsets, it -> logs.endAsLeft(it.toString())).of(GROUP, NOW);
  }

  private static CommittedOffset committed(int partition, long offset) {
    return new CommittedOffset("t", partition, offset);
  }

  private static GroupLagRow row(int partition, long committed, long end, long lag, long ms) {
    return new GroupLagRow("t", partition, committed, end, lag, ms);
  }

  @Test
  void recordsAndTimeOfWhatIsUnread() throws Exception {
    append(0, 9_000);
    append(0, 5_000);
    append(1, 3_000);
    assertThat(lag(committed(0, 0), committed(0, 2), committed(0, 4), committed(1, 0)))
        .containsExactly(
            row(0, 0, 4, 4, 9_000),
            row(0, 2, 4, 2, 5_000),
            row(0, 4, 4, 0, 0),
            row(1, 0, 2, 2, 3_000));
  }

  @Test
  void withinABatchTheAgeIsThatOfItsFirstRecord() throws Exception {
    append(0, 9_000);
    assertThat(lag(committed(0, 1))).containsExactly(row(0, 1, 2, 1, 9_000));
  }

  @Test
  void aGroupThatIsNotThereHasNoRows() {
    assertThat(new GroupLag(partitions, group -> List.of(), it -> -1).of("nobody", NOW)).isEmpty();
  }

  @Test
  void whatRetentionHasTakenIsNoLag() throws Exception {
    append(0, 9_000);
    append(0, 5_000);
    partitions.partition("t", 0).log().deleteRecordsBefore(2);
    assertThat(lag(committed(0, 0))).containsExactly(row(0, 0, 4, 2, 5_000));
    partitions.partition("t", 0).log().deleteRecordsBefore(4);
    assertThat(lag(committed(0, 0))).containsExactly(row(0, 0, 4, 0, 0));
  }

  @Test
  void committedBeyondTheEndIsNoLag() throws Exception {
    append(0, 9_000);
    assertThat(lag(committed(0, 77))).containsExactly(row(0, 77, 2, 0, 0));
  }

  @Test
  void aTimeInTheFutureIsNoAge() throws Exception {
    append(0, -60_000);
    assertThat(lag(committed(0, 0))).containsExactly(row(0, 0, 2, 2, 0));
  }

  @Test
  void recordsWithoutATimeHaveNoKnownAge() throws Exception {
    append(0, new RecordBatchBuilder().append(-1, null, new byte[1]).build());
    assertThat(lag(committed(0, 0))).containsExactly(row(0, 0, 1, 1, GroupLagRow.UNKNOWN));
  }

  @Test
  void aTopicOrPartitionThatIsGoneIsUnknown() {
    assertThat(lag(committed(PARTITIONS, 5), new CommittedOffset("gone", 0, 5)))
        .containsExactly(row(PARTITIONS, 5, -1, -1, -1), new GroupLagRow("gone", 0, 5, -1, -1, -1));
  }

  @Test
  void aLogIsOpenedOnlyToLookAtWhatIsUnread() throws Exception {
    append(0, 9_000);
    append(1, 9_000);
    reopen();
    assertThat(lag(committed(0, 2), committed(1, 2), committed(2, 0)))
        .containsExactly(row(0, 2, 2, 0, 0), row(1, 2, 2, 0, 0), row(2, 0, 0, 0, 0));
    assertThat(opened).isEmpty();
    assertThat(lag(committed(0, 0), committed(1, 2))).contains(row(0, 0, 2, 2, 9_000));
    assertThat(opened).containsExactly("t-0");
  }

  /** After a crash the checkpoint may lag behind the log: only opening it tells. */
  @Test
  void afterACrashTheLogIsAsked() throws Exception {
    append(0, 9_000);
    logs.checkpoint();
    append(0, 5_000);
    disk.kill();
    opened.clear();
    open();
    logs.awaitRecovery();
    assertThat(lag(committed(0, 2))).containsExactly(row(0, 2, 4, 2, 5_000));
    assertThat(opened).containsExactly("t-0");
  }

  @Test
  void aCaughtUpPartitionCostsNoCallToTheDisk() throws Exception {
    append(0, 9_000);
    long calls = disk.calls();
    lag(committed(0, 2));
    assertThat(disk.calls()).isEqualTo(calls);
    lag(committed(0, 0));
    assertThat(disk.calls()).isEqualTo(calls + 1);
  }

  @Test
  void aLogThatCannotBeOpenedIsUnknownAndTheOthersAreNot() throws Exception {
    append(0, 9_000);
    append(1, 9_000);
    partitions.topic("t").partition(2).markDeleted();
    assertThat(lag(committed(2, -1), committed(0, 1)))
        .containsExactly(row(2, -1, -1, -1, -1), row(0, 1, 2, 1, 9_000));
  }
}
