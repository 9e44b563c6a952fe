package io.tailrace.conformance;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer of the end-to-end test that sends its records once and leaves all retries
 * to Kafka's client. It keeps a running hash of what was acknowledged for each partition, in the
 * order of the acknowledgements, which is the order of the offsets.
 */
final class TruthProducer implements Runnable {
  private final int id;
  private final long count;
  private final TruthRecords records;
  private final String topic;
  private final Map<String, Object> settings;
  private final Runnable acknowledged;
  private final AckHash[] acks;
  private final AtomicReference<Exception> failure = new AtomicReference<>();

  /**
   * @param settings of Kafka's producer
   * @param acknowledged called for each record that the broker has acknowledged
   */
  TruthProducer(
      int id,
      long count,
      TruthRecords records,
      String topic,
      int partitions,
      Map<String, Object> settings,
      Runnable acknowledged) {
    this.id = id;
    this.count = count;
    this.records = records;
    this.topic = topic;
    this.settings = settings;
    this.acknowledged = acknowledged;
    this.acks = AckHash.array(partitions);
  }

  @Override
  public void run() {
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      for (long n = 0; n < count && failure.get() == null; n++) {
        int partition = records.partition(id, n, acks.length);
        long number = n;
        producer.send(
            new ProducerRecord<>(topic, partition, null, records.value(id, n)),
            (metadata, error) -> answered(partition, number, metadata, error));
      }
    } catch (RuntimeException e) {
      failure.compareAndSet(null, e);
    }
  }

  /** Runs on the producer's only I/O thread. */
  private void answered(int partition, long number, RecordMetadata metadata, Exception error) {
    if (error != null) {
      failure.compareAndSet(null, error);
      return;
    }
    acks[partition].add(number, metadata.offset());
    acknowledged.run();
  }

  /** What was acknowledged; to be read after {@link #run} has returned. */
  AckHash acks(int partition) {
    return acks[partition];
  }

  /** The first thing that went wrong, null if all is well. */
  Exception failure() {
    return failure.get();
  }
}
