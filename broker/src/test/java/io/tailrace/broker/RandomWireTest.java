package io.tailrace.broker;

import static io.tailrace.broker.Wire.appended;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.fetch;
import static io.tailrace.broker.Wire.fetched;
import static io.tailrace.broker.Wire.from;
import static io.tailrace.broker.Wire.produce;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.FetchResponse.PartitionData;
import io.tailrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random steps over several connections against a model: each partition is a list of values. One
 * step is in flight at a time, but for bursts of produce requests on all connections at once.
 */
@Timeout(300)
class RandomWireTest {
  private static final int PARTITIONS = 3;
  private static final String[] TOPICS = {"plain", "synced", "small", "stamped"};
  private static final String[][] CONFIGS = {
    {},
    {"flush.messages", "1"},
    {"segment.bytes", "1048576", "index.interval.bytes", "100"},
    {"message.timestamp.type", "LogAppendTime"}
  };

  @TempDir Path folder;
  private TestBroker broker;
  private SplittableRandom random;
  private final List<WireClient> clients = new ArrayList<>();
  private final Map<String, List<List<String>>> model = new HashMap<>();
  private final Map<String, Integer> sequences = new HashMap<>();
  private int written;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void someSteps(long seed) throws IOException {
    run(seed, 300);
  }

  @ParameterizedTest
  @ValueSource(longs = {101, 102, 103, 104, 105, 106, 107, 108})
  @Tag("campaign")
  void manySteps(long seed) throws IOException {
    run(seed, 5_000);
  }

  private void run(long seed, int steps) throws IOException {
    random = new SplittableRandom(seed);
    start();
    try {
      for (int step = 0; step < steps; step++) {
        step();
      }
    } catch (AssertionError | IOException | RuntimeException e) {
      throw new AssertionError("seed " + seed, e);
    } finally {
      broker.close();
    }
  }

  private void start() throws IOException {
    broker = TestBroker.start(folder);
    clients.clear();
    for (int i = 0; i < 4; i++) {
      clients.add(broker.connect());
    }
  }

  private void step() throws IOException {
    int topic = random.nextInt(TOPICS.length);
    String name = TOPICS[topic];
    switch (random.nextInt(100)) {
      case 0 -> restart();
      case 1, 2 -> delete(name);
      case 3, 4, 5, 6, 7, 8 -> create(topic);
      case 9, 10, 11, 12 -> burst(name);
      case 13, 14, 15, 16 -> wakeUp(name);
      default -> {
        if (random.nextInt(5) < 2) {
          append(name);
        } else if (random.nextBoolean()) {
          read(name);
        } else {
          offsets(name);
        }
      }
    }
  }

  private WireClient anyClient() {
    return clients.get(random.nextInt(clients.size()));
  }

  private void restart() throws IOException {
    broker.close();
    start();
  }

  private void create(int topic) throws IOException {
    if (!model.containsKey(TOPICS[topic])) {
      broker.createTopic(anyClient(), TOPICS[topic], PARTITIONS, CONFIGS[topic]);
      List<List<String>> partitions = new ArrayList<>();
      for (int i = 0; i < PARTITIONS; i++) {
        partitions.add(new ArrayList<>());
      }
      model.put(TOPICS[topic], partitions);
    }
  }

  private void delete(String topic) throws IOException {
    DeleteTopicsResponse response =
        anyClient().call(new DeleteTopicsRequest().topicNames(List.of(topic)), 5);
    assertThat(error(response.responses().getFirst().errorCode()))
        .isEqualTo(
            model.remove(topic) == null ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : ErrorCode.NONE);
    sequences.keySet().removeIf(it -> it.startsWith(topic));
  }

  private String[] newValues() {
    String[] values = new String[1 + random.nextInt(3)];
    for (int i = 0; i < values.length; i++) {
      values[i] = "v" + written++ + "-".repeat(random.nextInt(random.nextBoolean() ? 5 : 20_000));
    }
    return values;
  }

  private void append(String topic) throws IOException {
    int partition = random.nextInt(PARTITIONS);
    String[] values = newValues();
    if (!model.containsKey(topic)) {
      PartitionProduceResponse refused =
          appended(anyClient().call(produce(-1, topic, partition, batch(values)), Wire.PRODUCE));
      assertThat(error(refused.errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
      return;
    }
    int tries = random.nextInt(4) == 0 ? 2 : 1;
    String place = topic + partition;
    int sequence = sequences.getOrDefault(place, 0);
    long expected = log(topic, partition).size();
    for (int i = 0; i < tries; i++) {
      var request = produce(-1, topic, partition, Wire.idempotent(5, 0, sequence, values));
      PartitionProduceResponse outcome = appended(anyClient().call(request, Wire.PRODUCE));
      assertThat(error(outcome.errorCode())).isEqualTo(ErrorCode.NONE);
      assertThat(outcome.baseOffset()).isEqualTo(expected);
    }
    sequences.put(place, sequence + values.length);
    add(topic, partition, values);
  }

  private List<String> log(String topic, int partition) {
    List<List<String>> partitions = model.get(topic);
    assertThat(partitions).isNotNull();
    return partitions.get(partition);
  }

  private void add(String topic, int partition, String... values) {
    List<String> log = log(topic, partition);
    for (String value : values) {
      log.add(log.size() + ":" + value);
    }
  }

  /** All connections produce at once to one partition; the answers tell in which order. */
  private void burst(String topic) throws IOException {
    if (!model.containsKey(topic)) {
      return;
    }
    int partition = random.nextInt(PARTITIONS);
    List<String[]> sent = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      sent.add(newValues());
      clients
          .get(i % clients.size())
          .send(produce(-1, topic, partition, batch(sent.getLast())), Wire.PRODUCE);
    }
    Map<Long, String[]> byOffset = new HashMap<>();
    for (int i = 0; i < 20; i++) {
      PartitionProduceResponse outcome = appended(clients.get(i % clients.size()).receive());
      assertThat(error(outcome.errorCode())).isEqualTo(ErrorCode.NONE);
      byOffset.put(outcome.baseOffset(), sent.get(i));
    }
    for (int i = 0; i < 20; i++) {
      String[] next = byOffset.get((long) log(topic, partition).size());
      assertThat(next).as("what went to offset " + log(topic, partition).size()).isNotNull();
      add(topic, partition, next);
    }
  }

  private void wakeUp(String topic) throws IOException {
    if (!model.containsKey(topic)) {
      return;
    }
    int partition = random.nextInt(PARTITIONS);
    int end = log(topic, partition).size();
    WireClient consumer = clients.getFirst();
    consumer.send(fetch(topic, from(partition, end)).maxWaitMs(60_000), Wire.FETCH);
    WireClient producer = clients.get(1 + random.nextInt(clients.size() - 1));
    String[] values = newValues();
    assertThat(
            appended(producer.call(produce(-1, topic, partition, batch(values)), Wire.PRODUCE))
                .baseOffset())
        .isEqualTo(end);
    add(topic, partition, values);
    assertThat(values(fetched(consumer.receive())))
        .isEqualTo(log(topic, partition).subList(end, end + values.length));
  }

  private void read(String topic) throws IOException {
    int partition = random.nextInt(PARTITIONS);
    int end = model.containsKey(topic) ? log(topic, partition).size() : 0;
    int offset = random.nextInt(end + 2);
    int maxBytes = 1 << random.nextInt(20);
    PartitionData data =
        fetched(
            anyClient()
                .call(fetch(topic, from(partition, offset).partitionMaxBytes(maxBytes)), 12));
    if (!model.containsKey(topic)) {
      assertThat(error(data.errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    } else if (offset > end) {
      assertThat(error(data.errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    } else {
      assertThat(data.highWatermark()).isEqualTo(end);
      List<String> got = values(data);
      assertThat(got.isEmpty()).isEqualTo(offset == end);
      int first = got.isEmpty() ? end : Integer.parseInt(got.getFirst().split(":")[0]);
      assertThat(first).isBetween(Math.max(0, offset - 2), offset);
      assertThat(got).isEqualTo(log(topic, partition).subList(first, first + got.size()));
      assertThat(first + got.size()).isGreaterThan(offset == end ? end - 1 : offset);
    }
  }

  private void offsets(String topic) throws IOException {
    int partition = random.nextInt(PARTITIONS);
    var latest = Wire.offset(anyClient(), topic, partition, -1, 7);
    var earliest = Wire.offset(anyClient(), topic, partition, -2, 7);
    var byTime = Wire.offset(anyClient(), topic, partition, 0, 7);
    if (model.containsKey(topic)) {
      int end = log(topic, partition).size();
      assertThat(latest.offset()).isEqualTo(end);
      assertThat(earliest.offset()).isZero();
      assertThat(byTime.offset()).isEqualTo(end == 0 ? -1 : 0);
    } else {
      assertThat(error(latest.errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
  }
}
