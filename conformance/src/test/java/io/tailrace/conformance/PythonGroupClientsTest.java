package io.tailrace.conformance;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A group of Debian's python3-kafka, a client written in Python alone; see group-member.py. */
class PythonGroupClientsTest {
  /** Debian's own interpreter: another one on the PATH would not have its packages. */
  private static final String PYTHON = "/usr/bin/python3";

  @Test
  void classicGroup() throws Exception {
    Command.require(
        PythonGroupClientsTest.class,
        "apt-get install python3-kafka",
        Command.of(PYTHON, "-c", "import kafka.admin"));
    Path script = Path.of(getClass().getResource("/group-member.py").toURI());
    new GroupScenario((bootstrap, group, topic) ->
        Command.of(PYTHON, script.toString(), bootstrap, group, topic)
            .with(String.valueOf(GroupScenario.SESSION_MS))
            .with(String.valueOf(GroupScenario.HEARTBEAT_MS)))
        .run();
  }
}
