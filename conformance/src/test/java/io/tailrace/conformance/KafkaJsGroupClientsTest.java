package io.tailrace.conformance;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A group of kafkajs, a client written in JavaScript alone; see group-member.js. */
class KafkaJsGroupClientsTest {
  /** Where .ci/run puts it; Surefire runs tests in the module's folder. */
  private static final Path NODE_MODULES =
      Path.of("target", "node", "node_modules").toAbsolutePath();

  @Test
  void classicGroup() throws Exception {
    Command.require(
        KafkaJsGroupClientsTest.class,
        "install Node.js, then npm install --prefix conformance/target/node kafkajs@2.2.4",
        node("-e", "require('kafkajs')"));
    Path script = Path.of(getClass().getResource("/group-member.js").toURI());
    new GroupScenario((bootstrap, group, topic) ->
        node(script.toString(), bootstrap, group, topic)
            .with(String.valueOf(GroupScenario.SESSION_MS))
            .with(String.valueOf(GroupScenario.HEARTBEAT_MS)))
        .run();
  }

  private static Command node(String... words) {
    return Command.of("node").with(words).environment("NODE_PATH", NODE_MODULES.toString());
  }
}
