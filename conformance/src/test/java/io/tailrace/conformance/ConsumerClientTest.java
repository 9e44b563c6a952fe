package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's Java consumer, with partitions assigned to it. */
class ConsumerClientTest {
  private static final int RECORDS = 1000;
  private static final int MANY = 200;

  /** Makes four segments of the filled partition. */
  private static final int VALUE_BYTES = 4000;

  /** Longer than any wait but one for a wake-up that never comes. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final long FIRST_TIMESTAMP = 1_000_000;

  /** Record i of this partition has the timestamp FIRST_TIMESTAMP + i, and 10 share a batch. */
  private static final TopicPartition FILLED = new TopicPartition("filled", 0);

  private static final List<TopicPartition> ONE = List.of(FILLED);

  @RegisterExtension
  static final EmbeddedBroker BROKER = new EmbeddedBroker().with("log.segment.bytes", "1048576");

  @BeforeAll
  static void fill() throws Exception {
    BROKER.topic(FILLED.topic(), 1, Map.of("retention.ms", "-1"));
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of("linger.ms", 1000))) {
      for (int i = 0; i < RECORDS; i++) {
        producer.send(record(FILLED, i));
        if (i % 10 == 9) {
          producer.flush();
        }
      }
    }
  }

  private static ProducerRecord<byte[], byte[]> record(TopicPartition partition, int i) {
    byte[] value = Arrays.copyOf(String.valueOf(i).getBytes(), VALUE_BYTES);
    return new ProducerRecord<>(
        partition.topic(), partition.partition(), FIRST_TIMESTAMP + i, null, value);
  }

  @ParameterizedTest
  @CsvSource({
    "read_uncommitted, 1, 52428800",
    "read_committed, 1, 52428800",
    "read_uncommitted, 500, 1",
    "read_uncommitted, 100000, 52428800",
  })
  void everythingComesInOrderWhateverTheLimits(String isolation, int minBytes, int maxBytes) {
    Map<String, Object> settings =
        Map.of(
            "isolation.level", isolation,
            "fetch.min.bytes", minBytes,
            "fetch.max.bytes", maxBytes,
            "max.partition.fetch.bytes", maxBytes,
            "auto.offset.reset", "earliest");
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(settings)) {
      consumer.assign(ONE);
      assertRecords(Reading.until(consumer, FILLED, RECORDS, RECORDS), 0);
    }
  }

  private static void assertRecords(List<ConsumerRecord<byte[], byte[]>> read, int first) {
    for (int i = 0; i < read.size(); i++) {
      assertThat(read.get(i).offset()).isEqualTo(first + i);
      assertThat(new String(read.get(i).value()).trim()).isEqualTo(String.valueOf(first + i));
      assertThat(read.get(i).timestamp()).isEqualTo(FIRST_TIMESTAMP + first + i);
      assertThat(read.get(i).leaderEpoch()).contains(0);
    }
  }

  @Test
  void offsetsAreAskedForAndSoughtTo() {
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of())) {
      consumer.assign(ONE);
      assertThat(consumer.beginningOffsets(ONE)).containsEntry(FILLED, 0L);
      assertThat(consumer.endOffsets(ONE)).containsEntry(FILLED, (long) RECORDS);
      consumer.seekToEnd(ONE);
      assertThat(consumer.position(FILLED)).isEqualTo(RECORDS);
      consumer.seek(FILLED, 555);
      assertRecords(Reading.until(consumer, FILLED, RECORDS, RECORDS - 555), 555);
      assertThat(consumer.currentLag(FILLED)).hasValue(0);
      consumer.seekToBeginning(ONE);
      assertThat(consumer.position(FILLED)).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, FIRST_TIMESTAMP, FIRST_TIMESTAMP + 1, FIRST_TIMESTAMP + 999})
  void aRecordIsFoundByItsTime(long timestamp) {
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of())) {
      OffsetAndTimestamp found = consumer.offsetsForTimes(Map.of(FILLED, timestamp)).get(FILLED);
      long expected = Math.max(0, timestamp - FIRST_TIMESTAMP);
      assertThat(found.offset()).isEqualTo(expected);
      assertThat(found.timestamp()).isEqualTo(FIRST_TIMESTAMP + expected);
    }
  }

  @Test
  void noRecordIsFoundAfterTheLast() {
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of())) {
      assertThat(consumer.offsetsForTimes(Map.of(FILLED, FIRST_TIMESTAMP + RECORDS)).get(FILLED))
          .isNull();
    }
  }

  @Test
  void anOffsetThatIsNotThereIsAnErrorOrReset() {
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of("auto.offset.reset", "none"))) {
      consumer.assign(ONE);
      consumer.seek(FILLED, RECORDS + 1);
      assertThatThrownBy(() -> pollUntilThrown(consumer))
          .isInstanceOf(OffsetOutOfRangeException.class);
    }
    try (Consumer<byte[], byte[]> consumer =
        BROKER.consumer(Map.of("auto.offset.reset", "earliest"))) {
      consumer.assign(ONE);
      consumer.seek(FILLED, RECORDS + 1);
      Awaitility.await()
          .until(() -> consumer.poll(Duration.ofMillis(100)), records -> !records.isEmpty());
      assertThat(consumer.position(FILLED)).isLessThanOrEqualTo(RECORDS);
    }
  }

  private static void pollUntilThrown(Consumer<?, ?> consumer) {
    Awaitility.await()
        .pollInSameThread()
        .until(() -> consumer.poll(Duration.ofMillis(100)).count() > 0);
  }

  @Test
  void aWaitingFetchIsWokenByTheNextRecord() throws Exception {
    TopicPartition partition = BROKER.topic("tail", 1).getFirst();
    Map<String, Object> patient = Map.of("fetch.max.wait.ms", 20_000, "request.timeout.ms", 40_000);
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(patient);
        Producer<byte[], byte[]> producer = BROKER.producer(Map.of("linger.ms", 0))) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long start = System.nanoTime();
      for (int i = 0; i < 20; i++) {
        consumer.poll(Duration.ZERO);
        producer.send(record(partition, i));
        assertRecords(Reading.until(consumer, partition, i + 1, 1), i);
      }
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(PATIENCE);
      consumer.close(CloseOptions.timeout(Duration.ZERO));
    }
  }

  @Test
  void manyPartitionsAreReadByOneConsumer() throws Exception {
    List<TopicPartition> partitions = BROKER.topic("wide", MANY);
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of());
        Consumer<byte[], byte[]> consumer =
            BROKER.consumer(Map.of("auto.offset.reset", "earliest"))) {
      for (int i = 0; i < 3; i++) {
        for (TopicPartition partition : partitions) {
          producer.send(record(partition, i));
        }
      }
      producer.flush();
      consumer.assign(partitions);
      List<ConsumerRecord<byte[], byte[]>> read = new ArrayList<>();
      Awaitility.await()
          .pollInSameThread()
          .atMost(Duration.ofSeconds(60))
          .until(() -> {
            consumer.poll(Duration.ofMillis(100)).forEach(read::add);
            return read.size() >= 3 * MANY;
          });
      Map<Integer, List<ConsumerRecord<byte[], byte[]>>> byPartition =
          read.stream().collect(Collectors.groupingBy(ConsumerRecord::partition));
      assertThat(byPartition).hasSize(MANY);
      byPartition.values().forEach(records -> assertRecords(records, 0));
      assertThat(consumer.endOffsets(partitions)).containsValue(3L).hasSize(MANY);
    }
  }

  @Test
  void partitionsArePausedAndResumed() {
    try (Consumer<byte[], byte[]> consumer =
        BROKER.consumer(Map.of("auto.offset.reset", "earliest"))) {
      consumer.assign(ONE);
      consumer.pause(ONE);
      assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();
      consumer.resume(ONE);
      assertRecords(Reading.until(consumer, FILLED, RECORDS, RECORDS), 0);
    }
  }

  @Test
  void topicsAndPartitionsAreListed() {
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(Map.of())) {
      Collection<PartitionInfo> partitions = consumer.partitionsFor(FILLED.topic());
      assertThat(partitions).singleElement().extracting(PartitionInfo::partition).isEqualTo(0);
      assertThat(consumer.listTopics()).containsKey(FILLED.topic());
    }
  }
}
