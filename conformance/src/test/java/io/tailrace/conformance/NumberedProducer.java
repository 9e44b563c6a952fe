package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.conformance.GroupHistory.Numbered;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Sends records with keys, numbered from 0 on, some hundred a second until told to stop; survives
 * the death of the broker. Started and stopped by one thread.
 */
final class NumberedProducer implements AutoCloseable {
  private static final int KEYS = 200;
  private static final int AT_ONCE = 5;
  private static final int PAUSE_MS = 10;

  private final String topic;
  private final Producer<String, String> producer;
  private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor();
  private final Map<Integer, SortedMap<Long, Numbered>> acknowledged = new ConcurrentHashMap<>();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private long next;

  NumberedProducer(String bootstrap, String topic) {
    this.topic = topic;
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("linger.ms", 5);
    settings.put("reconnect.backoff.max.ms", 100);
    producer = new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
    executor.scheduleWithFixedDelay(this::send, 0, PAUSE_MS, TimeUnit.MILLISECONDS);
  }

  private void send() {
    for (int i = 0; i < AT_ONCE; i++) {
      long number = next++;
      Numbered record = new Numbered("k" + number % KEYS, "n" + number);
      producer.send(
          new ProducerRecord<>(topic, record.key(), record.number()),
          (metadata, error) -> answered(record, metadata, error));
    }
  }

  private void answered(Numbered record, RecordMetadata metadata, Exception error) {
    if (error != null) {
      failure.compareAndSet(null, error);
      return;
    }
    acknowledged
        .computeIfAbsent(
            metadata.partition(), it -> Collections.synchronizedSortedMap(new TreeMap<>()))
        .put(metadata.offset(), record);
  }

  long count() {
    return acknowledged.values().stream().mapToLong(Map::size).sum();
  }

  /** Sends no more; all that was sent is acknowledged. */
  void stop() throws InterruptedException {
    executor.shutdown();
    assertThat(executor.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    producer.flush();
    assertThat(failure.get()).isNull();
  }

  /** By partition and offset; after {@link #stop}. */
  Map<Integer, SortedMap<Long, Numbered>> acknowledged() {
    return acknowledged;
  }

  @Override
  public void close() {
    executor.shutdownNow();
    producer.close();
  }
}
