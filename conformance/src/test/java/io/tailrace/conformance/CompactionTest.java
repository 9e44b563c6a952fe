package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.tools.LogCompactionTester;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Compacted topics as clients see them, and Apache Kafka's own test of compaction. */
@Tag("campaign")
class CompactionTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @RegisterExtension
  static final EmbeddedBroker BROKER =
      new EmbeddedBroker()
          .with("log.segment.bytes", "1048576")
          .with("log.cleaner.backoff.ms", "200")
          .with("log.cleaner.min.cleanable.ratio", "0.1")
          .with("offsets.topic.num.partitions", "1")
          .with("offsets.topic.segment.bytes", "1048576");

  @ParameterizedTest
  @ValueSource(strings = {"none", "lz4"})
  void logCompactionTester(String codec) throws Exception {
    String output =
        Command.java(LogCompactionTester.class)
            .with("--bootstrap-server", BROKER.bootstrap())
            .with("--messages", "100000", "--topics", "2", "--percent-deletes", "10")
            .with("--compression-type", codec, "--sleep", "3")
            .run();
    assertThat(output).contains(" 0 mismatches").contains("Data verification is completed");
    String reduction = output.replaceAll("(?s).*\\((-?[0-9.]+)% reduction.*", "$1");
    assertThat(Double.parseDouble(reduction)).as(output).isGreaterThan(20);
  }

  @Test
  void aTopicThatBecomesCompactedIsCompactedAtOnce() throws Exception {
    TopicPartition partition = BROKER.topic("becomes-compacted", 1).get(0);
    byte[] value = new byte[1000];
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of("linger.ms", 5))) {
      for (int i = 0; i < 4000; i++) {
        producer.send(new ProducerRecord<>(partition.topic(), ("k" + i % 10).getBytes(), value));
      }
    }
    assertThat(size(partition)).isGreaterThan(4_000_000);
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, partition.topic());
    AlterConfigOp compact =
        new AlterConfigOp(
            new ConfigEntry("cleanup.policy", "compact,delete"), AlterConfigOp.OpType.SET);
    BROKER.admin().incrementalAlterConfigs(Map.of(topic, List.of(compact))).all().get();
    await().atMost(LIMIT).until(() -> size(partition) < 2_000_000);
    Map<String, Long> newest = new HashMap<>();
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      while (consumer.position(partition) < 4000) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
          newest.put(new String(record.key()), record.offset());
        }
      }
    }
    for (int key = 0; key < 10; key++) {
      assertThat(newest).containsEntry("k" + key, 3990L + key);
    }
  }

  @Test
  void committedOffsetsTakeNoMoreRoomThanTheLastOnes() throws Exception {
    TopicPartition partition = BROKER.topic("committed", 1).get(0);
    TopicPartition offsets = new TopicPartition("__consumer_offsets", 0);
    String padding = "x".repeat(4000);
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of("group.id", "commits"))) {
      consumer.assign(List.of(partition));
      for (int i = 0; i <= 1500; i++) {
        consumer.commitSync(Map.of(partition, new OffsetAndMetadata(i, padding)));
      }
    }
    await().atMost(LIMIT).until(() -> size(offsets) < 2_500_000);
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of("group.id", "commits"))) {
      assertThat(consumer.committed(Set.of(partition)).get(partition).offset()).isEqualTo(1500);
    }
  }

  private static long size(TopicPartition partition) throws IOException {
    try (Stream<Path> files = Files.list(BROKER.folder().resolve(partition.toString()))) {
      return files
          .filter(file -> file.toString().endsWith(".log"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }
}
