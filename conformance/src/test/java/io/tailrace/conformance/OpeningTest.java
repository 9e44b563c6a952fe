package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long a start takes after SIGKILL with many partitions, none of whose bytes has been synced by
 * the broker: until the first partition is served, and until the last is.
 */
class OpeningTest {
  private static final String TOPIC = "tail";
  private static final int RECORD_BYTES = 100_000;
  private static final long LATEST = -1;
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

  /** As the launcher has them, but for its AOT cache. */
  private static final List<String> JVM =
      List.of(
          "-XX:+UseSerialGC",
          "-Xms32m",
          "-XX:MaxRAM=8g",
          "-XX:MaxRAMPercentage=40",
          "-XX:+UseCompactObjectHeaders",
          "-XX:-UsePerfData",
          "--enable-native-access=ALL-UNNAMED");

  private final int partitions = Integer.getInteger("tailrace.opening.partitions", 10_000);
  private final int gigabytes = Integer.getInteger("tailrace.opening.gigabytes", 10);
  private Path folder;
  private int port;

  @BeforeEach
  void prepare() throws IOException {
    folder = Files.createTempDirectory("tailrace-opening");
    port = BrokerProcess.freePort();
  }

  @AfterEach
  void clean() throws IOException {
    Folders.delete(folder);
  }

  /** Two minutes or so, and 10 GB of disk. */
  @Test
  @Tag("campaign")
  void afterAKillWithAnUnsyncedTail() throws Exception {
    BrokerProcess broker = start();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap()))) {
      admin.createTopics(List.of(new NewTopic(TOPIC, partitions, (short) 1))).all().get();
      fill();
    } finally {
      broker.kill();
    }
    long begun = System.nanoTime();
    broker = start();
    try {
      long listening = System.nanoTime() - begun;
      long[] served = awaitPartitions(begun);
      System.out.printf(
          "opening after kill -9, %d partitions, %d GB unsynced: listens after %d ms, serves the"
              + " first partition after %d ms, half of them after %d ms, the last after %d ms%n",
          partitions,
          gigabytes,
          listening / 1_000_000,
          served[0] / 1_000_000,
          served[partitions / 2] / 1_000_000,
          served[partitions - 1] / 1_000_000);
      assertThat(Duration.ofNanos(served[0])).isLessThan(Duration.ofSeconds(5));
      assertThat(Duration.ofNanos(served[partitions - 1])).isLessThan(Duration.ofSeconds(15));
    } finally {
      broker.kill();
    }
  }

  private BrokerProcess start() throws IOException {
    return new BrokerProcess(
        BrokerProcess.command(JVM, port, folder), output -> output.contains("127.0.0.1:" + port));
  }

  private String bootstrap() {
    return "127.0.0.1:" + port;
  }

  private void fill() {
    byte[] value = new byte[RECORD_BYTES];
    new Random(1).nextBytes(value);
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrap());
    settings.put("batch.size", RECORD_BYTES);
    settings.put("max.request.size", 2_000_000);
    settings.put("max.block.ms", 600_000);
    ByteArraySerializer bytes = new ByteArraySerializer();
    AtomicReference<Exception> failure = new AtomicReference<>();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      long count = gigabytes * 1_000_000_000L / RECORD_BYTES;
      for (long i = 0; i < count; i++) {
        producer.send(
            new ProducerRecord<>(TOPIC, (int) (i % partitions), null, value),
            (metadata, error) -> failure.compareAndSet(null, error));
      }
    }
    assertThat(failure.get()).isNull();
  }

  /** When each partition has first told its end, in ns since {@code begun}, sorted. */
  private long[] awaitPartitions(long begun) throws IOException {
    long[] served = new long[partitions];
    List<Integer> missing = IntStream.range(0, partitions).boxed().toList();
    try (WireClient client = new WireClient(bootstrap())) {
      while (!missing.isEmpty()) {
        ListOffsetsResponse response = client.call(endsOf(missing), 7);
        long now = System.nanoTime() - begun;
        List<Integer> still = new ArrayList<>();
        for (var partition : response.topics().getFirst().partitions()) {
          if (partition.errorCode() == 0) {
            served[partition.partitionIndex()] = now;
          } else {
            still.add(partition.partitionIndex());
          }
        }
        missing = still;
        LockSupport.parkNanos(BETWEEN_LOOKS.toNanos());
      }
    }
    return Arrays.stream(served).sorted().toArray();
  }

  private static ListOffsetsRequest endsOf(List<Integer> partitions) {
    List<ListOffsetsPartition> asked =
        partitions.stream()
            .map(i ->
                new ListOffsetsPartition()
                    .partitionIndex(i)
                    .currentLeaderEpoch(-1)
                    .timestamp(LATEST))
            .toList();
    return new ListOffsetsRequest()
        .replicaId(-1)
        .topics(List.of(new ListOffsetsTopic().name(TOPIC).partitions(asked)));
  }
}
