package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The broker is killed (SIGKILL) under load, over and over: three idempotent producers, two
 * consumers, and one who makes and deletes topics. After each death: what was acknowledged is there
 * once, an offset that was read or acknowledged holds what it held, topics are as was answered. How
 * long it takes until all partitions can be read and written again is measured.
 *
 * <p>With {@code -Dtailrace.kill.broker=kafka} the campaign runs against Apache Kafka instead.
 */
class KillTest {
  private static final String TOPIC = "killed";
  private static final String BALLAST = "ballast";
  private static final int PRODUCERS = 3;
  private static final int CONSUMERS = 2;
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final long seed = Long.getLong("tailrace.kill.seed", new Random().nextLong());
  private final Random random = new Random(seed);
  private final Map<TopicPartition, OffsetSpec> all = new HashMap<>();
  private final List<LoadProducer> producers = new ArrayList<>();
  private final List<BackgroundReader> consumers = new ArrayList<>();
  private final List<Duration> starts = new ArrayList<>();
  private final List<Duration> staleMetadata = new ArrayList<>();
  private Path folder;
  private int port;
  private boolean isKafka;
  private BrokerProcess broker;
  private OffsetLedger ledger;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createTempDirectory("tailrace-kill");
    port = BrokerProcess.freePort();
  }

  @AfterEach
  void clean() throws IOException {
    Folders.delete(folder);
  }

  @Test
  void nothingAcknowledgedIsLostOrMoves() throws Exception {
    run(20, 1_000, 0);
    assertThat(starts).allMatch(start -> start.compareTo(Duration.ofSeconds(20)) < 0);
  }

  /** Half an hour or so; {@code tailrace.kill.cycles}, {@code tailrace.kill.gigabytes}. */
  @Test
  @Tag("campaign")
  void nothingAcknowledgedIsLostOrMovesInALongCampaign() throws Exception {
    isKafka = System.getProperty("tailrace.kill.broker", "tailrace").equals("kafka");
    run(
        Integer.getInteger("tailrace.kill.cycles", 500),
        1_000,
        Integer.getInteger("tailrace.kill.gigabytes", 10));
    if (!isKafka) {
      assertThat(median(starts)).isLessThan(Duration.ofSeconds(2));
    }
  }

  private void run(int cycles, int partitions, int gigabytes) throws Exception {
    ledger = new OffsetLedger(partitions);
    broker = start();
    try (Admin admin = Admin.create(adminSettings());
        LedgerReader verifier = reader(partitions)) {
      create(admin, TOPIC, partitions, Map.of());
      fill(admin, gigabytes);
      TopicChurn churn = startLoad(admin, partitions);
      Thread churning = Thread.ofPlatform().daemon().name("churn").start(churn);
      for (int cycle = 1; cycle <= cycles; cycle++) {
        cycle(admin);
        verify(verifier, ledger.acknowledgedEnds());
        checkTopics(churn, admin);
        assertHealthy(churn);
      }
      stopLoad(churn, churning);
      verify(verifier, ledger.acknowledgedEnds());
      report(cycles, churn, verifier);
    } finally {
      producers.forEach(LoadProducer::close);
      consumers.forEach(BackgroundReader::close);
      broker.kill();
    }
  }

  private BrokerProcess start() throws IOException, InterruptedException {
    return isKafka ? KafkaControl.start(port, folder) : new BrokerProcess(port, folder);
  }

  private String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private Map<String, Object> adminSettings() {
    return Map.of(
        "bootstrap.servers",
        bootstrap(),
        "reconnect.backoff.ms",
        5,
        "reconnect.backoff.max.ms",
        20,
        "retry.backoff.ms",
        5,
        "retry.backoff.max.ms",
        20,
        "default.api.timeout.ms",
        (int) LIMIT.toMillis());
  }

  private LedgerReader reader(int partitions) {
    return new LedgerReader(bootstrap(), TOPIC, partitions, PRODUCERS, ledger);
  }

  private void create(Admin admin, String name, int partitions, Map<String, String> configs)
      throws Exception {
    NewTopic topic = new NewTopic(name, partitions, (short) 1).configs(configs);
    admin.createTopics(List.of(topic)).all().get();
    IntStream.range(0, partitions)
        .forEach(i -> all.put(new TopicPartition(name, i), OffsetSpec.latest()));
  }

  /** What nobody reads, but a start has to cope with. */
  private void fill(Admin admin, int gigabytes) throws Exception {
    if (gigabytes == 0) {
      return;
    }
    create(admin, BALLAST, gigabytes, Map.of("segment.bytes", "16777216"));
    byte[] value = new byte[100_000];
    random.nextBytes(value);
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrap(), "batch.size", 1_000_000, "linger.ms", 5);
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      for (int i = 0; i < gigabytes * 10_000; i++) {
        producer.send(new ProducerRecord<>(BALLAST, i % gigabytes, null, value));
      }
    }
  }

  private TopicChurn startLoad(Admin admin, int partitions) {
    for (int id = 0; id < PRODUCERS; id++) {
      producers.add(new LoadProducer(id, bootstrap(), TOPIC, partitions, ledger, seed));
    }
    for (int i = 0; i < CONSUMERS; i++) {
      consumers.add(new BackgroundReader(reader(partitions)));
    }
    return new TopicChurn(admin, seed);
  }

  /** Kills the broker after some more records, and waits until it serves all partitions again. */
  private void cycle(Admin admin) throws Exception {
    long enough = ledger.acknowledgedCount() + random.nextInt(1_000, 8_000);
    Awaitility.await("records before a death")
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> ledger.acknowledgedCount() >= enough || hasFailed());
    broker.kill();
    long begun = System.nanoTime();
    broker = start();
    admin.listOffsets(all).all().get();
    starts.add(Duration.ofNanos(System.nanoTime() - begun));
  }

  private boolean hasFailed() {
    return gaveUp().size() >= (isKafka ? PRODUCERS : 1);
  }

  private void verify(LedgerReader verifier, long[] acknowledged) {
    long[] ends = verifier.ends();
    for (int i = 0; i < ends.length; i++) {
      assertThat(ends[i])
          .as("seed %d: end of partition %d", seed, i)
          .isGreaterThanOrEqualTo(acknowledged[i]);
    }
    verifier.readTo(acknowledged);
  }

  /** Kafka answers from metadata that, after a start, is behind for a while: how long, is told. */
  private void checkTopics(TopicChurn churn, Admin admin) throws Exception {
    if (!isKafka) {
      churn.check(admin);
      return;
    }
    long begun = System.nanoTime();
    Awaitility.await("topics as confirmed")
        .atMost(LIMIT)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(() -> churn.check(admin));
    staleMetadata.add(Duration.ofNanos(System.nanoTime() - begun));
  }

  private void assertHealthy(TopicChurn churn) {
    assertThat(isKafka ? List.of() : gaveUp()).as("seed %d", seed).isEmpty();
    for (BackgroundReader consumer : consumers) {
      assertThat(consumer.failure()).as("seed %d", seed).isNull();
    }
    assertThat(churn.failure()).as("seed %d", seed).isNull();
  }

  /** Why, of the producers that did. Of Kafka it is not demanded that none does, but told. */
  private List<Exception> gaveUp() {
    return producers.stream().map(LoadProducer::failure).filter(Objects::nonNull).toList();
  }

  private void stopLoad(TopicChurn churn, Thread churning) throws InterruptedException {
    churn.stop();
    churning.join(LIMIT);
    for (LoadProducer producer : producers) {
      producer.stop();
    }
    consumers.forEach(BackgroundReader::close);
    assertHealthy(churn);
  }

  private void report(int cycles, TopicChurn churn, LedgerReader verifier) {
    Duration longest = longest(producers.stream().map(LoadProducer::longestWait).toList());
    System.out.printf(
        "R1 %s: %d deaths, %d records acknowledged, %d topics deleted; gaps %d, duplicates %d,"
            + " offsets rebound %d; all %d partitions served after %d ms (median; %d ms of the last"
            + " tenth), %d ms (longest); longest wait for an acknowledgement %d ms; topics not as"
            + " confirmed for %d ms (longest); producers that gave up: %s; seed %d%n",
        isKafka ? "kafka" : "tailrace",
        cycles,
        ledger.acknowledgedCount(),
        churn.deletedCount(),
        verifier.gaps().size(),
        verifier.duplicates().size(),
        ledger.rebound().size(),
        all.size(),
        median(starts).toMillis(),
        median(starts.subList(starts.size() * 9 / 10, starts.size())).toMillis(),
        longest(starts).toMillis(),
        longest.toMillis(),
        longest(staleMetadata).toMillis(),
        gaveUp(),
        seed);
    assertThat(verifier.gaps()).as("seed %d", seed).isEmpty();
    assertThat(verifier.duplicates()).as("seed %d", seed).isEmpty();
    assertThat(ledger.rebound()).as("seed %d", seed).isEmpty();
  }

  private static Duration longest(List<Duration> durations) {
    return durations.stream().max(Duration::compareTo).orElse(Duration.ZERO);
  }

  private static Duration median(List<Duration> durations) {
    return durations.stream().sorted().toList().get(durations.size() / 2);
  }
}
