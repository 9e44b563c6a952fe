package io.tailrace.broker;

import static io.tailrace.broker.Wire.TIME;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.bytes;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.offset;
import static io.tailrace.broker.Wire.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** ListOffsets and OffsetForLeaderEpoch. */
class ListOffsetsTest {
  private static final long LATEST = -1;
  private static final long EARLIEST = -2;
  private static final long MAX_TIMESTAMP = -3;
  private static final long EARLIEST_LOCAL = -4;
  private static final long LATEST_TIERED = -5;
  private static final long EARLIEST_PENDING_UPLOAD = -6;

  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private void expect(long offset, long timestamp, long wanted) throws IOException {
    ListOffsetsPartitionResponse answer = offset(client, "t", 0, wanted, 11);
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.NONE);
    assertThat(answer.offset()).as("offset for %s", wanted).isEqualTo(offset);
    assertThat(answer.timestamp()).isEqualTo(timestamp);
    assertThat(answer.leaderEpoch()).isEqualTo(offset < 0 ? -1 : 0);
  }

  @Test
  void specialPlaces() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a", "b", "c"));
    expect(3, -1, LATEST);
    expect(0, -1, EARLIEST);
    expect(2, TIME + 2, MAX_TIMESTAMP);
    expect(0, -1, EARLIEST_LOCAL);
    expect(-1, -1, LATEST_TIERED);
    expect(-1, -1, EARLIEST_PENDING_UPLOAD);
  }

  @Test
  void placesInAnEmptyLog() throws IOException {
    broker.createTopic(client, "t", 1);
    for (long place : new long[] {LATEST, EARLIEST}) {
      ListOffsetsPartitionResponse answer = offset(client, "t", 0, place, 11);
      assertThat(answer.offset()).isZero();
      assertThat(answer.leaderEpoch()).isIn(-1, 0);
    }
    expect(-1, -1, MAX_TIMESTAMP);
    expect(-1, -1, TIME);
  }

  @Test
  void byTimeToTheRecord() throws IOException {
    broker.createTopic(client, "t", 1);
    for (int i = 0; i < 20; i++) {
      CompressionCodec codec = CompressionCodec.values()[i % 5];
      put(
          client,
          "t",
          0,
          new RecordBatchBuilder()
              .codec(codec)
              .append(TIME + 100 * i, null, bytes("a"))
              .append(TIME + 100 * i + 50, null, bytes("b"))
              .build());
    }
    for (int i = 0; i < 40; i++) {
      expect(i, TIME + 50 * i, TIME + 50 * i);
      expect(i, TIME + 50 * i, TIME + 50 * i - 49);
    }
    expect(0, TIME, 0);
    expect(-1, -1, TIME + 50 * 40);
    expect(39, TIME + 50 * 39, MAX_TIMESTAMP);
  }

  @Test
  void everyVersion() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a"));
    for (int version = 1; version <= 11; version++) {
      assertThat(offset(client, "t", 0, LATEST, version).offset()).isEqualTo(1);
      assertThat(offset(client, "t", 0, TIME, version).offset()).isZero();
      assertThat(offset(client, "t", 0, EARLIEST, version).leaderEpoch())
          .isEqualTo(version < 4 ? -1 : 0);
      expectSince(7, MAX_TIMESTAMP, version);
      expectSince(8, EARLIEST_LOCAL, version);
      expectSince(9, LATEST_TIERED, version);
      expectSince(11, EARLIEST_PENDING_UPLOAD, version);
      expectSince(12, -7, version);
      expectSince(12, Long.MIN_VALUE, version);
    }
  }

  private void expectSince(int since, long place, int version) throws IOException {
    assertThat(error(offset(client, "t", 0, place, version).errorCode()))
        .as("place %s in v%s", place, version)
        .isEqualTo(version < since ? ErrorCode.UNSUPPORTED_VERSION : ErrorCode.NONE);
  }

  @Test
  void unknownPartitions() throws IOException {
    broker.createTopic(client, "t", 1);
    assertThat(error(offset(client, "t", 1, LATEST, 7).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(error(offset(client, "u", 0, TIME, 7).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }

  private EpochEndOffset end(int partition, int currentEpoch, int epoch, int version)
      throws IOException {
    OffsetForLeaderPartition wanted =
        new OffsetForLeaderPartition()
            .partition(partition)
            .currentLeaderEpoch(currentEpoch)
            .leaderEpoch(epoch);
    OffsetForLeaderEpochResponse response =
        client.call(
            new OffsetForLeaderEpochRequest()
                .replicaId(-1)
                .topics(List.of(new OffsetForLeaderTopic().topic("t").partitions(List.of(wanted)))),
            version);
    return response.topics().getFirst().partitions().getFirst();
  }

  @Test
  void endsOfLeaderEpochs() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a", "b"));
    for (int version = 2; version <= 4; version++) {
      EpochEndOffset known = end(0, 0, 0, version);
      assertThat(known.leaderEpoch()).isZero();
      assertThat(known.endOffset()).isEqualTo(2);
      for (int epoch : new int[] {-1, 5}) {
        EpochEndOffset unknown = end(0, -1, epoch, version);
        assertThat(error(unknown.errorCode())).isEqualTo(ErrorCode.NONE);
        assertThat(unknown.leaderEpoch()).isEqualTo(-1);
        assertThat(unknown.endOffset()).isEqualTo(-1);
      }
      assertThat(error(end(0, 3, 0, version).errorCode()))
          .isEqualTo(ErrorCode.UNKNOWN_LEADER_EPOCH);
      assertThat(error(end(1, -1, 0, version).errorCode()))
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
  }
}
