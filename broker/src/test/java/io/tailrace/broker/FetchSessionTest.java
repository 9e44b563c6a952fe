package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.fetch;
import static io.tailrace.broker.Wire.fetched;
import static io.tailrace.broker.Wire.from;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.FetchRequest;
import io.tailrace.protocol.message.FetchRequest.FetchPartition;
import io.tailrace.protocol.message.FetchRequest.FetchTopic;
import io.tailrace.protocol.message.FetchRequest.ForgottenTopic;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Incremental fetches (KIP-227) at the wire. */
@Timeout(60)
class FetchSessionTest {
  private static final int LONG = 600_000;

  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;
  private WireClient producer;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
    producer = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private int open(int version, FetchRequest full) throws IOException {
    FetchResponse response = client.call(full.sessionEpoch(0), version);
    assertThat(error(response.errorCode())).isEqualTo(ErrorCode.NONE);
    assertThat(response.sessionId()).isPositive();
    return response.sessionId();
  }

  private static FetchRequest next(int session, int epoch) {
    return new FetchRequest().maxBytes(50 << 20).minBytes(1).sessionId(session).sessionEpoch(epoch);
  }

  private static FetchRequest next(int session, int epoch, FetchRequest changes) {
    return changes.sessionId(session).sessionEpoch(epoch);
  }

  private static FetchPartition[] all(int count) {
    return IntStream.range(0, count).mapToObj(i -> from(i, 0)).toArray(FetchPartition[]::new);
  }

  /** Asks for what is new; the indexes of the partitions in the answer. */
  private List<Integer> told(FetchRequest request, int version) throws IOException {
    return indexes(client.call(request, version));
  }

  private static List<Integer> indexes(FetchResponse response) {
    assertThat(error(response.errorCode())).isEqualTo(ErrorCode.NONE);
    return response.responses().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(PartitionData::partitionIndex)
        .toList();
  }

  private ErrorCode failure(FetchRequest request, int version) throws IOException {
    FetchResponse response = client.call(request, version);
    assertThat(response.sessionId()).isZero();
    assertThat(response.responses()).isEmpty();
    return error(response.errorCode());
  }

  @Test
  void onlyWhatIsNewIsTold() throws IOException {
    for (int version : new int[] {7, 12, 13, 18}) {
      String topic = "t" + version;
      UUID id = broker.createTopic(client, topic, 10);
      boolean byId = version >= 13;
      String name = byId ? "" : topic;
      UUID known = byId ? id : Message.ZERO_UUID;
      int session = open(version, fetch(name, known, all(10)));
      assertThat(told(next(session, 1), version)).isEmpty();
      put(producer, topic, 4, batch("v"));
      for (int epoch = 2; epoch < 5; epoch++) {
        FetchResponse grown = client.call(next(session, epoch), version);
        assertThat(indexes(grown)).as("until the client has taken it").containsExactly(4);
        assertThat(values(fetched(grown))).containsExactly("0:v");
        assertThat(grown.sessionId()).isEqualTo(session);
      }
      assertThat(told(next(session, 5, fetch(name, known, from(4, 1))), version)).isEmpty();
      assertThat(told(next(session, 6), version)).isEmpty();
      client.call(next(session, -1), version);
      assertThat(failure(next(session, 7), version))
          .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    }
  }

  /** Whoever had records goes to the end, so that none starves under a small limit. */
  @Test
  void partitionsTakeTurns() throws IOException {
    broker.createTopic(client, "t", 4);
    for (int i = 0; i < 12; i++) {
      put(producer, "t", i % 4, batch("x".repeat(1000)));
    }
    int session = open(Wire.FETCH, fetch("t", all(4)).maxBytes(1));
    List<Integer> served = new ArrayList<>();
    for (int epoch = 1; epoch <= 8; epoch++) {
      FetchResponse response = client.call(next(session, epoch).maxBytes(1), Wire.FETCH);
      for (PartitionData data : response.responses().getFirst().partitions()) {
        if (!values(data).isEmpty()) {
          served.add(data.partitionIndex());
        }
      }
    }
    assertThat(served).containsExactly(0, 1, 2, 3, 0, 1, 2, 3);
  }

  /** As in Kafka, whatever place the request gave it. */
  @Test
  void aPartitionThatWasNotThereHasItsTurnLast() throws IOException {
    broker.createTopic(client, "t", 1);
    FetchRequest both = fetch("young", from(0, 0));
    FetchTopic young = both.topics().getFirst();
    FetchTopic old = fetch("t", from(0, 0)).topics().getFirst();
    int session = open(Wire.FETCH, both.topics(List.of(young, old)));
    broker.createTopic(client, "young", 1);
    put(producer, "young", 0, batch("x".repeat(1000)));
    put(producer, "t", 0, batch("x".repeat(1000)));
    List<String> served = new ArrayList<>();
    for (int epoch = 1; epoch <= 4; epoch++) {
      FetchResponse response = client.call(next(session, epoch).maxBytes(1), Wire.FETCH);
      for (var topic : response.responses()) {
        if (!values(topic.partitions().getFirst()).isEmpty()) {
          served.add(topic.topic());
        }
      }
    }
    assertThat(served).containsExactly("t", "young", "t", "young");
  }

  @Test
  void partitionsAreAddedAndForgotten() throws IOException {
    broker.createTopic(client, "t", 3);
    int session = open(Wire.FETCH, fetch("t", from(0, 0)));
    put(producer, "t", 0, batch("a"));
    put(producer, "t", 1, batch("b"));
    assertThat(told(next(session, 1, fetch("t", from(1, 0))), Wire.FETCH)).containsExactly(0, 1);
    assertThat(told(forget(next(session, 2), 0, 2), Wire.FETCH)).containsExactly(1);
    put(producer, "t", 0, batch("c"));
    assertThat(told(next(session, 3, fetch("t", from(1, 1))), Wire.FETCH)).isEmpty();
    FetchRequest both = forget(next(session, 4, fetch("t", from(2, 0))), 1, 2);
    FetchResponse none = client.call(both, Wire.FETCH);
    assertThat(none.sessionId()).as("nothing left: the session ends").isZero();
    assertThat(indexes(none)).as("what was asked for is answered").containsExactly(2);
    assertThat(failure(next(session, 5), Wire.FETCH))
        .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  }

  private static FetchRequest forget(FetchRequest request, int... partitions) {
    return request.forgottenTopicsData(
        List.of(new ForgottenTopic().topic("t").partitions(partitions)));
  }

  @Test
  void epochsAndIdsThatAreWrong() throws IOException {
    UUID id = broker.createTopic(client, "t", 1);
    for (int wrong : new int[] {0, 1, -1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      for (int epoch : new int[] {1, 2, -2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
        assertThat(failure(next(wrong, epoch), Wire.FETCH))
            .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
      }
      assertThat(told(fetch("t", from(0, 0)).sessionId(wrong), Wire.FETCH)).containsExactly(0);
    }
    int session = open(Wire.FETCH, fetch("t", from(0, 0)));
    for (int epoch : new int[] {2, 3, -2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThat(failure(next(session, epoch), Wire.FETCH))
          .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    }
    assertThat(failure(next(session, 1), Wire.FETCH_BY_ID))
        .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
    assertThat(told(next(session, 1), Wire.FETCH)).as("the session goes on").isEmpty();
    assertThat(failure(next(session, 1), Wire.FETCH))
        .as("the same request again")
        .isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
    FetchResponse again =
        client.call(fetch("", id, from(0, 0)).sessionId(session).sessionEpoch(0), Wire.FETCH_BY_ID);
    assertThat(again.sessionId()).isPositive().isNotEqualTo(session);
    assertThat(failure(next(session, 2), Wire.FETCH))
        .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
    assertThat(failure(next(again.sessionId(), 1), Wire.FETCH))
        .isEqualTo(ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR);
  }

  @Test
  void aTopicThatIsNotThereYetIsFoundOnceItIs() throws IOException {
    int session = open(Wire.FETCH, fetch("t", from(1, 0)));
    FetchResponse missing = client.call(next(session, 1).maxWaitMs(LONG), Wire.FETCH);
    assertThat(error(fetched(missing).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    broker.createTopic(client, "t", 1);
    missing = client.call(next(session, 2).maxWaitMs(LONG), Wire.FETCH);
    assertThat(error(fetched(missing).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    client.call(
        new CreatePartitionsRequest()
            .timeoutMs(10_000)
            .topics(List.of(new CreatePartitionsTopic().name("t").count(2).assignments(null))),
        3);
    assertThat(error(fetched(client.call(next(session, 3), Wire.FETCH)).errorCode()))
        .isEqualTo(ErrorCode.NONE);
    assertThat(told(next(session, 4), Wire.FETCH)).isEmpty();
  }

  @Test
  void deletedTopicsByNameAndById() throws IOException {
    UUID id = broker.createTopic(client, "t", 2);
    int byName = open(Wire.FETCH, fetch("t", from(0, 0)));
    int byId = open(Wire.FETCH_BY_ID, fetch("", id, from(1, 0)));
    int never = open(Wire.FETCH_BY_ID, fetch("", new UUID(5, 6), from(0, 0)));
    assertThat(told(next(byName, 1), Wire.FETCH)).isEmpty();
    WireClient waiting = broker.connect();
    waiting.send(next(byId, 1).maxWaitMs(LONG), Wire.FETCH_BY_ID);
    assertThat(waiting.answersWithin(20)).isFalse();
    delete("t");
    assertThat(error(fetched(waiting.receive()).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(error(fetched(client.call(next(byName, 2), Wire.FETCH)).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    broker.createTopic(client, "t", 2);
    put(producer, "t", 0, batch("new"));
    assertThat(error(fetched(client.call(next(byId, 2), Wire.FETCH_BY_ID)).errorCode()))
        .isEqualTo(ErrorCode.INCONSISTENT_TOPIC_ID);
    assertThat(values(fetched(client.call(next(byName, 3), Wire.FETCH)))).containsExactly("0:new");
    assertThat(error(fetched(client.call(next(never, 1), Wire.FETCH_BY_ID)).errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
  }

  private void delete(String topic) throws IOException {
    client.call(new DeleteTopicsRequest().topicNames(List.of(topic)).timeoutMs(10_000), 5);
  }

  @Test
  void anAppendFromAnyConnectionWakesTheWaitingFetch() throws IOException {
    broker.createTopic(client, "t", 50);
    int session = open(Wire.FETCH, fetch("t", all(50)));
    WireClient[] producers = {client, broker.connect(), broker.connect()};
    WireClient consumer = broker.connect();
    FetchRequest request = next(session, 1);
    for (int i = 0; i < 100; i++) {
      consumer.send(request.maxWaitMs(LONG), Wire.FETCH);
      int partition = i * 7 % 50;
      long offset = put(producers[i % 3], "t", partition, batch("v" + i)).baseOffset();
      FetchResponse response = consumer.receive();
      assertThat(indexes(response)).containsExactly(partition);
      assertThat(values(fetched(response))).containsExactly(offset + ":v" + i);
      request = next(session, i + 2, fetch("t", from(partition, offset + 1)));
    }
  }

  @Test
  void aWaitingFetchCountsBytesOfAllPartitions() throws IOException {
    broker.createTopic(client, "t", 5);
    int session = open(Wire.FETCH, fetch("t", all(5)));
    WireClient consumer = broker.connect();
    consumer.send(next(session, 1).minBytes(3000).maxWaitMs(LONG), Wire.FETCH);
    put(producer, "t", 3, batch("a".repeat(1000)));
    put(producer, "t", 1, batch("b".repeat(1000)));
    assertThat(consumer.answersWithin(50)).isFalse();
    put(producer, "t", 3, batch("c".repeat(1000)));
    FetchResponse response = consumer.receive();
    assertThat(indexes(response)).containsExactly(1, 3);
    assertThat(values(response.responses().getFirst().partitions().get(1))).hasSize(2);
  }

  /** The client has lost a connection, and comes back while its last fetch still waits here. */
  @Test
  void aFetchOnAnotherConnectionOvertakes() throws IOException {
    broker.createTopic(client, "t", 2);
    int session = open(Wire.FETCH, fetch("t", all(2)));
    WireClient[] connections = {broker.connect(), broker.connect()};
    for (int epoch = 1; epoch < 20; epoch++) {
      WireClient before = connections[epoch % 2];
      connections[(epoch + 1) % 2].send(next(session, epoch).maxWaitMs(LONG), Wire.FETCH);
      if (epoch > 1) {
        FetchResponse overtaken = before.receive();
        assertThat(error(overtaken.errorCode())).isEqualTo(ErrorCode.INVALID_FETCH_SESSION_EPOCH);
        assertThat(overtaken.sessionId()).isEqualTo(session);
      } else {
        assertThat(before.answersWithin(10)).isFalse();
      }
    }
    WireClient last = connections[0];
    put(producer, "t", 1, batch("v"));
    assertThat(indexes(last.receive())).containsExactly(1);
  }

  @Test
  void aSessionThatEndsAnswersTheWaitingFetch() throws IOException {
    broker.createTopic(client, "t", 1);
    int session = open(Wire.FETCH, fetch("t", from(0, 0)));
    WireClient consumer = broker.connect();
    consumer.send(next(session, 1).maxWaitMs(LONG), Wire.FETCH);
    assertThat(consumer.answersWithin(20)).isFalse();
    client.call(next(session, -1), Wire.FETCH);
    FetchResponse ended = consumer.receive();
    assertThat(error(ended.errorCode())).isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
  }

  @Test
  void theDeadlineAnswersWithNothingAndErrorsAtOnce() throws IOException {
    broker.createTopic(client, "t", 2);
    int session = open(Wire.FETCH, fetch("t", from(0, 0)));
    assertThat(told(next(session, 1).maxWaitMs(50), Wire.FETCH)).isEmpty();
    FetchRequest beyond = next(session, 2, fetch("t", from(1, 9)).maxWaitMs(LONG));
    FetchResponse failed = client.call(beyond, Wire.FETCH);
    assertThat(error(fetched(failed).errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    FetchResponse repeated = client.call(next(session, 3).maxWaitMs(LONG), Wire.FETCH);
    assertThat(error(fetched(repeated).errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    FetchRequest mended = next(session, 4, fetch("t", from(1, 0)));
    assertThat(told(mended, Wire.FETCH)).as("told whole after an error").containsExactly(1);
    assertThat(told(next(session, 5), Wire.FETCH)).isEmpty();
  }

  /** Logs are opened when first used, and not on the event loop: the fetch then looks twice. */
  @Test
  void aLogThatIsNotOpenYetIsLookedAtAgain() throws IOException {
    broker.createTopic(client, "t", 2);
    put(producer, "t", 1, batch("old"));
    broker.close();
    broker = TestBroker.start(folder);
    client = broker.connect();
    int session = open(Wire.FETCH, fetch("t", from(0, 0)));
    FetchRequest added = next(session, 1, fetch("t", from(1, 0)).maxWaitMs(LONG));
    assertThat(values(fetched(client.call(added, Wire.FETCH)))).containsExactly("0:old");
  }

  @Test
  void noSlotsNoSessions() throws IOException {
    broker.close();
    broker =
        TestBroker.start(folder.resolve("none"), "max.incremental.fetch.session.cache.slots", "0");
    client = broker.connect();
    broker.createTopic(client, "t", 1);
    FetchResponse response = client.call(fetch("t", from(0, 0)).sessionEpoch(0), Wire.FETCH);
    assertThat(response.sessionId()).isZero();
    assertThat(indexes(response)).containsExactly(0);
  }

  /** Sessions end while their fetches wait and partitions grow. */
  @Test
  void sessionsComeAndGoUnderLoad() throws IOException {
    broker.createTopic(client, "t", 20);
    for (int round = 0; round < 30; round++) {
      int session = open(Wire.FETCH, fetch("t", all(20)).maxBytes(1));
      WireClient waiting = broker.connect();
      waiting.send(next(session, 1).minBytes(1 << 30).maxWaitMs(LONG), Wire.FETCH);
      put(producer, "t", round % 20, batch("v" + round));
      FetchRequest restart = fetch("t", all(20)).sessionId(session).sessionEpoch(0);
      FetchResponse whole = client.call(restart, Wire.FETCH);
      assertThat(indexes(whole)).hasSize(20);
      // Whichever of the two came first.
      assertThat(error(waiting.<FetchResponse>receive().errorCode()))
          .isEqualTo(ErrorCode.FETCH_SESSION_ID_NOT_FOUND);
      waiting.close();
    }
  }

  /** No wake-up is lost: the fetches wait for much longer than the test may take. */
  @Test
  void everythingComesWhileManyProduce() throws Exception {
    int partitions = 30;
    int each = 500;
    broker.createTopic(client, "t", partitions);
    int session = open(Wire.FETCH, fetch("t", all(partitions)));
    List<Thread> producers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      WireClient own = broker.connect();
      int first = i * 10;
      producers.add(Thread.ofVirtual().start(() -> produce(own, first, each)));
    }
    long[] next = new long[partitions];
    FetchRequest request = next(session, 1);
    for (int epoch = 2; Arrays.stream(next).sum() < 3L * each; epoch++) {
      FetchResponse response = client.call(request.maxWaitMs(LONG), Wire.FETCH);
      assertThat(indexes(response)).isNotEmpty();
      List<FetchPartition> changed = new ArrayList<>();
      for (PartitionData data : response.responses().getFirst().partitions()) {
        int index = data.partitionIndex();
        for (String value : values(data)) {
          assertThat(value).isEqualTo(next[index] + ":v" + next[index]);
          next[index]++;
        }
        changed.add(from(index, next[index]));
      }
      request = next(session, epoch, fetch("t", changed.toArray(FetchPartition[]::new)));
    }
    for (Thread thread : producers) {
      thread.join();
    }
  }

  private static void produce(WireClient own, int first, int count) {
    try {
      for (int k = 0; k < count; k++) {
        put(own, "t", first + k % 10, batch("v" + k / 10));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The heap that the event loops take shows at how many partitions they have looked. */
  @Test
  void anIdlePartitionCostsNothing() throws IOException {
    int partitions = 1000;
    int rounds = 200;
    broker.createTopic(client, "t", partitions);
    int session = open(Wire.FETCH, fetch("t", all(partitions)));
    assertThat(told(next(session, 1), Wire.FETCH)).isEmpty();
    FetchRequest request = next(session, 2);
    long before = allocatedByLoops();
    for (int i = 0; i < rounds; i++) {
      client.send(request.maxWaitMs(LONG), Wire.FETCH);
      put(producer, "t", i, batch("v"));
      assertThat(indexes(client.receive())).containsExactly(i);
      request = next(session, 3 + i, fetch("t", from(i, 1)));
    }
    long incremental = (allocatedByLoops() - before) / rounds;
    before = allocatedByLoops();
    client.call(fetch("t", all(partitions)).maxBytes(0), Wire.FETCH);
    long full = allocatedByLoops() - before;
    assertThat(full).isGreaterThan(100 * partitions);
    // Opening logs and looking at all once a second are in it.
    assertThat(incremental).as("bytes, of %s for all", full).isLessThan(full / 5);
  }

  private static long allocatedByLoops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      if (thread != null && thread.getThreadName().startsWith("tailrace-network")) {
        bytes += threads.getThreadAllocatedBytes(thread.getThreadId());
      }
    }
    return bytes;
  }
}
