package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.conformance.ProcessVitals.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A broker at half of the load that it can take from one producer, while topics are made, filled
 * with many small segments, and deleted: what it holds in memory, files and threads stays the same.
 */
class SoakTest {
  private static final String STEADY = "steady";
  private static final int STEADY_PARTITIONS = 6;
  private static final int RECORD_BYTES = 10_000;
  private static final Duration PEAK = Duration.ofSeconds(5);
  private static final Duration PAUSE = Duration.ofMillis(10);

  /** A segment for each batch: their indexes are always full. */
  private static final Map<String, String> ROLLING = Map.of("segment.index.bytes", "4");

  private static final int BATCHES_OF_TOPIC = 14;

  /**
   * What is deleted is so soon, or it would be there all the time of a short run; and the producer,
   * which goes on asking for deleted topics for a while, does not make them anew.
   */
  private static final String[] OPTIONS = {
    "-o", "log.segment.delete.delay.ms=1000",
    "-o", "log.retention.check.interval.ms=1000",
    "-o", "auto.create.topics.enable=false"
  };

  private final Duration duration =
      Duration.ofSeconds(Integer.getInteger("tailrace.soak.seconds", 120));
  private final List<Sample> samples = new ArrayList<>();
  private final LongAdder sentBytes = new LongAdder();
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final ScheduledExecutorService pacer = Executors.newSingleThreadScheduledExecutor();
  private Path folder;
  private int port;
  private int topics;
  private long rolls;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createTempDirectory("tailrace-soak");
    port = BrokerProcess.freePort();
  }

  @AfterEach
  void clean() throws IOException {
    pacer.shutdownNow();
    Folders.delete(folder);
  }

  /** Two minutes, or {@code tailrace.soak.seconds}. */
  @Test
  @Tag("campaign")
  void holdsNoMoreAsTimeGoesBy() throws Exception {
    try (BrokerProcess broker = new BrokerProcess(port, folder, OPTIONS);
        Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
        Producer<byte[], byte[]> producer = producer();
        ProcessVitals vitals = new ProcessVitals(broker.pid())) {
      Map<String, String> bounded =
          Map.of("segment.bytes", "16777216", "retention.bytes", "67108864");
      create(admin, STEADY, STEADY_PARTITIONS, bounded);
      long bytesPerSecond = peak(producer) / 2;
      Future<?> load = startLoad(producer, bytesPerSecond);
      long end = System.nanoTime() + duration.toNanos();
      long nextSample = System.nanoTime();
      while (System.nanoTime() < end) {
        assertThat(failure.get()).isNull();
        assertThat(load.isDone()).as("the load has ended").isFalse();
        churn(admin, producer);
        if (System.nanoTime() > nextSample) {
          Sample sample = vitals.sample();
          System.out.println("R10: " + sample);
          samples.add(sample);
          nextSample += duration.toNanos() / 30;
        }
      }
      pacer.shutdown();
      assertThat(admin.listTopics().names().get()).containsExactly(STEADY);
      report(bytesPerSecond);
    }
  }

  private String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private Producer<byte[], byte[]> producer() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("batch.size", 100_000);
    settings.put("metadata.max.idle.ms", 5_000);
    ByteArraySerializer bytes = new ByteArraySerializer();
    return new KafkaProducer<>(settings, bytes, bytes);
  }

  private static void create(Admin admin, String name, int partitions, Map<String, String> configs)
      throws InterruptedException, ExecutionException {
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(configs);
    admin.createTopics(List.of(topic)).all().get();
  }

  /** In bytes a second. */
  private long peak(Producer<byte[], byte[]> producer) {
    long begun = System.nanoTime();
    while (System.nanoTime() - begun < PEAK.toNanos()) {
      send(producer);
    }
    producer.flush();
    return sentBytes.sumThenReset() * 1_000_000_000L / (System.nanoTime() - begun);
  }

  private void send(Producer<byte[], byte[]> producer) {
    int partition = (int) (sentBytes.sum() / RECORD_BYTES % STEADY_PARTITIONS);
    sentBytes.add(RECORD_BYTES);
    producer.send(
        new ProducerRecord<>(STEADY, partition, null, new byte[RECORD_BYTES]),
        (metadata, error) -> failure.compareAndSet(null, error));
  }

  private Future<?> startLoad(Producer<byte[], byte[]> producer, long bytesPerSecond) {
    long begun = System.nanoTime();
    return pacer.scheduleAtFixedRate(
        () -> {
          double seconds = (System.nanoTime() - begun) / 1e9;
          while (sentBytes.sum() < bytesPerSecond * seconds) {
            send(producer);
          }
        },
        0,
        PAUSE.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  /** The life of one topic. */
  private void churn(Admin admin, Producer<byte[], byte[]> producer) throws Exception {
    String name = "short-lived-" + topics++;
    create(admin, name, 1, ROLLING);
    for (int i = 0; i < BATCHES_OF_TOPIC; i++) {
      producer.send(new ProducerRecord<>(name, 0, null, new byte[100])).get();
    }
    rolls += segments(folder.resolve(name + "-0")) - 1;
    admin.deleteTopics(List.of(name)).all().get();
    Awaitility.await("the end of a topic")
        .pollInterval(Duration.ofMillis(1))
        .until(() -> !Files.exists(folder.resolve(name + "-0")));
  }

  private static long segments(Path log) throws IOException {
    try (Stream<Path> files = Files.list(log)) {
      return files.filter(file -> file.toString().endsWith(".log")).count();
    }
  }

  private void report(long bytesPerSecond) {
    System.out.printf(
        "R10: %d s at %d MB/s, %d topics made and deleted, %d segments rolled in them%n",
        duration.toSeconds(), bytesPerSecond / 1_000_000, topics, rolls);
    assertThat(topics).isGreaterThanOrEqualTo(1_000);
    assertThat(rolls).isGreaterThanOrEqualTo(10_000);
    assertFlat("heap", Sample::heapBytes, 1 << 20);
    assertFlat("direct", Sample::directBytes, 1 << 20);
    assertFlat("anonymous", Sample::anonymousBytes, 4 << 20);
    assertFlat("descriptors", Sample::descriptors, 10);
    assertFlat("threads", Sample::threads, 2);
  }

  /** Means of the middle and of the last third, which are after the warm-up. */
  private void assertFlat(String what, ToLongFunction<Sample> value, long slack) {
    int third = samples.size() / 3;
    double middle = mean(samples.subList(third, 2 * third), value);
    double last = mean(samples.subList(2 * third, samples.size()), value);
    assertThat(last).as(what).isBetween(middle * 0.95 - slack, middle * 1.05 + slack);
  }

  private static double mean(List<Sample> some, ToLongFunction<Sample> value) {
    return some.stream().mapToLong(value).average().orElseThrow();
  }
}
