package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Records read with Apache Kafka's Java consumer, which checks each batch's CRC. */
final class Reading {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private Reading() {}

  /** All records of a partition, of which there must be {@code count}. */
  static List<ConsumerRecord<byte[], byte[]>> all(
      EmbeddedBroker broker, TopicPartition partition, int count) {
    try (Consumer<byte[], byte[]> consumer = broker.consumer(Map.of())) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      return until(consumer, partition, end(consumer, partition, count), count);
    }
  }

  /**
   * What was sent with acks=0 may still be on its way: waits for an end of at least {@code count}.
   */
  private static long end(Consumer<byte[], byte[]> consumer, TopicPartition partition, int count) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    long end = 0;
    while (end < count && System.nanoTime() < deadline) {
      end = consumer.endOffsets(List.of(partition)).get(partition);
    }
    return end;
  }

  /** What comes from where the consumer stands up to offset {@code end}: {@code count} records. */
  static List<ConsumerRecord<byte[], byte[]>> until(
      Consumer<byte[], byte[]> consumer, TopicPartition partition, long end, int count) {
    List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (consumer.position(partition) < end) {
      assertThat(System.nanoTime()).as("reads %s in time", partition).isLessThan(deadline);
      consumer.poll(Duration.ofMillis(100)).forEach(read::add);
    }
    assertThat(read).as("records of %s", partition).hasSize(count);
    return read;
  }
}
