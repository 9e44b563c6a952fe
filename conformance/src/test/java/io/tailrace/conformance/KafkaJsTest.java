package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * kafkajs, a client written in JavaScript alone; see kafkajs.js. What it has written is read by
 * Kafka's own consumer.
 */
class KafkaJsTest {
  private static final int RECORDS = 300;

  /** Where .ci/run puts it; Surefire runs tests in the module's folder. */
  private static final Path NODE_MODULES =
      Path.of("target", "node", "node_modules").toAbsolutePath();

  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  @Test
  void administersAndProduces() throws Exception {
    Command.require(
        KafkaJsTest.class,
        "install Node.js, then npm install --prefix conformance/target/node kafkajs@2.2.4",
        node("-e", "require('kafkajs')"));
    Path script = Path.of(getClass().getResource("/kafkajs.js").toURI());
    assertThat(node(script.toString(), BROKER.bootstrap()).run()).contains("done");
    List<ConsumerRecord<byte[], byte[]>> read =
        Reading.all(BROKER, new TopicPartition("kafkajs", 0), RECORDS);
    for (int i = 0; i < RECORDS; i++) {
      assertThat(new String(read.get(i).key())).isEqualTo("key-" + i);
      assertThat(new String(read.get(i).value())).isEqualTo("value-" + i);
      assertThat(read.get(i).timestamp()).isEqualTo(1_000_000 + i);
      assertThat(read.get(i).headers().lastHeader("who").value()).isEqualTo("kafkajs".getBytes());
    }
  }

  private static Command node(String... words) {
    return Command.of("node").with(words).environment("NODE_PATH", NODE_MODULES.toString());
  }
}
