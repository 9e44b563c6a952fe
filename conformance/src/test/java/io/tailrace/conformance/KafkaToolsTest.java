package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import kafka.admin.ConfigCommand;
import org.apache.kafka.tools.BrokerApiVersionsCommand;
import org.apache.kafka.tools.ConsoleProducer;
import org.apache.kafka.tools.DeleteRecordsCommand;
import org.apache.kafka.tools.GetOffsetShell;
import org.apache.kafka.tools.LogDirsCommand;
import org.apache.kafka.tools.ProducerPerformance;
import org.apache.kafka.tools.TopicCommand;
import org.apache.kafka.tools.consumer.ConsoleConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The command line tools that come with Apache Kafka, each in a JVM of its own. */
class KafkaToolsTest {
  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  private static Command tool(Class<?> main, String... options) {
    return Command.java(main).with("--bootstrap-server", BROKER.bootstrap()).with(options);
  }

  @Test
  void kafkaTopics() throws Exception {
    String create = "--create --topic tools --partitions 2 --config retention.ms=1234567";
    assertThat(tool(TopicCommand.class, create.split(" ")).run()).contains("Created topic tools");
    assertThat(tool(TopicCommand.class, create.split(" ")).result().exitCode()).isOne();
    tool(TopicCommand.class, "--alter", "--topic", "tools", "--partitions", "4").run();
    assertThat(tool(TopicCommand.class, "--describe", "--topic", "tools").run())
        .contains("PartitionCount: 4")
        .contains("ReplicationFactor: 1")
        .contains("retention.ms=1234567")
        .contains("Partition: 3\tLeader: 1\tReplicas: 1\tIsr: 1");
    tool(TopicCommand.class, "--delete", "--topic", "tools").run();
    assertThat(tool(TopicCommand.class, "--list").run().lines()).doesNotContain("tools");
  }

  @Test
  void kafkaConfigs() throws Exception {
    BROKER.topic("configs", 1);
    String[] topic = {"--entity-type", "topics", "--entity-name", "configs"};
    tool(ConfigCommand.class, topic)
        .with("--alter", "--add-config", "segment.bytes=2000000,cleanup.policy=[compact,delete]")
        .run();
    tool(ConfigCommand.class, topic).with("--alter", "--delete-config", "segment.bytes").run();
    assertThat(tool(ConfigCommand.class, topic).with("--describe").run())
        .contains("cleanup.policy=compact,delete")
        .doesNotContain("segment.bytes=2000000");
    assertThat(
            tool(ConfigCommand.class, "--entity-type", "brokers", "--entity-name", "1")
                .with("--describe", "--all")
                .run())
        .contains("log.segment.bytes=1073741824")
        .contains("DEFAULT_CONFIG:");
  }

  @Test
  void consoleProducerAndConsumer() throws Exception {
    BROKER.topic("console", 1);
    String lines =
        IntStream.range(0, 1000)
            .mapToObj(i -> "line %d\n".formatted(i))
            .collect(Collectors.joining());
    tool(ConsoleProducer.class, "--topic", "console", "--compression-codec", "zstd")
        .input(lines)
        .run();
    assertThat(
            tool(ConsoleConsumer.class, "--topic", "console", "--partition", "0")
                .with("--offset", "earliest", "--max-messages", "1000")
                .run())
        .isEqualTo(lines);
    assertThat(tool(GetOffsetShell.class, "--topic", "console").run())
        .isEqualTo("console:0:1000\n");
  }

  @Test
  void deleteRecords() throws Exception {
    BROKER.topic("shortened", 1);
    tool(ConsoleProducer.class, "--topic", "shortened").input("a\nb\nc\n").run();
    Path offsets =
        Files.writeString(
            BROKER.folder().resolveSibling(BROKER.folder().getFileName() + "-offsets.json"),
            """
            {"version": 1, "partitions": [{"topic": "shortened", "partition": 0, "offset": 2}]}
            """);
    try {
      assertThat(tool(DeleteRecordsCommand.class, "--offset-json-file", offsets.toString()).run())
          .contains("partition: shortened-0\tlow_watermark: 2");
    } finally {
      Files.delete(offsets);
    }
    assertThat(
            tool(ConsoleConsumer.class, "--topic", "shortened", "--partition", "0")
                .with("--offset", "earliest", "--max-messages", "1")
                .run())
        .isEqualTo("c\n");
  }

  @Test
  void producerPerformance() throws Exception {
    BROKER.topic("performance", 2);
    assertThat(
            tool(ProducerPerformance.class, "--topic", "performance", "--record-size", "100")
                .with("--num-records", "50000", "--throughput", "-1")
                .run())
        .contains("50000 records sent");
    String[] offsets = tool(GetOffsetShell.class, "--topic", "performance").run().split("[:\n]");
    assertThat(Integer.parseInt(offsets[2]) + Integer.parseInt(offsets[5])).isEqualTo(50_000);
  }

  @Test
  void whatTheBrokerCanDoAndHolds() throws Exception {
    BROKER.topic("held", 1);
    assertThat(tool(BrokerApiVersionsCommand.class).run())
        .contains(BROKER.bootstrap() + " (id: 1 rack: null isFenced: false) -> (")
        .contains("Fetch(1): 4 to 18 [usable: 18]");
    assertThat(tool(LogDirsCommand.class, "--describe").run())
        .contains("\"logDir\":\"" + BROKER.folder() + "\"")
        .contains("{\"partition\":\"held-0\"");
  }
}
