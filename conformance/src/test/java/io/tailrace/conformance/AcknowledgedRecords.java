package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Records sent to a topic of one partition, by an idempotent producer with little patience, and
 * what the broker has acknowledged of them. Refusals are counted, and no failure.
 */
final class AcknowledgedRecords {
  private static final int PATIENCE_MS = 3_000;

  /** So large that segments of a megabyte are rolled. */
  private static final int RECORD_BYTES = 40_000;

  private final String bootstrap;
  private final String topic;
  private final Map<String, String> configs;
  private final Map<Integer, Long> offsets = new ConcurrentHashMap<>();
  private final AtomicInteger failures = new AtomicInteger();
  private boolean created;

  /**
   * @param config name and value of a setting of the topic's, if any
   */
  AcknowledgedRecords(int port, String topic, String... config) {
    this.bootstrap = "127.0.0.1:" + port;
    this.topic = topic;
    this.configs = config.length == 0 ? Map.of() : Map.of(config[0], config[1]);
  }

  int failures() {
    return failures.get();
  }

  int acknowledged() {
    return offsets.size();
  }

  void create() throws InterruptedException {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrap,
            "default.api.timeout.ms",
            PATIENCE_MS,
            "request.timeout.ms",
            PATIENCE_MS / 2);
    try (Admin admin = Admin.create(settings)) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1).configs(configs))).all().get();
      created = true;
    } catch (ExecutionException e) {
      failures.incrementAndGet();
    }
  }

  /** One record after the other, so that each may be a batch. */
  void produce(int count) {
    if (!created) {
      return;
    }
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("max.block.ms", PATIENCE_MS);
    settings.put("request.timeout.ms", PATIENCE_MS / 2);
    settings.put("delivery.timeout.ms", PATIENCE_MS);
    settings.put("linger.ms", 0);
    settings.put("batch.size", RECORD_BYTES + 100);
    ByteArraySerializer bytes = new ByteArraySerializer();
    Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes);
    try {
      for (int n = 0; n < count; n++) {
        int number = n;
        byte[] value = ByteBuffer.allocate(RECORD_BYTES).putInt(n).array();
        producer.send(
            new ProducerRecord<>(topic, 0, null, value),
            (metadata, error) -> {
              if (error == null) {
                offsets.put(number, metadata.offset());
              } else {
                failures.incrementAndGet();
              }
            });
      }
    } catch (KafkaException e) {
      failures.incrementAndGet();
    } finally {
      // As long as it gets no producer id, it lets no record expire.
      producer.close(Duration.ofMillis(2 * PATIENCE_MS));
    }
  }

  /** Each acknowledged record is at its offset, and none is there twice. */
  void assertReadable() {
    if (offsets.isEmpty()) {
      return;
    }
    TopicPartition partition = new TopicPartition(topic, 0);
    Map<Integer, Long> found = new TreeMap<>();
    Set<Integer> twice = new HashSet<>();
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      while (consumer.position(partition) < end) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(10))) {
          int number = ByteBuffer.wrap(record.value()).getInt();
          if (found.put(number, record.offset()) != null) {
            twice.add(number);
          }
        }
      }
    }
    assertThat(twice).as("twice in %s", topic).isEmpty();
    assertThat(found).as(topic).containsAllEntriesOf(offsets);
  }
}
