package io.tailrace.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.Listener;
import io.tailrace.broker.config.LogDefaultConfigs;
import io.tailrace.server.options.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @TempDir private Path folder;

  @Test
  void strongerSourcesWin() throws Exception {
    String file = file("num.partitions=2", "node.id=2", "fetch.max.bytes=2000", "log.dirs=two");
    Map<String, String> environment =
        Map.of(
            "TAILRACE_NODE_ID", "3",
            "TAILRACE_FETCH_MAX_BYTES", "3000",
            "TAILRACE_LOG_DIRS", "three",
            "PATH", "/bin");
    BrokerConfig config =
        gather(
                environment,
                "--config",
                file,
                "-o",
                "fetch.max.bytes=4000",
                "-o",
                "log.dirs=four",
                "--data",
                "five")
            .read();
    assertThat(config.get(BrokerConfigs.NUM_PARTITIONS)).isEqualTo(2);
    assertThat(config.get(BrokerConfigs.NODE_ID)).isEqualTo(3);
    assertThat(config.get(BrokerConfigs.FETCH_MAX_BYTES)).isEqualTo(4000);
    assertThat(config.dataDirectories()).containsExactly("five");
  }

  @Test
  void aStrongerSourceWinsUnderAnyOfTheNames() throws Exception {
    BrokerConfig config =
        gather(
                Map.of(),
                "--config",
                file("log.retention.ms=5", "log.dirs=a", "node.id=7"),
                "-o",
                "log.retention.hours=1",
                "-o",
                "log.dir=b",
                "-o",
                "broker.id=8")
            .read();
    assertThat(config.get(LogDefaultConfigs.LOG_RETENTION_MS)).isEqualTo(3_600_000);
    assertThat(config.dataDirectories()).containsExactly("b");
    assertThat(config.get(BrokerConfigs.NODE_ID)).isEqualTo(8);
  }

  @Test
  void theLastOfTwoEqualOptionsWins() throws Exception {
    assertThat(gather(Map.of(), "-o", "node.id=1", "-o", " node.id=2").read())
        .extracting(config -> config.get(BrokerConfigs.NODE_ID))
        .isEqualTo(2);
  }

  @Test
  void addressesNeedNoListenerName() throws Exception {
    BrokerConfig config =
        gather(Map.of(), "--listen", ":9093", "--advertise", "broker.example:19093").read();
    assertThat(config.listeners()).containsExactly(new Listener("PLAINTEXT", "", 9093));
    assertThat(config.advertisedListeners())
        .containsExactly(new Listener("PLAINTEXT", "broker.example", 19093));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-o num.partitions=x|-o num.partitions=x: Invalid value x for configuration num.partitions:"
            + " Not a number of type INT (allowed: at least 1; default: 1)",
        "-o num.partitions=0|-o num.partitions=0: Invalid value 0 for configuration"
            + " num.partitions: Value must be at least 1 (allowed: at least 1; default: 1)",
        "-o num.partition=1|-o num.partition=1: there is no setting num.partition;"
            + " did you mean num.partitions?",
        "-o nothing.like.it=1|-o nothing.like.it=1: there is no setting nothing.like.it;"
            + " docs/configuration.md lists them",
        "-o process.roles=broker|-o process.roles=broker:"
            + " Tailrace has no use for Kafka's process.roles",
        "-o retention.ms=1|-o retention.ms=1: retention.ms is a setting of topics;"
            + " for all of them it is called log.retention.ms",
        "-o num.partitions|-o num.partitions: write it as -o name=value",
        "-o =1|-o =1: write it as -o name=value",
        "--listen 9092|--listen 9092: write it as HOST:PORT, such as 127.0.0.1:9092",
        "--advertise host|--advertise host: write it as HOST:PORT, such as 127.0.0.1:9092",
        "--data a,a|--data a,a: Invalid value a,a for configuration log.dirs:"
            + " Must name at least one folder, and none twice",
        "-o log.retention.hours=0|-o log.retention.hours=0: Invalid value 0 for configuration"
            + " log.retention.hours: Value must be at least 1 or equal to -1",
      })
  void faultsNameTheirOrigin(String words, String message) {
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> gather(Map.of(), words.split(" ", 2)).read())
        .withMessage(message);
  }

  @Test
  void faultsInTheFileNameItsLine() throws Exception {
    String file = file("# first", "num.partitions = many", "node.id=-1");
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> gather(Map.of(), "--config", file).read())
        .withMessageContaining(file + ":2: Invalid value many for configuration num.partitions")
        .withMessageContaining(file + ":3: Invalid value -1 for configuration node.id");
  }

  @Test
  void faultsInTheEnvironmentNameTheVariable() {
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> gather(Map.of("TAILRACE_NODE_ID", "one")).read())
        .withMessageContaining("environment variable TAILRACE_NODE_ID: Invalid value one");
    assertThatExceptionOfType(StartException.class)
        .isThrownBy(() -> gather(Map.of("TAILRACE_NODEID", "1")).read())
        .withMessageContaining("TAILRACE_NODEID: there is no setting nodeid");
  }

  @Test
  void whatKubernetesSetsForAServiceCalledTailraceIsNoSetting() throws Exception {
    Map<String, String> environment =
        Map.of(
            "TAILRACE_SERVICE_HOST", "10.0.0.1",
            "TAILRACE_SERVICE_PORT", "9092",
            "TAILRACE_SERVICE_PORT_KAFKA", "9092",
            "TAILRACE_PORT", "tcp://10.0.0.1:9092",
            "TAILRACE_PORT_9092_TCP", "tcp://10.0.0.1:9092",
            "TAILRACE_HEADLESS_SERVICE_HOST", "10.0.0.1",
            "TAILRACE_PORT_9092_TCP_ADDR", "10.0.0.1",
            "TAILRACE_JAVA_OPTS", "-Xmx1g");
    assertThat(gather(environment).read().originals()).isEmpty();
  }

  @Test
  void aFileForKafkaBringsOneQuietLine() throws Exception {
    String file =
        file(
            "process.roles=broker,controller",
            "controller.quorum.voters=1@localhost:9093",
            "num.io.threads=8",
            "listener.name.plaintext.ssl.keystore.type=PEM");
    Settings settings = gather(Map.of(), "--config", file);
    settings.read();
    assertThat(settings.warnings()).isEmpty();
    assertThat(settings.notes())
        .singleElement()
        .asString()
        .endsWith(
            "process.roles, controller.quorum.voters, num.io.threads,"
                + " listener.name.plaintext.ssl.keystore.type");
  }

  @Test
  void aNameNobodyKnowsBringsAWarning() throws Exception {
    String file = file("num.partition=3", "retention.ms=5", "my.own=1", "node.id=1", "node.id=2");
    Settings settings = gather(Map.of(), "--config", file);
    assertThat(settings.read().get(BrokerConfigs.NODE_ID)).isEqualTo(2);
    assertThat(settings.warnings())
        .containsExactly(
            file
                + ":1: num.partition is ignored: there is no setting num.partition;"
                + " did you mean num.partitions?",
            file
                + ":2: retention.ms is ignored: retention.ms is a setting of topics;"
                + " for all of them it is called log.retention.ms",
            file
                + ":3: my.own is ignored: there is no setting my.own;"
                + " docs/configuration.md lists them",
            file + ":5: node.id takes the place of " + file + ":4");
  }

  @Test
  void whatIsNotActedOnYetBringsAWarningOnlyIfItDiffersFromTheDefault() throws Exception {
    Settings settings =
        gather(Map.of(), "-o", "log.preallocate=true", "-o", "compression.type=producer");
    settings.read();
    assertThat(settings.warnings())
        .containsExactly("without effect in this release: log.preallocate");
  }

  private static Settings gather(Map<String, String> environment, String... words)
      throws UsageException {
    return Settings.gather(StartOptions.parse(List.of(words)), environment);
  }

  private String file(String... lines) throws Exception {
    return Files.write(folder.resolve("server.properties"), List.of(lines)).toString();
  }
}
