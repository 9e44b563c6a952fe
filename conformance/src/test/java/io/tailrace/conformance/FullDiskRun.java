package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.awaitility.Awaitility;

/**
 * Fills a broker's disk until its producers are refused, reads all that was acknowledged, deletes
 * an old topic, and sees the producers go on, though nobody has told them anything.
 */
final class FullDiskRun implements AutoCloseable {
  private static final int PRODUCERS = 3;
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration STALL = Duration.ofMillis(300);

  private final String bootstrap;
  private final long ballast;
  private final long each;
  private final Admin admin;
  private int rounds;

  /**
   * @param megabytes room on the disk: each part by itself fits well, both don't
   */
  FullDiskRun(int port, int megabytes) {
    bootstrap = "127.0.0.1:" + port;
    long records = (megabytes << 20) / PartitionFiller.RECORD_BYTES;
    ballast = records * 6 / 10;
    each = records * 7 / 10 / PRODUCERS;
    admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
  }

  @Override
  public void close() {
    admin.close();
  }

  /**
   * @return milliseconds from the deletion to the next acknowledgement
   */
  long round(BooleanSupplier brokerLives) throws Exception {
    String old = "old-" + rounds;
    String topic = "new-" + rounds++;
    create(old, 1);
    create(topic, PRODUCERS);
    PartitionFiller before = new PartitionFiller(settings(), new TopicPartition(old, 0), ballast);
    before.run();
    assertThat(before.failure()).isNull();
    List<PartitionFiller> fillers = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < PRODUCERS; i++) {
      fillers.add(new PartitionFiller(settings(), new TopicPartition(topic, i), each));
      threads.add(Thread.ofPlatform().daemon().name("filler-" + i).start(fillers.get(i)));
    }
    awaitStall(fillers);
    assertThat(brokerLives.getAsBoolean()).as("the broker lives").isTrue();
    assertThat(acknowledged(fillers)).as("they are refused").isLessThan(each * PRODUCERS);
    fillers.forEach(this::assertReadable);
    assertReadable(before);
    long startNs = System.nanoTime();
    long refused = acknowledged(fillers);
    delete(old);
    Awaitility.await("producers go on")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> acknowledged(fillers) > refused);
    long resumedMs = (System.nanoTime() - startNs) / 1_000_000;
    for (Thread thread : threads) {
      thread.join(LIMIT);
    }
    for (PartitionFiller filler : fillers) {
      assertThat(filler.failure()).isNull();
      assertThat(filler.acknowledged()).isEqualTo(each);
      assertReadable(filler);
    }
    delete(topic);
    return resumedMs;
  }

  private Map<String, Object> settings() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("buffer.memory", 4_000_000L);
    settings.put("max.block.ms", LIMIT.toMillis());
    settings.put("delivery.timeout.ms", (int) LIMIT.toMillis());
    settings.put("request.timeout.ms", 10_000);
    settings.put("retry.backoff.max.ms", 100);
    return settings;
  }

  private static long acknowledged(List<PartitionFiller> fillers) {
    return fillers.stream().mapToLong(PartitionFiller::acknowledged).sum();
  }

  /** Nothing is acknowledged for a while. */
  private static void awaitStall(List<PartitionFiller> fillers) {
    long[] last = {-1, System.nanoTime()};
    Awaitility.await("the disk is full")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          long now = acknowledged(fillers);
          if (now != last[0]) {
            last[0] = now;
            last[1] = System.nanoTime();
          }
          return System.nanoTime() - last[1] > STALL.toNanos();
        });
  }

  private void create(String topic, int partitions) throws Exception {
    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
  }

  private void delete(String topic) throws InterruptedException, ExecutionException {
    admin.deleteTopics(List.of(topic)).all().get();
  }

  /** The partition holds the records from the first on, each once, at least those acknowledged. */
  private void assertReadable(PartitionFiller filler) {
    long acknowledged = filler.acknowledged();
    TopicPartition partition = filler.partition();
    ByteArrayDeserializer bytes = new ByteArrayDeserializer();
    Map<String, Object> settings = Map.of("bootstrap.servers", bootstrap);
    try (Consumer<byte[], byte[]> consumer = new KafkaConsumer<>(settings, bytes, bytes)) {
      consumer.assign(List.of(partition));
      consumer.seekToBeginning(List.of(partition));
      long end = consumer.endOffsets(List.of(partition)).get(partition);
      assertThat(end).isGreaterThanOrEqualTo(acknowledged);
      long next = 0;
      while (next < end) {
        List<ConsumerRecord<byte[], byte[]>> records =
            consumer.poll(Duration.ofSeconds(10)).records(partition);
        assertThat(records).as("records from %d of %d on", next, end).isNotEmpty();
        for (ConsumerRecord<byte[], byte[]> record : records) {
          assertThat(record.offset()).isEqualTo(next);
          assertThat(PartitionFiller.number(record.value())).isEqualTo(next++);
        }
      }
    }
  }
}
