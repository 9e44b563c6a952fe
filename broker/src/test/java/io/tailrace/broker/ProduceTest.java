package io.tailrace.broker;

import static io.tailrace.broker.Wire.appended;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.produce;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.testkit.WireClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Produce requests as such; for what is in a batch see BatchAdmissionTest. */
class ProduceTest {
  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;
  private UUID id;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
    id = broker.createTopic(client, "t", 2);
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  @Test
  void everyVersionIsAnswered() throws IOException {
    for (int version = 3; version <= 13; version++) {
      ProduceResponse response = client.call(produce(1, "t", id, 0, batch("v" + version)), version);
      assertThat(error(appended(response).errorCode())).isEqualTo(ErrorCode.NONE);
      assertThat(appended(response).baseOffset()).isEqualTo(version - 3);
      assertThat(appended(response).logAppendTimeMs()).isEqualTo(-1);
      assertThat(appended(response).logStartOffset()).isEqualTo(version < 5 ? -1 : 0);
    }
    assertThat(values(get(client, "t", 0, 0))).hasSize(11).startsWith("0:v3").endsWith("10:v13");
  }

  @Test
  void withoutAcksNothingIsAnswered() throws IOException {
    client.sendOneWay(produce(0, "t", 0, batch("a", "b")), 9);
    ProduceResponse next = client.call(produce(1, "t", 0, batch("c")), 9);
    assertThat(appended(next).baseOffset()).isEqualTo(2);
  }

  @Test
  void withoutAcksAnErrorClosesTheConnection() throws IOException {
    WireClient other = broker.connect();
    client.send(produce(1, "t", 0, batch("before")), 9);
    client.sendOneWay(produce(0, "nowhere", 0, batch("lost")), 9);
    assertThat(appended(client.receive()).baseOffset()).isZero();
    assertThat(client.isClosedByBroker()).isTrue();
    assertThat(put(other, "t", 0, batch("after")).baseOffset()).isEqualTo(1);
  }

  @Test
  void otherAcksAreRefused() throws IOException {
    for (int acks : new int[] {-2, 2, 1000, Short.MIN_VALUE}) {
      ProduceResponse response = client.call(produce(acks, "t", 0, batch("x")), 9);
      assertThat(error(appended(response).errorCode())).isEqualTo(ErrorCode.INVALID_REQUIRED_ACKS);
    }
    assertThat(get(client, "t", 0, 0).highWatermark()).isZero();
  }

  @Test
  void unknownPlacesAreNamedOneByOne() throws IOException {
    assertThat(error(put(client, "t", 2, batch("x")).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(error(put(client, "t", -1, batch("x")).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    ProduceResponse unknownId = client.call(produce(1, "", new UUID(1, 2), 0, batch("x")), 13);
    assertThat(error(appended(unknownId).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    ProduceRequest mixed =
        new ProduceRequest()
            .acks((short) 1)
            .topicData(
                List.of(
                    new TopicProduceData()
                        .name("t")
                        .partitionData(
                            List.of(
                                Wire.data(0, batch("good")),
                                Wire.data(7, batch("bad")),
                                Wire.data(1, batch("good too"))))));
    ProduceResponse response = client.call(mixed, 9);
    assertThat(response.responses().getFirst().partitionResponses())
        .extracting(it -> error(it.errorCode()))
        .containsExactly(ErrorCode.NONE, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.NONE);
  }

  @Test
  void nothingToProduceIsAnsweredWithNothing() throws IOException {
    ProduceResponse response = client.call(new ProduceRequest().acks((short) 1), 9);
    assertThat(response.responses()).isEmpty();
  }

  @Test
  void transactionsAreNotThereYet() throws IOException {
    ProduceResponse response =
        client.call(produce(-1, "t", 0, batch("x")).transactionalId("tx"), 9);
    assertThat(error(appended(response).errorCode())).isEqualTo(ErrorCode.INVALID_TXN_STATE);
  }

  @Test
  void aPipelinedFetchSeesTheProduceBeforeIt() throws IOException {
    for (int i = 0; i < 50; i++) {
      client.send(produce(1, "t", 0, batch("v" + i)), 9);
      client.send(Wire.fetch("t", Wire.from(0, i)), Wire.FETCH);
    }
    for (int i = 0; i < 50; i++) {
      assertThat(appended(client.receive()).baseOffset()).isEqualTo(i);
      assertThat(values(Wire.fetched(client.receive()))).containsExactly(i + ":v" + i);
    }
  }

  @Test
  void manyBatchesOfOneTurnKeepTheirOrder() throws IOException {
    List<byte[]> frames = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      ProduceRequest request = produce(1, "t", i % 2, batch("v" + i));
      frames.add(client.frame(request, 9));
      client.expectAnswer(request, 9);
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    frames.forEach(all::writeBytes);
    client.sendRaw(all.toByteArray());
    for (int i = 0; i < 200; i++) {
      assertThat(appended(client.receive()).baseOffset()).isEqualTo(i / 2);
    }
    assertThat(values(get(client, "t", 1, 0))).hasSize(100).startsWith("0:v1").endsWith("99:v199");
  }
}
