package io.tailrace.conformance;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A group of librdkafka's consumers, driven by a little Python; see group-member-librdkafka.py. */
class LibrdkafkaGroupClientsTest {
  /** Debian's own interpreter: another one on the PATH would not have its packages. */
  private static final String PYTHON = "/usr/bin/python3";

  @Test
  void cooperativeGroup() throws Exception {
    run("cooperative-sticky");
  }

  /** As kcat's group is, which is always tried; but this one outlives the broker. */
  @Test
  @Tag("campaign")
  void eagerGroup() throws Exception {
    run("range");
  }

  private void run(String assignor) throws Exception {
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
