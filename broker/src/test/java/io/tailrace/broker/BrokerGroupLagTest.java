package io.tailrace.broker;

import static io.tailrace.broker.GroupWire.commit;
import static io.tailrace.broker.GroupWire.offset;
import static io.tailrace.broker.Wire.TIME;
import static io.tailrace.broker.Wire.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.broker.lag.GroupLagRow;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@link Broker#groupLag} with logs, offsets and topics of a real broker. */
class BrokerGroupLagTest {
  private static final long NOW = TIME + 60_000;

  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder, "offsets.topic.num.partitions", "2");
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private void restart() throws IOException {
    start();
    GroupWire.awaitLoaded(client);
  }

  /** Three records, each in a batch of its own and ten seconds younger than the one before. */
  private void fill(String topic, int partition) throws IOException {
    for (int i = 0; i < 3; i++) {
      RecordBatchBuilder batch = new RecordBatchBuilder().append(TIME + 10_000L * i, null, null);
      assertThat(put(client, topic, partition, batch.build()).errorCode()).isZero();
    }
  }

  private void commitOffset(String topic, int partition, long offset) throws IOException {
    assertThat(commit(client, commit("g", topic, offset(partition, offset, ""))))
        .containsExactly(ErrorCode.NONE);
  }

  private List<GroupLagRow> lag() {
    return broker.broker().groupLag().of("g", NOW);
  }

  @Test
  void recordsAndSecondsOfEachPartition() throws IOException {
    assertThat(lag()).as("there are no groups at all").isEmpty();
    broker.createTopic(client, "t", 3);
    GroupWire.awaitCoordinator(client);
    assertThat(lag()).as("there is no such group").isEmpty();
    fill("t", 0);
    fill("t", 1);
    commitOffset("t", 0, 1);
    commitOffset("t", 1, 3);
    commitOffset("t", 2, 77);
    assertThat(lag())
        .containsExactlyInAnyOrder(
            new GroupLagRow("t", 0, 1, 3, 2, 50_000),
            new GroupLagRow("t", 1, 3, 3, 0, 0),
            new GroupLagRow("t", 2, 77, 0, 0, 0));
    broker.close();
    restart();
    assertThat(lag()).contains(new GroupLagRow("t", 0, 1, 3, 2, 50_000)).hasSize(3);
  }

  @Test
  void whatRetentionHasTakenIsNotWaitedFor() throws IOException {
    broker.createTopic(client, "t", 1);
    GroupWire.awaitCoordinator(client);
    fill("t", 0);
    commitOffset("t", 0, 0);
    broker.close();
    Files.writeString(folder.resolve("log-start-offset-checkpoint"), "0\n1\nt 0 2\n");
    restart();
    assertThat(lag()).containsExactly(new GroupLagRow("t", 0, 0, 3, 1, 40_000));
  }

  @Test
  void aDeletedTopicIsNoLag() throws IOException {
    broker.createTopic(client, "t", 1);
    broker.createTopic(client, "gone", 1);
    GroupWire.awaitCoordinator(client);
    fill("t", 0);
    commitOffset("t", 0, 0);
    commitOffset("gone", 0, 0);
    client.call(new DeleteTopicsRequest().topicNames(List.of("gone")).timeoutMs(10_000), 5);
    GroupLagRow left = new GroupLagRow("t", 0, 0, 3, 3, 60_000);
    // Its offsets go with it, soon; until then all that is known is that it is gone.
    assertThat(lag())
        .contains(left)
        .allMatch(row -> row.equals(left) || row.endOffset() == GroupLagRow.UNKNOWN);
    await().until(() -> lag().equals(List.of(left)));
  }
}
