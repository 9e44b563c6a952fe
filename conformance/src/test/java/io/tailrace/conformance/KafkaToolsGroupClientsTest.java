package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.tools.GroupsCommand;
import org.apache.kafka.tools.consumer.group.ConsumerGroupCommand;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** kafka-consumer-groups and kafka-groups, each run in a JVM of its own. */
class KafkaToolsGroupClientsTest {
  private static final int RECORDS = 100;
  private static final long START = 50;
  private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  @RegisterExtension
  static final EmbeddedBroker BROKER =
      new EmbeddedBroker()
          .with("group.initial.rebalance.delay.ms", "0")
          .with("offsets.topic.num.partitions", "5");

  @TempDir private Path folder;

  /** Record i was written i seconds after {@link #FIRST}. */
  @BeforeAll
  static void fill() throws Exception {
    BROKER.topic(PARTITION.topic(), 1, Map.of("retention.ms", "-1"));
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      for (int i = 0; i < RECORDS; i++) {
        long timestamp = FIRST.plusSeconds(i).toEpochMilli();
        producer.send(new ProducerRecord<>(PARTITION.topic(), 0, timestamp, null, new byte[1]));
      }
    }
  }

  private static Command groups(String... options) {
    return Command.tool(ConsumerGroupCommand.class)
        .with("--bootstrap-server", BROKER.bootstrap())
        .with(options);
  }

  /** Makes a group that has no members, or sets the offset of one. */
  private static void commit(String group, long offset) throws Exception {
    BROKER
        .admin()
        .alterConsumerGroupOffsets(group, Map.of(PARTITION, new OffsetAndMetadata(offset)))
        .all()
        .get();
  }

  private static Map<TopicPartition, OffsetAndMetadata> committed(String group) throws Exception {
    return BROKER.admin().listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
  }

  /** A consumer that is the group's only member, and has all of the topic. */
  private static Consumer<byte[], byte[]> member(String group, String protocol) {
    Consumer<byte[], byte[]> consumer =
        BROKER.consumer(
            Map.of(
                "group.id",
                group,
                "group.protocol",
                protocol,
                "client.id",
                "client-of-" + group,
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest"));
    consumer.subscribe(List.of(PARTITION.topic()));
    Awaitility.await()
        .pollInSameThread()
        .until(() -> {
          consumer.poll(Duration.ofMillis(50));
          return consumer.assignment().equals(Set.of(PARTITION));
        });
    return consumer;
  }

  @ParameterizedTest
  @CsvSource({"classic, Classic, range", "consumer, Consumer, uniform"})
  void listsAndDescribesAGroupWithAMember(String protocol, String type, String assignor)
      throws Exception {
    String group = "active-" + protocol;
    commit(group, START);
    try (Consumer<byte[], byte[]> member = member(group, protocol)) {
      assertThat(groups("--list").run().lines()).contains(group);
      assertThat(groups("--list", "--state", "--type").run())
          .containsPattern(group + " +" + type + " +Stable");
      assertThat(groups("--describe", "--group", group).run())
          .containsPattern(group + " +t +0 +.*50 +100 +50 +\\S+ +/127.0.0.1 +client-of-" + group);
      assertThat(groups("--describe", "--group", group, "--state").run())
          .containsPattern(group + " +127.0.0.1:[0-9]+ +\\([0-9]+\\) +" + assignor + " +Stable");
      assertThat(groups("--describe", "--group", group, "--members", "--verbose").run())
          .containsPattern(group + " .*client-of-" + group + " +1 ")
          .containsPattern(" t:0 ");
      assertThat(
              Command.java(GroupsCommand.class)
                  .with("--bootstrap-server", BROKER.bootstrap(), "--list")
                  .run())
          .containsPattern(group + " +" + type + " +consumer");
      assertThat(groups("--delete", "--group", group).result().toString()).contains("not empty");
      assertThat(
              groups("--reset-offsets", "--to-earliest", "--execute", "--all-topics")
                  .with("--group", group)
                  .result()
                  .toString())
          .contains("can only be reset if the group '" + group + "' is inactive");
    }
  }

  /** One for each kind of request that the modes make: ends, times, the group's own offsets. */
  @ParameterizedTest
  @CsvSource({
    "--to-offset 5000, 100",
    "--shift-by -5, 45",
    "--to-datetime 2026-01-01T00:00:09.500, 10",
  })
  void resetsOffsets(String mode, long expected) throws Exception {
    assertReset(mode, expected);
  }

  @ParameterizedTest
  @CsvSource({
    "--to-earliest, 0",
    "--to-latest, 100",
    "--to-current, 50",
    "--to-offset 30, 30",
    "--shift-by 1000, 100",
    "--by-duration P3650D, 0",
    "--by-duration PT0S, 100",
  })
  @Tag("campaign")
  void resetsOffsetsInAllOtherModes(String mode, long expected) throws Exception {
    assertReset(mode, expected);
  }

  private static void assertReset(String mode, long expected) throws Exception {
    String group = "reset";
    commit(group, START);
    String table =
        groups(mode.split(" "))
            .with("--reset-offsets", "--group", group, "--topic", "t", "--execute")
            .run();
    assertThat(table).containsPattern(group + " +t +0 +" + expected + "\\b");
    assertThat(committed(group)).containsEntry(PARTITION, new OffsetAndMetadata(expected));
  }

  @Test
  void resetsOffsetsFromAFileThatItHasExported() throws Exception {
    String group = "exported";
    commit(group, 33);
    String plan =
        groups("--reset-offsets", "--to-current", "--export", "--all-topics", "--dry-run")
            .with("--group", group)
            .run();
    Path file = Files.writeString(folder.resolve("plan.csv"), plan);
    commit(group, START);
    groups("--reset-offsets", "--from-file", file.toString(), "--execute")
        .with("--group", group)
        .run();
    assertThat(committed(group)).containsEntry(PARTITION, new OffsetAndMetadata(33));
  }

  @Test
  void deletesOffsetsAndGroups() throws Exception {
    List<String> names = Arrays.asList("doomed-1", "doomed-2");
    for (String name : names) {
      commit(name, START);
    }
    assertThat(groups("--delete-offsets", "--group", "doomed-1", "--topic", "t").run())
        .contains("Successful");
    assertThat(committed("doomed-1")).isEmpty();
    commit("doomed-1", START);
    assertThat(groups("--delete", "--group", "doomed-1", "--group", "doomed-2").run())
        .contains("'doomed-1'", "'doomed-2'", "successful");
    assertThat(groups("--list").run().lines()).doesNotContainAnyElementsOf(names);
    assertThat(groups("--describe", "--group", "doomed-1").result().toString())
        .contains("doomed-1");
  }
}
