package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.FetchSessionHandler;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.common.utils.LogContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Fetch sessions between Apache Kafka's own halves: its client's FetchSessionHandler writes the
 * requests and reads the answers, and its broker's FetchManager says what these should be. More
 * clients than places for sessions; records come and topics go, answers are lost, requests
 * repeated, ids and epochs made up.
 */
class FetchSessionModelTest {
  private static final int SLOTS = 2;
  private static final int CLIENTS = 3;
  private static final int STEPS = 500;
  private static final int PARTITIONS = 4;
  private static final List<String> TOPICS = List.of("a", "b", "c");

  @RegisterExtension
  static final EmbeddedBroker BROKER =
      new EmbeddedBroker()
          .with("max.incremental.fetch.session.cache.slots", String.valueOf(SLOTS))
          .with("auto.create.topics.enable", "false");

  private final long seed = Long.getLong("tailrace.sessions.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Map<String, Uuid> topicIds = new HashMap<>();
  private Producer<byte[], byte[]> producer;
  private WireConnection connection;
  private KafkaFetchModel model;
  private final Set<Integer> sessions = new HashSet<>();
  private int compared;

  @BeforeEach
  void prepare() throws Exception {
    producer = BROKER.producer(Map.of("linger.ms", 0));
    connection = new WireConnection(BROKER.port());
    model = new KafkaFetchModel(SLOTS, connection, topicIds, PARTITIONS);
    for (String topic : TOPICS) {
      create(topic);
    }
  }

  /** Also of sessions that no client knows, because answers were lost. */
  @AfterEach
  void cleanUp() throws Exception {
    for (int session : sessions) {
      var end = new FetchRequestData().setSessionId(session).setSessionEpoch(-1);
      connection.exchange(ApiKeys.FETCH, (short) 17, end);
    }
    for (String topic : List.copyOf(topicIds.keySet())) {
      delete(topic);
    }
    producer.close();
    connection.close();
  }

  private void create(String topic) throws Exception {
    BROKER.topic(topic, PARTITIONS);
    topicIds.put(
        topic,
        BROKER.admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic).topicId());
  }

  private void delete(String topic) throws Exception {
    BROKER.admin().deleteTopics(List.of(topic)).all().get();
    topicIds.remove(topic);
  }

  @RepeatedTest(3)
  void answersAreKafkas() throws Exception {
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(new Client(i));
    }
    try {
      for (int step = 0; step < STEPS; step++) {
        changeTheWorld();
        clients.get(random.nextInt(CLIENTS)).fetch();
      }
    } catch (Exception | AssertionError e) {
      throw new AssertionError("seed " + seed + ", answer " + compared, e);
    }
  }

  private void changeTheWorld() throws Exception {
    String topic = TOPICS.get(random.nextInt(TOPICS.size()));
    if (!topicIds.containsKey(topic)) {
      if (random.nextInt(4) == 0) {
        create(topic);
      }
    } else if (random.nextInt(60) == 0) {
      delete(topic);
    } else if (random.nextInt(2) == 0) {
      byte[] value = new byte[random.nextInt(2000)];
      producer.send(new ProducerRecord<>(topic, random.nextInt(PARTITIONS), null, value)).get();
    }
  }

  /** Sends a request to both, and compares. */
  private FetchResponse exchange(FetchRequest request) throws Exception {
    short version = request.version();
    FetchRequest parsed =
        FetchRequest.parse(MessageUtil.toByteBufferAccessor(request.data(), version), version);
    FetchResponse expected = model.answer(parsed);
    FetchResponse actual =
        FetchResponse.of(
            (FetchResponseData) connection.exchange(ApiKeys.FETCH, version, request.data()));
    assertThat(actual.error()).isEqualTo(expected.error());
    assertThat(actual.sessionId() == 0).isEqualTo(expected.sessionId() == 0);
    assertThat(summary(actual)).isEqualTo(summary(expected));
    model.sameSession(actual.sessionId(), expected.sessionId());
    sessions.add(actual.sessionId());
    compared++;
    return actual;
  }

  private static Map<String, String> summary(FetchResponse response) {
    Map<String, String> summary = new HashMap<>();
    for (var topic : response.data().responses()) {
      for (PartitionData data : topic.partitions()) {
        // An answer by id has no name, by name no id.
        boolean byId = !topic.topicId().equals(Uuid.ZERO_UUID);
        String name = byId ? topic.topicId().toString() : topic.topic();
        String told =
            "error %d, high watermark %d, start %d, %d bytes"
                .formatted(
                    data.errorCode(),
                    data.highWatermark(),
                    data.logStartOffset(),
                    FetchResponse.recordsSize(data));
        assertThat(summary.put(name + "-" + data.partitionIndex(), told)).isNull();
      }
    }
    return summary;
  }

  /** A consumer, as far as its sessions go. */
  private final class Client {
    private final FetchSessionHandler handler;
    private final Map<TopicPartition, FetchRequest.PartitionData> wanted = new LinkedHashMap<>();
    private final Map<String, Uuid> knownIds = new HashMap<>(topicIds);

    /** What it has been told; all partitions of its session are in it. */
    private final Map<TopicPartition, PartitionData> view = new HashMap<>();

    private boolean byId = random.nextBoolean();

    Client(int node) {
      handler = new FetchSessionHandler(new LogContext(), node);
    }

    void fetch() throws Exception {
      change();
      FetchSessionHandler.Builder builder = handler.newBuilder();
      wanted.forEach(builder::add);
      var data = builder.build();
      boolean ids = byId && data.canUseTopicIds();
      short version = (short) (ids ? 13 + random.nextInt(6) : 7 + random.nextInt(6));
      FetchRequest request =
          FetchRequest.Builder.forConsumer(version, 0, 1, data.toSend())
              .metadata(data.metadata())
              .removed(data.toForget())
              .replaced(data.toReplace())
              .setMaxBytes(random.nextInt(3) == 0 ? 1000 : 1 << 20)
              .build(version);
      switch (random.nextInt(30)) {
        case 0 -> madeUp(request);
        case 1 -> lost(request);
        case 2 -> {
          read(exchange(request), version, data.metadata());
          exchange(request);
        }
        default -> read(exchange(request), version, data.metadata());
      }
    }

    private void madeUp(FetchRequest request) throws Exception {
      int session = request.data().sessionId();
      int epoch = request.data().sessionEpoch();
      request.data().setSessionId(random.nextBoolean() ? session : random.nextInt(1, 1 << 30));
      int other = random.nextInt();
      request.data().setSessionEpoch(other == 0 || other == -1 || other == epoch ? -7 : other);
      exchange(new FetchRequest(request.data(), request.version()));
      handler.handleError(new Exception("made up"));
    }

    private void lost(FetchRequest request) throws Exception {
      exchange(request);
      handler.handleError(new Exception("lost"));
    }

    /** What a consumer's application, its metadata and its progress change. */
    private void change() {
      if (random.nextInt(40) == 0) {
        byId = !byId;
      }
      if (random.nextInt(10) == 0) {
        knownIds.putAll(topicIds);
      }
      for (int i = random.nextInt(4); i > 0; i--) {
        String topic = random.nextInt(30) == 0 ? "ghost" : TOPICS.get(random.nextInt(3));
        int index = random.nextInt(random.nextInt(30) == 0 ? PARTITIONS + 2 : PARTITIONS);
        TopicPartition partition = new TopicPartition(topic, index);
        if (random.nextInt(3) == 0) {
          wanted.remove(partition);
        } else {
          PartitionData seen = view.get(partition);
          long end = seen == null ? 0 : Math.max(0, seen.highWatermark());
          want(partition, random.nextInt(3) > 0 ? end : random.nextLong(end + 2));
        }
      }
      wanted.replaceAll((partition, data) -> wanting(partition, data.fetchOffset, data.maxBytes));
    }

    private void want(TopicPartition partition, long offset) {
      int maxBytes = random.nextInt(10) == 0 ? 100 : 10_000;
      wanted.put(partition, wanting(partition, offset, maxBytes));
    }

    private FetchRequest.PartitionData wanting(
        TopicPartition partition, long offset, int maxBytes) {
      Uuid id = byId ? knownIds.getOrDefault(partition.topic(), new Uuid(7, 7)) : Uuid.ZERO_UUID;
      return new FetchRequest.PartitionData(id, offset, -1, maxBytes, Optional.empty());
    }

    private void read(FetchResponse response, short version, FetchMetadata sent) {
      if (!handler.handleResponse(response, version)) {
        assertThat(response.error())
            .as("an answer the client understands")
            .isNotEqualTo(Errors.NONE);
        view.clear();
        return;
      }
      if (sent.isFull()) {
        view.clear();
      }
      view.putAll(response.responseData(handler.sessionTopicNames(), version));
      view.keySet().retainAll(wanted.keySet());
      assertThat(view.keySet()).isEqualTo(wanted.keySet());
      for (Map.Entry<TopicIdPartition, PartitionData> it : model.truth().entrySet()) {
        checkView(it.getKey(), it.getValue());
      }
    }

    private void checkView(TopicIdPartition partition, PartitionData truth) {
      String topic = partition.topic() == null ? name(partition.topicId()) : partition.topic();
      PartitionData seen = view.get(new TopicPartition(topic, partition.partition()));
      assertThat(seen.errorCode()).as("%s", partition).isEqualTo(truth.errorCode());
      assertThat(seen.highWatermark()).as("%s", partition).isEqualTo(truth.highWatermark());
      assertThat(seen.logStartOffset()).as("%s", partition).isEqualTo(truth.logStartOffset());
    }

    private String name(Uuid id) {
      return handler.sessionTopicNames().get(id);
    }
  }
}
