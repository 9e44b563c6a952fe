package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.DefaultRecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Apache Kafka's Java producer: what it sends is there, in order, unchanged. */
class ProducerClientTest {
  private static final int MAX_MESSAGE_BYTES = 100_000;

  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  @ParameterizedTest
  @CsvSource({
    "all, true, none",
    "all, true, gzip",
    "all, true, snappy",
    "all, true, lz4",
    "all, true, zstd",
    "all, false, lz4",
    "1, false, none",
    "1, false, zstd",
    "0, false, none",
    "0, false, gzip",
  })
  void everyKindOfProducerIsReadBack(String acks, boolean idempotent, String codec)
      throws Exception {
    List<TopicPartition> partitions =
        BROKER.topic("produced-%s-%s-%s".formatted(acks, idempotent, codec), 3);
    Map<String, Object> settings =
        Map.of(
            "acks", acks,
            "enable.idempotence", idempotent,
            "compression.type", codec,
            "linger.ms", 1,
            "batch.size", 4000);
    Map<TopicPartition, List<ProducerRecord<byte[], byte[]>>> sent = new HashMap<>();
    try (Producer<byte[], byte[]> producer = BROKER.producer(settings)) {
      List<Future<RecordMetadata>> answers = new ArrayList<>();
      for (ProducerRecord<byte[], byte[]> record : records(partitions)) {
        answers.add(producer.send(record));
        sent.computeIfAbsent(partition(record), p -> new ArrayList<>()).add(record);
      }
      producer.flush();
      for (Future<RecordMetadata> answer : answers) {
        assertThat(answer.get().hasOffset()).isEqualTo(!acks.equals("0"));
      }
    }
    for (TopicPartition partition : partitions) {
      List<ConsumerRecord<byte[], byte[]>> read =
          Reading.all(BROKER, partition, sent.get(partition).size());
      for (int i = 0; i < read.size(); i++) {
        assertSame(read.get(i), sent.get(partition).get(i), i);
      }
    }
  }

  /** Records of all shapes: no key, no value, empty, headers, up to 20 KB; seeded. */
  private static List<ProducerRecord<byte[], byte[]>> records(List<TopicPartition> partitions) {
    Random random = new Random(42);
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      byte[] key = random.nextInt(4) == 0 ? null : bytes(random, random.nextInt(20));
      int size = random.nextInt(10) == 0 ? random.nextInt(20_000) : random.nextInt(200);
      byte[] value = random.nextInt(20) == 0 ? null : bytes(random, size);
      TopicPartition partition = partitions.get(random.nextInt(partitions.size()));
      ProducerRecord<byte[], byte[]> record =
          new ProducerRecord<>(
              partition.topic(),
              partition.partition(),
              (long) random.nextInt(Integer.MAX_VALUE),
              key,
              value);
      for (int h = random.nextInt(3); h > 0; h--) {
        byte[] content = h == 2 ? null : bytes(random, 5);
        record.headers().add(new RecordHeader("header-ü-" + h, content));
      }
      records.add(record);
    }
    return records;
  }

  /** Half random, half repeating, so that codecs have something to do. */
  private static byte[] bytes(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    System.arraycopy(bytes, 0, bytes, size - size / 2, size / 2);
    return bytes;
  }

  private static TopicPartition partition(ProducerRecord<?, ?> record) {
    return new TopicPartition(record.topic(), record.partition());
  }

  private static void assertSame(
      ConsumerRecord<byte[], byte[]> read, ProducerRecord<byte[], byte[]> sent, long offset) {
    assertThat(read.offset()).isEqualTo(offset);
    assertThat(read.key()).isEqualTo(sent.key());
    assertThat(read.value()).isEqualTo(sent.value());
    assertThat(read.timestamp()).isEqualTo(sent.timestamp());
    assertThat(read.timestampType()).isEqualTo(TimestampType.CREATE_TIME);
    assertThat(read.headers()).isEqualTo(sent.headers());
  }

  @Test
  void aBatchOfExactlyMaxMessageBytesGoesInAndOneByteMoreDoesNot() throws Exception {
    TopicPartition partition =
        BROKER
            .topic("limited", 1, Map.of("max.message.bytes", String.valueOf(MAX_MESSAGE_BYTES)))
            .getFirst();
    byte[] largest = new byte[largestValue(MAX_MESSAGE_BYTES)];
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      assertThat(send(producer, partition, largest).offset()).isZero();
      assertThatThrownBy(() -> send(producer, partition, new byte[largest.length + 1]))
          .cause()
          .isInstanceOf(RecordTooLargeException.class);
      assertThat(send(producer, partition, largest).offset()).isEqualTo(1);
    }
    assertThat(Reading.all(BROKER, partition, 2))
        .allSatisfy(record -> assertThat(record.value()).isEqualTo(largest));
  }

  private static int largestValue(int batchBytes) {
    int size = batchBytes;
    while (DefaultRecordBatch.sizeInBytes(List.of(new SimpleRecord(0, null, new byte[size])))
        > batchBytes) {
      size--;
    }
    return size;
  }

  @Test
  void tenMegabytesInOneRecordGoThroughWhereTheTopicAllowsIt() throws Exception {
    TopicPartition partition =
        BROKER.topic("huge", 1, Map.of("max.message.bytes", "20000000")).getFirst();
    byte[] value = new byte[10_000_000];
    new Random(1).nextBytes(value);
    Map<String, Object> settings =
        Map.of("max.request.size", 20_000_000, "buffer.memory", 40_000_000L);
    try (Producer<byte[], byte[]> producer = BROKER.producer(settings)) {
      assertThat(send(producer, partition, value).serializedValueSize()).isEqualTo(value.length);
    }
    assertThat(Reading.all(BROKER, partition, 1).getFirst().value()).isEqualTo(value);
  }

  @Test
  void aBatchTooLargeWithSmallRecordsIsSplitByTheProducer() throws Exception {
    TopicPartition partition =
        BROKER.topic("split", 1, Map.of("max.message.bytes", "5000")).getFirst();
    Map<String, Object> settings = Map.of("batch.size", 50_000, "linger.ms", 50);
    try (Producer<byte[], byte[]> producer = BROKER.producer(settings)) {
      for (int i = 0; i < 40; i++) {
        byte[] value = new byte[1000];
        value[0] = (byte) i;
        producer.send(new ProducerRecord<>("split", value));
      }
    }
    List<ConsumerRecord<byte[], byte[]>> read = Reading.all(BROKER, partition, 40);
    for (int i = 0; i < 40; i++) {
      assertThat(read.get(i).value()[0]).isEqualTo((byte) i);
    }
  }

  @Test
  void withLogAppendTimeTheBrokerSetsTheTimestamp() throws Exception {
    TopicPartition partition =
        BROKER
            .topic("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"))
            .getFirst();
    long before = System.currentTimeMillis();
    long answered;
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      answered =
          producer
              .send(new ProducerRecord<>("append-time", 0, 77L, null, new byte[1]))
              .get()
              .timestamp();
    }
    assertThat(answered).isBetween(before, System.currentTimeMillis());
    ConsumerRecord<byte[], byte[]> read = Reading.all(BROKER, partition, 1).getFirst();
    assertThat(read.timestamp()).isEqualTo(answered);
    assertThat(read.timestampType()).isEqualTo(TimestampType.LOG_APPEND_TIME);
    assertThat(
            BROKER
                .admin()
                .listOffsets(Map.of(partition, OffsetSpec.maxTimestamp()))
                .partitionResult(partition)
                .get()
                .timestamp())
        .isEqualTo(answered);
  }

  @Test
  void timestampsOutOfTheTopicsRangeAreRefused() throws Exception {
    BROKER.topic("timely", 1, Map.of("message.timestamp.before.max.ms", "60000"));
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      long now = System.currentTimeMillis();
      assertThat(
              producer
                  .send(new ProducerRecord<>("timely", 0, now, null, new byte[1]))
                  .get()
                  .offset())
          .isZero();
      assertThatThrownBy(() ->
              producer
                  .send(new ProducerRecord<>("timely", 0, now - 120_000, null, new byte[1]))
                  .get())
          .cause()
          .isInstanceOf(InvalidTimestampException.class);
    }
  }

  @Test
  void aTopicIsCreatedByTheFirstRecord() throws Exception {
    byte[] value = "hello".getBytes(StandardCharsets.UTF_8);
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      producer.send(new ProducerRecord<>("by-itself", value)).get();
    }
    assertThat(Reading.all(BROKER, new TopicPartition("by-itself", 0), 1).getFirst().value())
        .isEqualTo(value);
  }

  @Test
  void manyIdempotentProducersShareAPartition() throws Exception {
    TopicPartition partition = BROKER.topic("shared", 1).getFirst();
    List<Producer<byte[], byte[]>> producers = new ArrayList<>();
    for (int p = 0; p < 8; p++) {
      producers.add(BROKER.producer(Map.of("linger.ms", 0, "batch.size", 100)));
    }
    for (int i = 0; i < 50; i++) {
      for (int p = 0; p < producers.size(); p++) {
        producers
            .get(p)
            .send(new ProducerRecord<>("shared", 0, null, new byte[] {(byte) p, (byte) i}));
      }
    }
    producers.forEach(Producer::close);
    int[] next = new int[producers.size()];
    for (ConsumerRecord<byte[], byte[]> record : Reading.all(BROKER, partition, 400)) {
      assertThat((int) record.value()[1]).isEqualTo(next[record.value()[0]]++);
    }
    assertThat(next).containsOnly(50);
  }

  private static RecordMetadata send(
      Producer<byte[], byte[]> producer, TopicPartition partition, byte[] value) throws Exception {
    return producer.send(new ProducerRecord<>(partition.topic(), 0, 0L, null, value)).get();
  }
}
