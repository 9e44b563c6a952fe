package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.Broker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Apache Kafka's Java consumer makes of records that recovery has taken out: it gets all
 * before them, an exception from poll that says where, and the rest once it has moved on.
 */
class QuarantineClientTest {
  private static final TopicPartition PARTITION = new TopicPartition("damaged", 0);
  private static final int RECORDS = 10;
  private static final int DAMAGED = 4;

  @TempDir private Path folder;

  private Broker start() {
    return Broker.builder().dataDirectory(folder).port(0).start();
  }

  private void fillAndDamage() throws Exception {
    try (Broker broker = start();
        Producer<byte[], byte[]> producer =
            new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrapServers()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(new ProducerRecord<>("damaged", 0, null, new byte[] {(byte) i})).get();
      }
    }
    damage("damaged-0", DAMAGED);
  }

  private void damage(String log, int batch) throws IOException {
    Path segment = folder.resolve(log).resolve("00000000000000000000.log");
    byte[] content = Files.readAllBytes(segment);
    int at = 0;
    for (int i = 0; i < batch; i++) {
      at += 12 + ByteBuffer.wrap(content).getInt(at + 8);
    }
    content[at + 65] ^= 1;
    Files.write(segment, content);
    // As after a crash: all is looked at.
    Files.delete(folder.resolve(".kafka_cleanshutdown"));
    Files.delete(folder.resolve("recovery-point-offset-checkpoint"));
  }

  private static Consumer<byte[], byte[]> consumer(Broker broker) {
    return new KafkaConsumer<>(
        Map.of("bootstrap.servers", broker.bootstrapServers(), "group.id", "group"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }

  @Test
  void readsUpToTheDamageIsToldAndGoesOnBehindIt() throws Exception {
    fillAndDamage();
    try (Broker broker = start();
        Consumer<byte[], byte[]> consumer = consumer(broker)) {
      consumer.assign(List.of(PARTITION));
      consumer.seekToBeginning(List.of(PARTITION));
      List<Long> read = new ArrayList<>();
      int told = 0;
      while (read.size() < RECORDS - 1 && told < 5) {
        try {
          for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofSeconds(10))) {
            assertThat(record.value()).containsExactly((int) record.offset());
            read.add(record.offset());
          }
        } catch (KafkaException e) {
          assertThat(e).hasMessageContaining("corrupt").hasMessageContaining("damaged-0");
          assertThat(consumer.position(PARTITION)).isEqualTo(DAMAGED);
          told++;
          if (told == 2) {
            consumer.seek(PARTITION, DAMAGED + 1);
          }
        }
      }
      assertThat(told).as("it is told at each poll, until it moves on").isEqualTo(2);
      assertThat(read)
          .containsExactlyElementsOf(
              IntStream.range(0, RECORDS)
                  .filter(i -> i != DAMAGED)
                  .mapToObj(i -> (long) i)
                  .toList());
    }
  }
}
