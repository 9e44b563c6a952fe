package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Debian's python3-kafka, a client written in Python alone; see python-kafka.py. */
class PythonKafkaTest {
  /** Debian's own interpreter: another one on the PATH would not have its packages. */
  private static final String PYTHON = "/usr/bin/python3";

  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  @Test
  void administersProducesAndConsumes() throws Exception {
    Command.require(
        PythonKafkaTest.class,
        "apt-get install python3-kafka",
        Command.of(PYTHON, "-c", "import kafka.admin"));
    Path script = Path.of(getClass().getResource("/python-kafka.py").toURI());
    assertThat(Command.of(PYTHON, script.toString(), BROKER.bootstrap()).run()).contains("done");
  }
}
