package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The promise that counts: what was acknowledged is there, once, in order and unchanged, though the
 * broker is killed (SIGKILL) while producers send. They are Kafka's own, idempotent, with acks=all,
 * one for each codec, and never told of the broker's death.
 */
class EndToEndTest {
  private static final List<String> CODECS = List.of("none", "gzip", "snappy", "lz4", "zstd");
  private static final String TOPIC = "truth";
  private static final int PARTITIONS = 6;
  private static final Duration LIMIT = Duration.ofMinutes(30);

  private final long seed = new Random().nextLong();
  private final TruthRecords records = new TruthRecords(seed);
  private final LongAdder acknowledged = new LongAdder();
  private final List<TruthProducer> producers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();
  private Path folder;
  private int port;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createTempDirectory("tailrace-truth");
    port = BrokerProcess.freePort();
  }

  @AfterEach
  void clean() throws IOException {
    Folders.delete(folder);
  }

  @Test
  void nothingAcknowledgedIsLostOrDoubledWhenTheBrokerIsKilled() throws Exception {
    run(200_000, 2);
  }

  /** mvn verify -Pcampaign -pl conformance -am; takes a minute or two and 2 GB of disk. */
  @Test
  @Tag("campaign")
  void tenMillionRecordsOverFiveDeaths() throws Exception {
    run(10_000_000, 5);
  }

  private void run(long count, int deaths) throws Exception {
    BrokerProcess broker = start();
    try {
      createTopic();
      startProducers(count / CODECS.size());
      for (int death = 1; death <= deaths; death++) {
        long enough = count * death / (deaths + 1);
        Awaitility.await("records before a death")
            .atMost(LIMIT)
            .pollInterval(Duration.ofMillis(5))
            .until(() -> acknowledged.sum() >= enough || hasFailed());
        broker.kill();
        broker = start();
      }
      for (Thread thread : threads) {
        thread.join(LIMIT);
      }
      for (TruthProducer producer : producers) {
        assertThat(producer.failure()).as("seed %d", seed).isNull();
      }
      assertThat(acknowledged.sum()).as("seed %d", seed).isEqualTo(count);
      IntStream.range(0, PARTITIONS).forEach(this::assertSameAsAcknowledged);
    } finally {
      broker.close();
    }
  }

  private BrokerProcess start() throws IOException {
    return new BrokerProcess(port, folder, "-o", "log.segment.bytes=16777216");
  }

  private boolean hasFailed() {
    return producers.stream().anyMatch(producer -> producer.failure() != null);
  }

  private void createTopic() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", "127.0.0.1:" + port))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, PARTITIONS, (short) 1))).all().get();
    }
  }

  private void startProducers(long each) {
    for (int id = 0; id < CODECS.size(); id++) {
      Map<String, Object> settings = new HashMap<>();
      settings.put("bootstrap.servers", "127.0.0.1:" + port);
      settings.put("compression.type", CODECS.get(id));
      settings.put("enable.idempotence", true);
      settings.put("acks", "all");
      settings.put("buffer.memory", 4_000_000);
      settings.put("max.block.ms", LIMIT.toMillis());
      settings.put("delivery.timeout.ms", (int) LIMIT.toMillis());
      settings.put("reconnect.backoff.max.ms", 100);
      TruthProducer producer =
          new TruthProducer(
              id, each, records, TOPIC, PARTITIONS, settings, acknowledged::increment);
      producers.add(producer);
      threads.add(Thread.ofPlatform().daemon().name("truth-" + id).start(producer));
    }
  }

  private void assertSameAsAcknowledged(int partition) {
    AckHash[] read = AckHash.array(producers.size());
    TopicPartition from = new TopicPartition(TOPIC, partition);
    Map<String, Object> settings = Map.of("bootstrap.servers", "127.0.0.1:" + port);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.assign(List.of(from));
      consumer.seekToBeginning(List.of(from));
      long end = consumer.endOffsets(List.of(from)).get(from);
      long[] last = new long[producers.size()];
      Arrays.fill(last, -1);
      while (consumer.position(from) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(10))) {
          int producer = TruthRecords.producer(record.value());
          long number = TruthRecords.number(record.value());
          if (number <= last[producer]) {
            assertThat(number)
                .as("seed %d: number after %d at offset %d", seed, last[producer], record.offset())
                .isGreaterThan(last[producer]);
          }
          last[producer] = number;
          records.check(record.value());
          read[producer].add(number, record.offset());
        }
      }
    }
    for (int producer = 0; producer < read.length; producer++) {
      assertThat(read[producer])
          .as("seed %d: producer %d in partition %d", seed, producer, partition)
          .isEqualTo(producers.get(producer).acks(partition));
    }
  }
}
