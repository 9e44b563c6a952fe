package io.tailrace.broker;

import static io.tailrace.broker.GroupWire.commit;
import static io.tailrace.broker.GroupWire.offset;
import static io.tailrace.broker.Wire.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FindCoordinatorResponse.Coordinator;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import io.tailrace.protocol.message.OffsetCommitKey;
import io.tailrace.protocol.message.OffsetCommitValue;
import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Damage of a partition of {@code __consumer_offsets}, found at start: its groups are refused, with
 * a line in the log that says what to do, nothing on the disk is changed, and the groups of other
 * partitions live on.
 */
class DamagedGroupsTest {
  private static final int PARTITIONS = 2;
  private static final String TOPIC = "t";
  private static final String HEALTHY = GroupWire.groupIn(0, PARTITIONS);
  private static final String DAMAGED = GroupWire.groupIn(1, PARTITIONS);

  /**
   * Each is a batch of one record; so many that only reading the log finds damage in its middle.
   */
  private static final int COMMITS = 60;

  private static final GroupCodec CODEC = new GroupCodec();
  private static final byte[] KEY = CODEC.key(commitRecord());
  private static final byte[] VALUE = CODEC.value(commitRecord());

  @TempDir private Path folder;
  private Path data;
  private Path log;

  /** What is done to the file, and what the broker's log must say of it. */
  enum Damage {
    FLIPPED_BIT("position 0 is not valid: ") {
      @Override
      byte[] of(byte[] log) {
        log[RecordBatch.HEADER_SIZE + 3] ^= 1;
        return log;
      }
    },
    BATCH_AT_ANOTHERS_OFFSET("at offset 1: the batch in ") {
      @Override
      byte[] of(byte[] log) {
        ByteBuffer.wrap(log).putLong(second(log), 0);
        return log;
      }
    },
    BATCH_BEYOND_THE_END("at offset 1: the batch in ") {
      @Override
      byte[] of(byte[] log) {
        ByteBuffer.wrap(log).putLong(second(log), 1000);
        return log;
      }
    },
    ZEROS_IN_PLACE_OF_BATCHES("00000000000000000000.log.offset-1-60") {
      @Override
      byte[] of(byte[] log) {
        Arrays.fill(log, second(log), log.length, (byte) 0);
        return log;
      }
    },
    NO_KEY("at offset 60: ") {
      @Override
      byte[] of(byte[] log) {
        return with(log, null, VALUE);
      }
    },
    EMPTY_KEY("offset 60 of ") {
      @Override
      byte[] of(byte[] log) {
        return with(log, new byte[0], VALUE);
      }
    },
    HALF_A_KEY("offset 60 of ") {
      @Override
      byte[] of(byte[] log) {
        return with(log, Arrays.copyOf(KEY, KEY.length / 2), VALUE);
      }
    },
    HALF_A_VALUE("offset 60 of ") {
      @Override
      byte[] of(byte[] log) {
        return with(log, KEY, Arrays.copyOf(VALUE, VALUE.length / 2));
      }
    },
    VALUE_OF_AN_UNKNOWN_VERSION("offset 60 of ") {
      @Override
      byte[] of(byte[] log) {
        byte[] newer = VALUE.clone();
        newer[1] = 99;
        return with(log, KEY, newer);
      }
    };

    private final String said;

    Damage(String said) {
      this.said = said;
    }

    /** May change what it is given. */
    abstract byte[] of(byte[] log);
  }

  private static CoordinatorRecord commitRecord() {
    return new CoordinatorRecord(
        new OffsetCommitKey().group(DAMAGED).topic(TOPIC).partition(0),
        new OffsetCommitValue().offset(9),
        (short) 3);
  }

  private static int second(byte[] log) {
    return RecordBatch.sizeInBytes(ByteBuffer.wrap(log), 0);
  }

  /** The log with one more batch, which is whole and has a right checksum. */
  private static byte[] with(byte[] log, byte[] key, byte[] value) {
    ByteBuffer batch =
        new RecordBatchBuilder()
            .baseOffset(COMMITS)
            .leaderEpoch(0)
            .append(Wire.TIME, key, value)
            .build();
    return ByteBuffer.allocate(log.length + batch.limit()).put(log).put(batch).array();
  }

  @BeforeEach
  void commitAndStop() throws IOException {
    data = folder.resolve("data");
    log = data.resolve("__consumer_offsets-1/00000000000000000000.log");
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      broker.createTopic(client, TOPIC, 1);
      GroupWire.awaitCoordinator(client);
      for (int i = 1; i <= COMMITS; i++) {
        assertThat(commit(client, commit(HEALTHY, TOPIC, offset(0, i, ""))))
            .containsExactly(ErrorCode.NONE);
        assertThat(commit(client, commit(DAMAGED, TOPIC, offset(0, i, ""))))
            .containsExactly(ErrorCode.NONE);
      }
    }
  }

  private TestBroker start() {
    return TestBroker.start(
        data,
        "offsets.topic.num.partitions",
        Integer.toString(PARTITIONS),
        "group.initial.rebalance.delay.ms",
        "0");
  }

  @ParameterizedTest
  @EnumSource
  void aDamagedPartitionIsOfflineAndTheOthersLiveOn(Damage damage) throws IOException {
    byte[] damaged = damage.of(Files.readAllBytes(log));
    Files.write(log, damaged);
    try (TestBroker broker = start()) {
      broker.expectErrors();
      WireClient client = broker.connect();
      GroupWire.awaitLoaded(client);
      assertRefused(client);
      assertThat(GroupWire.onlyOffset(client, HEALTHY)).isEqualTo(COMMITS);
      assertThat(GroupWire.beat(client, GroupWire.alone(client, HEALTHY)))
          .isEqualTo(ErrorCode.NONE);
      assertThat(GroupWire.list(client).groups())
          .extracting(ListedGroup::groupId)
          .containsExactly(HEALTHY);
      assertThat(broker.log().errors())
          .filteredOn(it -> it.contains("is offline"))
          .singleElement()
          .asString()
          .contains("__consumer_offsets-1 is offline", damage.said, "Stop the broker");
    }
    assertThat(kept()).isEqualTo(damaged);
  }

  /** The log as it was, even if a part of it is in quarantine now. */
  private byte[] kept() throws IOException {
    try (Stream<Path> files = Files.list(log.getParent())) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(Files.readAllBytes(log));
      for (Path file : files.filter(it -> it.toString().endsWith(".quarantined")).toList()) {
        all.write(Files.readAllBytes(file));
      }
      return all.toByteArray();
    }
  }

  private static void assertRefused(WireClient client) throws IOException {
    Coordinator found = GroupWire.find(client, DAMAGED);
    assertThat(error(found.errorCode())).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThat(found.errorMessage()).contains("__consumer_offsets-1 is offline");
    assertThat(error(GroupWire.committed(client, DAMAGED).errorCode()))
        .isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(commit(client, commit(DAMAGED, TOPIC, offset(0, 5, ""))))
        .containsExactly(ErrorCode.NOT_COORDINATOR);
    JoinGroupResponse joined = client.call(GroupWire.join(DAMAGED, ""), GroupWire.JOIN);
    assertThat(error(joined.errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
    assertThat(
            error(GroupWire.call(client, GroupWire.joinConsumer(DAMAGED, "m", TOPIC)).errorCode()))
        .isEqualTo(ErrorCode.NOT_COORDINATOR);
  }

  @Test
  void movedAwayItsGroupsBeginAnew() throws IOException {
    Files.write(log, Damage.HALF_A_KEY.of(Files.readAllBytes(log)));
    Files.move(log.getParent(), folder.resolve("moved away"));
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      GroupWire.awaitCoordinator(client);
      assertThat(GroupWire.committed(client, DAMAGED).topics()).isEmpty();
      assertThat(commit(client, commit(DAMAGED, TOPIC, offset(0, 5, ""))))
          .containsExactly(ErrorCode.NONE);
      assertThat(GroupWire.onlyOffset(client, HEALTHY)).isEqualTo(COMMITS);
    }
  }

  @Test
  void recordsOfAnUnknownKindAreLeftOut() throws IOException {
    byte[] newer = {0, 99, 1, 2, 3};
    Files.write(log, with(Files.readAllBytes(log), newer, VALUE));
    assertServedAfterStart("were left out: 1, the first at offset 60");
  }

  @Test
  void halfABatchAtTheEndIsCut() throws IOException {
    byte[] whole = Files.readAllBytes(log);
    byte[] more = with(whole, KEY, VALUE);
    Files.write(log, Arrays.copyOf(more, (whole.length + more.length) / 2));
    assertServedAfterStart("00000000000000000000.log");
    assertThat(log).hasBinaryContent(whole);
  }

  /** With a warning. */
  private void assertServedAfterStart(String warning) throws IOException {
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      GroupWire.awaitLoaded(client);
      assertThat(GroupWire.onlyOffset(client, DAMAGED)).isEqualTo(COMMITS);
      assertThat(broker.log().lines()).anyMatch(line -> line.contains(warning));
    }
  }
}
