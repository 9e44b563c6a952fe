package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.server.Main;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code tailrace group} in a process of its own, asked about groups of Kafka's consumers. */
class GroupCommandClientsTest {
  private static final int RECORDS = 10;
  private static final long HOUR_MS = Duration.ofHours(1).toMillis();
  private static final Pattern LAG_MS = Pattern.compile("\"lagMs\":([0-9]+)");

  @RegisterExtension
  static final EmbeddedBroker BROKER =
      new EmbeddedBroker()
          .with("group.initial.rebalance.delay.ms", "0")
          .with("offsets.topic.num.partitions", "5");

  private static TopicPartition partition;

  /** Record i is i hours younger than RECORDS hours. */
  @BeforeAll
  static void fill() throws Exception {
    partition = BROKER.topic("aged", 1).getFirst();
    long now = System.currentTimeMillis();
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      for (int i = 0; i < RECORDS; i++) {
        long timestamp = now - HOUR_MS * (RECORDS - i);
        producer
            .send(new ProducerRecord<>(partition.topic(), 0, timestamp, null, new byte[1]))
            .get();
      }
    }
  }

  private static Command group(String... words) {
    return Command.java(Main.class)
        .with("group")
        .with(words)
        .with("--bootstrap", BROKER.bootstrap());
  }

  @ParameterizedTest
  @ValueSource(strings = {"classic", "consumer"})
  void showsMembersAndLag(String protocol) throws Exception {
    String group = "with-" + protocol;
    Map<String, Object> settings =
        Map.of(
            "group.id",
            group,
            "group.protocol",
            protocol,
            "client.id",
            "me",
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest");
    try (Consumer<byte[], byte[]> consumer = BROKER.consumer(settings)) {
      consumer.subscribe(List.of(partition.topic()));
      Awaitility.await()
          .pollInSameThread()
          .until(() -> {
            consumer.poll(Duration.ofMillis(50));
            return consumer.assignment().contains(partition)
                && consumer.position(partition) == RECORDS;
          });
      consumer.commitSync(Map.of(partition, new OffsetAndMetadata(7)));
      assertThat(group("list").run())
          .containsPattern(group + " +" + protocol + " +Stable +1 +3 +3 h\n");
      assertThat(group("describe", group).run())
          .containsPattern("aged +0 +7 +10 +3 +3 h +\\S+ +me +/127.0.0.1\n");
      Matcher lag = LAG_MS.matcher(group("describe", "--json", group).run());
      assertThat(lag.find()).isTrue();
      assertThat(Long.parseLong(lag.group(1))).isBetween(3 * HOUR_MS, 3 * HOUR_MS + 600_000);
    }
  }

  @Test
  void anUnknownGroupIsNamed() throws Exception {
    Command.Result result = group("describe", "nobody").result();
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err()).contains("there is no group nobody").hasLineCount(1);
  }
}
