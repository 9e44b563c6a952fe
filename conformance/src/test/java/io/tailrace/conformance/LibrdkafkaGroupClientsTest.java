package io.tailrace.conformance;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A group of librdkafka's consumers, driven by a little Python; see group-member-librdkafka.py. */
class LibrdkafkaGroupClientsTest {
  /** Debian's own interpreter: another one on the PATH would not have its packages. */
  private static final String PYTHON = "/usr/bin/python3";

  @ParameterizedTest
  @ValueSource(strings = {"range", "cooperative-sticky"})
  void classicGroup(String assignor) throws Exception {
    Command.require(
        LibrdkafkaGroupClientsTest.class,
        "apt-get install python3-confluent-kafka",
        Command.of(PYTHON, "-c", "import confluent_kafka"));
    Path script = Path.of(getClass().getResource("/group-member-librdkafka.py").toURI());
    new GroupScenario((bootstrap, group, topic) ->
        Command.of(PYTHON, script.toString(), bootstrap, group, topic)
            .with(String.valueOf(GroupScenario.SESSION_MS))
            .with(String.valueOf(GroupScenario.HEARTBEAT_MS))
            .with(assignor))
        .run();
  }
}
