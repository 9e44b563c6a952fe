package io.tailrace.conformance;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The only producer of a partition, idempotent: record n, which has the number n in it, must get
 * the offset n, whatever comes in between. Leaves all retries to Kafka's client.
 */
final class PartitionFiller implements Runnable {
  static final int RECORD_BYTES = 10_000;

  private final Map<String, Object> settings;
  private final TopicPartition partition;
  private final long count;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @param settings of Kafka's producer
   */
  PartitionFiller(Map<String, Object> settings, TopicPartition partition, long count) {
    this.settings = settings;
    this.partition = partition;
    this.count = count;
  }

  @Override
  public void run() {
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      for (long n = 0; n < count && failure.get() == null; n++) {
        producer.send(
            new ProducerRecord<>(partition.topic(), partition.partition(), null, value(n)),
            this::answered);
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  private static byte[] value(long n) {
    byte[] value = new byte[RECORD_BYTES];
    ByteBuffer.wrap(value).putLong(n);
    return value;
  }

  static long number(byte[] value) {
    return ByteBuffer.wrap(value).getLong();
  }

  /** Runs on the producer's only I/O thread. */
  private void answered(RecordMetadata metadata, Exception error) {
    if (error != null) {
      failure.compareAndSet(null, error);
    } else if (metadata.offset() != acknowledged.get()) {
      failure.compareAndSet(
          null,
          new IllegalStateException(
              "record %d of %s got the offset %d"
                  .formatted(acknowledged.get(), partition, metadata.offset())));
    } else {
      acknowledged.incrementAndGet();
    }
  }

  TopicPartition partition() {
    return partition;
  }

  /** How many records, from the first on, were acknowledged. */
  long acknowledged() {
    return acknowledged.get();
  }

  /** The first thing that went wrong, null if all is well. */
  Exception failure() {
    return failure.get();
  }
}
