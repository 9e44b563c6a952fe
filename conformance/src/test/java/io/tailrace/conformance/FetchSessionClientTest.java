package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.Broker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's consumer of 1,000 partitions, and what it asks for. */
class FetchSessionClientTest {
  private static final int PARTITIONS = 1000;
  private static final List<TopicPartition> ALL =
      IntStream.range(0, PARTITIONS).mapToObj(i -> new TopicPartition("wide", i)).toList();

  @TempDir Path folder;
  private final long[] sent = new long[PARTITIONS];
  private final long[] read = new long[PARTITIONS];
  private int port;
  private FetchSpy spy;
  private Broker broker;
  private Producer<byte[], byte[]> producer;
  private Consumer<byte[], byte[]> consumer;

  @BeforeEach
  void start() throws Exception {
    port = BrokerProcess.freePort();
    spy = new FetchSpy(port);
    broker = startBroker();
    Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(List.of(new NewTopic("wide", PARTITIONS, (short) 1))).all().get();
    }
    producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "auto.offset.reset",
                "earliest",
                "fetch.max.wait.ms",
                200),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  private Broker startBroker() {
    return Broker.builder()
        .dataDirectory(folder)
        .port(port)
        .property("advertised.listeners", "PLAINTEXT://127.0.0.1:" + spy.port())
        .start();
  }

  @AfterEach
  void stop() throws IOException {
    consumer.close();
    producer.close();
    broker.close();
    spy.close();
  }

  private void send(int partition) throws ExecutionException, InterruptedException {
    byte[] value = String.valueOf(sent[partition]).getBytes();
    producer.send(new ProducerRecord<>("wide", partition, null, value)).get();
    sent[partition]++;
  }

  private void readAll() {
    Awaitility.await()
        .pollInSameThread()
        .pollInterval(Duration.ZERO)
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          consumer.poll(Duration.ofMillis(100)).forEach(this::count);
          return Arrays.equals(read, sent);
        });
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    assertThat(record.offset()).isEqualTo(read[record.partition()]);
    assertThat(new String(record.value())).isEqualTo(String.valueOf(record.offset()));
    read[record.partition()]++;
  }

  @Test
  void requestsNameOnlyWhatHasChanged() throws Exception {
    for (int i = 0; i < PARTITIONS; i += 2) {
      send(i);
    }
    consumer.assign(ALL);
    readAll();
    for (int i = 0; i < 100; i++) {
      send(i * 7);
      readAll();
    }
    List<FetchRequestData> requests = spy.takeFetches();
    assertThat(FetchSpy.named(requests.getFirst())).isEqualTo(PARTITIONS);
    assertThat(requests.stream().map(FetchRequestData::sessionEpoch))
        .isEqualTo(IntStream.range(0, requests.size()).boxed().toList());
    int named = requests.stream().skip(1).mapToInt(FetchSpy::named).sum();
    int records = PARTITIONS / 2 + 100;
    assertThat(named)
        .as("once for each record, or forgotten and added")
        .isBetween(records - 1, 2 * records);
    assertThat(requests.reversed().stream().limit(80).map(FetchSpy::named))
        .as("as records come one by one")
        .allMatch(count -> count < 10);
  }

  @Test
  void brokenConnectionsAndANewBrokerAreSurvived() throws Exception {
    consumer.assign(ALL);
    for (int round = 0; round < 6; round++) {
      for (int i = round; i < PARTITIONS; i += 97) {
        send(i);
      }
      readAll();
      if (round % 2 == 0) {
        spy.disconnect();
      } else {
        broker.close();
        broker = startBroker();
      }
    }
    assertThat(spy.takeFetches().stream().filter(it -> it.sessionEpoch() == 0).count())
        .as("full fetches: the first, and one or two after each break")
        .isBetween(6L, 18L);
  }
}
