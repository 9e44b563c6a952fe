package io.tailrace.conformance;

import io.tailrace.conformance.GroupStage.Kind;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/**
 * Groups of Apache Kafka's Java consumers: of this version, and of those that are in wide use. Each
 * kind of rebalance is always tried, with the newest and the oldest client; the campaign has all.
 */
class JavaGroupClientsTest {
  private static final String CURRENT = "4.3.1";

  /** Where the build puts the older ones; Surefire runs tests in the module's folder. */
  private static final Path OLD_CLIENTS = Path.of("target", "old-clients").toAbsolutePath();

  @ParameterizedTest
  @CsvSource({"4.3.1, CooperativeStickyAssignor", "2.8.2, RangeAssignor"})
  void classicGroup(String version, String assignor) throws Exception {
    new GroupScenario(classic(version, assignor)).run();
  }

  @ParameterizedTest
  @CsvSource({
    "4.3.1, RangeAssignor",
    "3.9.1, RangeAssignor",
    "3.9.1, CooperativeStickyAssignor",
    "2.8.2, CooperativeStickyAssignor",
  })
  @Tag("campaign")
  void otherClassicGroups(String version, String assignor) throws Exception {
    new GroupScenario(classic(version, assignor)).run();
  }

  @Test
  void consumerGroup() throws Exception {
    new GroupScenario(consumer("uniform")).run();
  }

  @Test
  @Tag("campaign")
  void consumerGroupByRanges() throws Exception {
    new GroupScenario(consumer("range")).run();
  }

  /** Members of the newest version that speak the classic protocol. */
  static Kind classic(String assignor) {
    return classic(CURRENT, assignor);
  }

  private static Kind classic(String version, String assignor) {
    String[] settings = {
      "partition.assignment.strategy=org.apache.kafka.clients.consumer." + assignor,
      "session.timeout.ms=" + GroupScenario.SESSION_MS,
      "heartbeat.interval.ms=" + GroupScenario.HEARTBEAT_MS,
    };
    return (bootstrap, group, topic) -> member(version, bootstrap, group, topic).with(settings);
  }

  /** Members that speak the consumer protocol. */
  static Kind consumer(String assignor) {
    return (bootstrap, group, topic) ->
        member(CURRENT, bootstrap, group, topic)
            .with("group.protocol=consumer", "group.remote.assignor=" + assignor);
  }

  private static Command member(String version, String bootstrap, String group, String topic) {
    return Command.java(GroupMember.class, classPath(version))
        .with(bootstrap, group, topic, "client.id=java-" + version)
        .with("reconnect.backoff.max.ms=100", "retry.backoff.ms=50");
  }

  /** Records are not compressed: of what a client depends on it needs but a logging façade. */
  private static String classPath(String version) {
    if (version.equals(CURRENT)) {
      return System.getProperty("java.class.path");
    }
    return Stream.of(
            OLD_CLIENTS.resolve("kafka-clients-" + version + ".jar"),
            home(GroupMember.class),
            home(LoggerFactory.class))
        .map(Path::toString)
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static Path home(Class<?> type) {
    try {
      return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
