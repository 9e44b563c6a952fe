package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.fetch;
import static io.tailrace.broker.Wire.fetched;
import static io.tailrace.broker.Wire.from;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetches that wait for records. */
@Timeout(60)
class ParkedFetchTest {
  private static final int LONG = 600_000;

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

  /** Connections go to the loops in turn, so one of two further ones is on another loop. */
  @Test
  void anAppendFromAnyConnectionWakes() throws IOException {
    broker.createTopic(client, "t", 1);
    WireClient[] producers = {client, broker.connect(), broker.connect()};
    WireClient consumer = broker.connect();
    for (int i = 0; i < 60; i++) {
      consumer.send(fetch("t", from(0, i)).maxWaitMs(LONG), Wire.FETCH);
      put(producers[i % producers.length], "t", 0, batch("v" + i));
      assertThat(values(fetched(consumer.receive()))).containsExactly(i + ":v" + i);
    }
  }

  @Test
  void itWaitsForMinBytesOfAllPartitions() throws IOException {
    broker.createTopic(client, "t", 3);
    WireClient consumer = broker.connect();
    consumer.send(
        fetch("t", from(0, 0), from(1, 0), from(2, 0)).minBytes(3000).maxWaitMs(LONG), Wire.FETCH);
    put(client, "t", 0, batch("a".repeat(1000)));
    put(client, "t", 2, batch("b".repeat(1000)));
    assertThat(consumer.answersWithin(50)).isFalse();
    put(client, "t", 1, batch("c".repeat(1000)));
    FetchResponse response = consumer.receive();
    assertThat(response.responses().getFirst().partitions())
        .extracting(it -> values(it).size())
        .containsExactly(1, 1, 1);
  }

  @Test
  void theDeadlineAnswersWithWhatThereIs() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a"));
    long start = System.nanoTime();
    FetchRequest request = fetch("t", from(0, 0)).minBytes(1000).maxWaitMs(200);
    assertThat(values(fetched(client.call(request, Wire.FETCH)))).containsExactly("0:a");
    long waitedMs = Duration.ofNanos(System.nanoTime() - start).toMillis();
    assertThat(waitedMs).isBetween(199L, 5_000L);
  }

  @Test
  void requestsBehindItAreWorkedOnButAnsweredAfterIt() throws IOException {
    broker.createTopic(client, "t", 1);
    WireClient both = broker.connect();
    both.send(fetch("t", from(0, 0)).maxWaitMs(LONG), Wire.FETCH);
    both.send(Wire.produce(1, "t", 0, batch("own")), Wire.PRODUCE);
    assertThat(values(fetched(both.receive()))).containsExactly("0:own");
    assertThat(Wire.appended(both.receive()).baseOffset()).isZero();
  }

  @Test
  void deletionAnswersIt() throws IOException {
    UUID id = broker.createTopic(client, "t", 1);
    WireClient byName = broker.connect();
    byName.send(fetch("t", from(0, 0)).maxWaitMs(LONG), Wire.FETCH);
    WireClient byId = broker.connect();
    byId.send(fetch("", id, from(0, 0)).maxWaitMs(LONG), Wire.FETCH_BY_ID);
    assertThat(byName.answersWithin(20)).isFalse();
    DeleteTopicsResponse deleted =
        client.call(new DeleteTopicsRequest().topicNames(List.of("t")).timeoutMs(5_000), 5);
    assertThat(deleted.responses().getFirst().errorCode()).isZero();
    assertThat(error(fetched(byName.receive()).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(error(fetched(byId.receive()).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
  }

  @Test
  void closedConnectionsAreForgotten() throws IOException {
    broker.createTopic(client, "t", 20);
    FetchPartition[] all = new FetchPartition[20];
    for (int i = 0; i < all.length; i++) {
      all[i] = from(i, 0);
    }
    for (int i = 0; i < 50; i++) {
      try (WireClient consumer = new WireClient(broker.broker().bootstrapServers())) {
        for (int k = 0; k < 10; k++) {
          consumer.send(fetch("t", all).maxWaitMs(LONG), Wire.FETCH);
        }
      }
      put(client, "t", i % 20, batch("v" + i));
    }
    assertThat(values(Wire.get(client, "t", 7, 0))).hasSize(3);
  }

  @Test
  void closingTheBrokerAnswersIt() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a"));
    List<WireClient> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      WireClient consumer = broker.connect();
      consumer.send(fetch("t", from(0, 0)).minBytes(1000).maxWaitMs(LONG), Wire.FETCH);
      assertThat(consumer.answersWithin(5)).isFalse();
      waiting.add(consumer);
    }
    long start = System.nanoTime();
    broker.broker().close();
    assertThat(Duration.ofNanos(System.nanoTime() - start).toMillis()).isLessThan(3_000);
    for (WireClient consumer : waiting) {
      assertThat(values(fetched(consumer.receive()))).containsExactly("0:a");
      assertThat(consumer.isClosedByBroker()).isTrue();
    }
  }
}
