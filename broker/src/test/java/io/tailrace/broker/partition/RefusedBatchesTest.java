package io.tailrace.broker.partition;

import static io.tailrace.log.AppendOutcome.APPENDED;
import static io.tailrace.log.AppendOutcome.DUPLICATE;
import static io.tailrace.log.AppendOutcome.OUT_OF_ORDER_SEQUENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.log.AppendBatch;
import io.tailrace.log.AppendOutcome;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.log.PartitionLog;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A client has several batches in flight when a partition turns usable. */
class RefusedBatchesTest {
  private static final int PRODUCER = 7;

  private LogManager logs;
  private PartitionLog log;
  private Partition partition;
  private boolean recovering = true;

  @BeforeEach
  void open() throws Exception {
    Environment environment =
        new Environment(Clock.system(), new SimDisk(), new SeededRandomness(1));
    logs = LogManager.open(environment, Path.of("/data"), LogManagerSettings.DEFAULT);
    log = logs.create("t-0", "id", LogConfig.DEFAULT);
    partition =
        new Partition(
            "t",
            new UUID(0, 1),
            0,
            0,
            new ProduceRules(1000, false, 0, 0, false, false),
            LogConfig.DEFAULT,
            new Partition.Context(this::log, Runnable::run, new TimedFlushes()));
  }

  private PartitionLog log(Partition unopened, LogConfig config) throws LogException {
    if (recovering) {
      throw new LogRecoveringException("t-0");
    }
    return log;
  }

  @AfterEach
  void close() throws Exception {
    logs.close();
  }

  @Test
  void theNextBatchOfAProducerWaitsForTheRefusedOne() throws Exception {
    refuse(batch(PRODUCER, 0, 0));
    assertThat(append(batch(PRODUCER, 0, 1))).containsExactly(OUT_OF_ORDER_SEQUENCE);
    assertThat(append(batch(PRODUCER, 0, 2), batch(PRODUCER, 0, 0)))
        .containsExactly(OUT_OF_ORDER_SEQUENCE, APPENDED);
    assertThat(append(batch(PRODUCER, 0, 1), batch(PRODUCER, 0, 2), batch(PRODUCER, 0, 0)))
        .containsExactly(APPENDED, APPENDED, DUPLICATE);
    assertThat(partition.log().logEndOffset()).isEqualTo(3);
  }

  @Test
  void ofSeveralRefusedOnesTheFirstIsDue() throws Exception {
    refuse(batch(PRODUCER, 0, 4), batch(PRODUCER, 0, 5));
    recovering = true;
    refuse(batch(PRODUCER, 0, 6));
    assertThat(append(batch(PRODUCER, 0, 5))).containsExactly(OUT_OF_ORDER_SEQUENCE);
    assertThat(append(batch(PRODUCER, 0, 4))).containsExactly(APPENDED);
    assertThat(append(batch(PRODUCER, 0, 5))).containsExactly(APPENDED);
  }

  @Test
  void sequenceNumbersWrap() throws Exception {
    refuse(batch(PRODUCER, 0, Integer.MAX_VALUE));
    assertThat(append(batch(PRODUCER, 0, 0))).containsExactly(OUT_OF_ORDER_SEQUENCE);
    assertThat(append(batch(PRODUCER, 0, Integer.MAX_VALUE))).containsExactly(APPENDED);
    assertThat(append(batch(PRODUCER, 0, 0))).containsExactly(APPENDED);
  }

  /** A client that gives a batch up goes on in a new epoch (KIP-360). */
  @Test
  void aNewEpochOwesNothing() throws Exception {
    refuse(batch(PRODUCER, 0, 3));
    assertThat(append(batch(PRODUCER, 1, 0))).containsExactly(APPENDED);
    assertThat(append(batch(PRODUCER, 1, 1))).containsExactly(APPENDED);
  }

  /** What is left of an earlier epoch changes nothing, refused or not. */
  @Test
  void aZombieOwesNothing() throws Exception {
    refuse(batch(PRODUCER, 1, 0), batch(PRODUCER, 0, 7));
    append(batch(PRODUCER, 0, 8));
    assertThat(append(batch(PRODUCER, 1, 1))).containsExactly(OUT_OF_ORDER_SEQUENCE);
    assertThat(append(batch(PRODUCER, 1, 0))).containsExactly(APPENDED);
  }

  @Test
  void othersAreNotConcerned() throws Exception {
    refuse(batch(PRODUCER, 0, 0));
    AppendBatch plain = batch(-1, -1, -1);
    assertThat(append(batch(PRODUCER + 1, 0, 5), plain, batch(PRODUCER, 0, 1)))
        .containsExactly(APPENDED, APPENDED, OUT_OF_ORDER_SEQUENCE);
  }

  @Test
  void theMemoryIsBounded() throws Exception {
    refuse(
        Stream.iterate(0, id -> id + 1)
            .limit(1_500)
            .map(id -> batch(id, 0, 0))
            .toArray(AppendBatch[]::new));
    assertThat(append(batch(499, 0, 1))).containsExactly(APPENDED);
    assertThat(append(batch(500, 0, 1))).containsExactly(OUT_OF_ORDER_SEQUENCE);
  }

  private void refuse(AppendBatch... batches) {
    assertThatThrownBy(() -> partition.append(batches, batches.length, 0))
        .isInstanceOf(LogRecoveringException.class);
    recovering = false;
  }

  private List<AppendOutcome> append(AppendBatch... batches) throws LogException {
    partition.append(batches.clone(), batches.length, 0);
    return Stream.of(batches).map(AppendBatch::outcome).toList();
  }

  private static AppendBatch batch(long producerId, int epoch, int sequence) {
    ByteBuffer bytes =
        new RecordBatchBuilder()
            .producer(producerId, (short) epoch, sequence)
            .append(0, null, new byte[10])
            .build();
    return new AppendBatch().set(bytes, 0, bytes.remaining());
  }
}
