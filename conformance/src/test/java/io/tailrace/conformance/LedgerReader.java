package io.tailrace.conformance;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads all partitions of a topic from their beginnings, in order, enters what it finds into the
 * ledger, and notes what is missing or there twice. For one thread at a time.
 */
final class LedgerReader implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMillis(50);
  private static final long LIMIT_NS = Duration.ofMinutes(10).toNanos();

  private final OffsetLedger ledger;
  private final List<TopicPartition> partitions;
  private final Consumer<byte[], byte[]> consumer;
  private final long[] position;
  private final long[][] lastNumber;
  private final List<String> gaps = new ArrayList<>();
  private final List<String> duplicates = new ArrayList<>();

  LedgerReader(String bootstrap, String topic, int count, int producers, OffsetLedger ledger) {
    this.ledger = ledger;
    partitions = IntStream.range(0, count).mapToObj(i -> new TopicPartition(topic, i)).toList();
    position = new long[count];
    lastNumber = new long[count][producers];
    for (long[] numbers : lastNumber) {
      Arrays.fill(numbers, -1);
    }
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("auto.offset.reset", "none");
    settings.put("reconnect.backoff.max.ms", 100);
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    consumer = new KafkaConsumer<>(settings, bytes, bytes);
    consumer.assign(partitions);
    partitions.forEach(partition -> consumer.seek(partition, 0));
  }

  /** Reads what there is now, and for at most a moment longer. */
  void poll() {
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(PATIENCE)) {
      enter(record);
    }
  }

  private void enter(ConsumerRecord<byte[], byte[]> read) {
    int partition = read.partition();
    if (read.offset() != position[partition]) {
      gaps.add(
          "partition %d: %d after %d".formatted(partition, read.offset(), position[partition]));
    }
    position[partition] = read.offset() + 1;
    long record = LoadProducer.record(read.value());
    ledger.read(partition, read.offset(), record);
    int producer = OffsetLedger.producer(record);
    long number = OffsetLedger.number(record);
    if (number <= lastNumber[partition][producer]) {
      duplicates.add(
          "partition %d offset %d: %s after %d"
              .formatted(
                  partition,
                  read.offset(),
                  OffsetLedger.name(record),
                  lastNumber[partition][producer]));
    }
    lastNumber[partition][producer] = number;
  }

  /** Reads until everything below these offsets has been read. */
  void readTo(long[] ends) {
    long deadline = System.nanoTime() + LIMIT_NS;
    while (IntStream.range(0, ends.length).anyMatch(i -> position[i] < ends[i])) {
      poll();
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not to be read: offsets before " + Arrays.toString(ends));
      }
    }
  }

  /** The ends of all partitions now. */
  long[] ends() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    return partitions.stream().mapToLong(ends::get).toArray();
  }

  /** Offsets that hold nothing. */
  List<String> gaps() {
    return gaps;
  }

  /** Records that are there twice, or in the wrong order. */
  List<String> duplicates() {
    return duplicates;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
