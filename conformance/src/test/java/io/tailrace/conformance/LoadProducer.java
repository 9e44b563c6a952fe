package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAccumulator;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka's idempotent producer with acks=all, which sends numbered records to random partitions
 * until told to stop, whatever becomes of the broker, and enters what is acknowledged into a
 * ledger. Half of the records go to the first few partitions.
 */
final class LoadProducer implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final int BUSY_PARTITIONS = 8;
  private static final int AT_ONCE = 20;
  private static final int PAUSE_MS = 2;
  private static final int HEAD = Long.BYTES;

  private final int id;
  private final String topic;
  private final int partitions;
  private final OffsetLedger ledger;
  private final Random random;
  private final Producer<byte[], byte[]> producer;
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final LongAccumulator longestNs = new LongAccumulator(Math::max, 0);
  private long next;

  LoadProducer(
      int id, String bootstrap, String topic, int partitions, OffsetLedger ledger, long seed) {
    this.id = id;
    this.topic = topic;
    this.partitions = partitions;
    this.ledger = ledger;
    this.random = new Random(seed + id);
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("enable.idempotence", true);
    settings.put("acks", "all");
    settings.put("buffer.memory", 4_000_000);
    settings.put("max.block.ms", LIMIT.toMillis());
    settings.put("delivery.timeout.ms", (int) LIMIT.toMillis());
    settings.put("reconnect.backoff.max.ms", 100);
    ByteArraySerializer bytes = new ByteArraySerializer();
    producer = new KafkaProducer<>(settings, bytes, bytes);
    executor.scheduleWithFixedDelay(this::send, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  private void send() {
    for (int i = 0; i < AT_ONCE && failure.get() == null; i++) {
      int partition = random.nextInt(random.nextBoolean() ? BUSY_PARTITIONS : partitions);
      long record = OffsetLedger.record(id, next++);
      byte[] value = new byte[HEAD + random.nextInt(200)];
      ByteBuffer.wrap(value).putLong(record);
      long begun = System.nanoTime();
      producer.send(
          new ProducerRecord<>(topic, partition, null, value),
          (metadata, error) -> answered(record, metadata, error, begun));
    }
  }

  /** The record that a value names. */
  static long record(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  private void answered(long record, RecordMetadata metadata, Exception error, long begunNs) {
    if (error != null) {
      failure.compareAndSet(null, error);
      return;
    }
    longestNs.accumulate(System.nanoTime() - begunNs);
    ledger.acknowledged(metadata.partition(), metadata.offset(), record);
  }

  /** The longest that a record has waited for its acknowledgement. */
  Duration longestWait() {
    return Duration.ofNanos(longestNs.get());
  }

  /** The first thing that went wrong, null if all is well. */
  Exception failure() {
    return failure.get();
  }

  /** Sends no more; all that was sent is acknowledged when this returns. */
  void stop() throws InterruptedException {
    executor.shutdown();
    assertThat(executor.awaitTermination(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    producer.flush();
  }

  @Override
  public void close() {
    executor.shutdownNow();
    producer.close(Duration.ZERO);
  }
}
