package io.tailrace.broker;

import static io.tailrace.broker.Wire.appended;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.idempotent;
import static io.tailrace.broker.Wire.produce;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeProducersResponse;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.tailrace.testkit.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Idempotent producers (KIP-98) as a client sees them. */
class IdempotenceTest {
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

  private void expect(ErrorCode error, long offset, ByteBuffer batch) throws IOException {
    PartitionProduceResponse outcome = put(client, "t", 0, batch);
    assertThat(error(outcome.errorCode())).isEqualTo(error);
    assertThat(outcome.baseOffset()).isEqualTo(offset);
  }

  @Test
  void aRetryGetsItsFirstOffset() throws IOException {
    broker.createTopic(client, "t", 1);
    for (int i = 0; i < 5; i++) {
      expect(ErrorCode.NONE, 2 * i, idempotent(7, 0, 2 * i, "a" + i, "b" + i));
    }
    for (int i = 4; i >= 0; i--) {
      expect(ErrorCode.NONE, 2 * i, idempotent(7, 0, 2 * i, "a" + i, "b" + i));
    }
    expect(ErrorCode.NONE, 10, idempotent(7, 0, 10, "next"));
    assertThat(values(get(client, "t", 0, 0))).hasSize(11);
  }

  @Test
  void aGapIsRefusedAndHarmsNobody() throws IOException {
    broker.createTopic(client, "t", 1);
    expect(ErrorCode.NONE, 0, idempotent(7, 0, 0, "a"));
    expect(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, idempotent(7, 0, 2, "c"));
    expect(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, idempotent(7, 0, 0, "other", "size"));
    expect(ErrorCode.NONE, 1, idempotent(8, 0, 0, "another producer"));
    expect(ErrorCode.NONE, 2, idempotent(7, 0, 1, "b"));
  }

  @Test
  void anOldEpochIsFenced() throws IOException {
    broker.createTopic(client, "t", 1);
    expect(ErrorCode.NONE, 0, idempotent(7, 1, 0, "a"));
    expect(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, -1, idempotent(7, 2, 1, "new epoch from 1"));
    expect(ErrorCode.NONE, 1, idempotent(7, 2, 0, "new epoch from 0"));
    expect(ErrorCode.INVALID_PRODUCER_EPOCH, -1, idempotent(7, 1, 1, "zombie"));
    expect(ErrorCode.INVALID_PRODUCER_EPOCH, -1, idempotent(7, 1, 0, "a"));
  }

  @Test
  void sequencesWrapToZero() throws IOException {
    broker.createTopic(client, "t", 1);
    expect(ErrorCode.NONE, 0, idempotent(7, 0, Integer.MAX_VALUE - 1, "a", "b", "c"));
    expect(ErrorCode.NONE, 0, idempotent(7, 0, Integer.MAX_VALUE - 1, "a", "b", "c"));
    expect(ErrorCode.NONE, 3, idempotent(7, 0, 1, "d"));
  }

  @Test
  void fieldsThatContradictEachOtherAreRefused() throws IOException {
    broker.createTopic(client, "t", 1);
    expect(ErrorCode.INVALID_RECORD, -1, idempotent(7, -1, 0, "no epoch"));
    expect(ErrorCode.INVALID_RECORD, -1, idempotent(7, 0, -1, "no sequence"));
  }

  /** All in one turn: batches, their retries and a gap, written together. */
  @Test
  void severalBatchesInFlight() throws IOException {
    broker.createTopic(client, "t", 1);
    int[] sequences = {0, 1, 2, 1, 3, 9, 4, 0};
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int sequence : sequences) {
      ProduceRequest request = produce(-1, "t", 0, idempotent(7, 0, sequence, "v" + sequence));
      all.writeBytes(client.frame(request, Wire.PRODUCE));
      client.expectAnswer(request, Wire.PRODUCE);
    }
    client.sendRaw(all.toByteArray());
    for (int sequence : sequences) {
      assertThat(appended(client.receive()).baseOffset()).isEqualTo(sequence == 9 ? -1 : sequence);
    }
    assertThat(values(get(client, "t", 0, 0)))
        .containsExactly("0:v0", "1:v1", "2:v2", "3:v3", "4:v4");
  }

  @Test
  void aRestartForgetsNothing() throws IOException {
    broker.createTopic(client, "t", 1);
    expect(ErrorCode.NONE, 0, idempotent(7, 3, 0, "a", "b"));
    broker.close();
    start();
    expect(ErrorCode.NONE, 0, idempotent(7, 3, 0, "a", "b"));
    expect(ErrorCode.INVALID_PRODUCER_EPOCH, -1, idempotent(7, 2, 0, "zombie"));
    expect(ErrorCode.NONE, 2, idempotent(7, 3, 2, "c"));

    DescribeProducersResponse response =
        client.call(
            new DescribeProducersRequest()
                .topics(
                    List.of(
                        new DescribeProducersRequest.TopicRequest()
                            .name("t")
                            .partitionIndexes(new int[] {0, 1}))),
            0);
    var partitions = response.topics().getFirst().partitions();
    assertThat(partitions.get(0).activeProducers())
        .singleElement()
        .satisfies(it -> {
          assertThat(it.producerId()).isEqualTo(7);
          assertThat(it.producerEpoch()).isEqualTo(3);
          assertThat(it.lastSequence()).isEqualTo(2);
          assertThat(it.lastTimestamp()).isEqualTo(Wire.TIME);
        });
    assertThat(error(partitions.get(1).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }
}
