package io.tailrace.conformance;

import io.tailrace.conformance.GroupScenario.Step;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A group of kcat processes (kcat -G), and with them librdkafka. */
class KcatGroupClientsTest {
  /** For example {@code % Group g rebalanced (memberid x): assigned: t [0], t [1]}. */
  private static final Pattern REBALANCED =
      Pattern.compile("% Group .* rebalanced .*: (assigned|revoked): (.*)");

  private static final Pattern PARTITION = Pattern.compile("\\[([0-9]+)\\]");

  @BeforeAll
  static void installed() {
    Command.require(KcatGroupClientsTest.class, "apt-get install kcat", Command.of("kcat", "-V"));
  }

  /**
   * It commits by itself: what it has handed out ten times a second, and all of it when it gives
   * partitions back. At SIGTERM it drops the record that it has just been given, and commits that,
   * too; and it ends when it has lost its last broker.
   */
  @Test
  void classicGroup() throws Exception {
    new GroupScenario(KcatGroupClientsTest::member, KcatGroupClientsTest::translate)
        .without(Step.ORDERLY_LEAVE, Step.DEATH_OF_BROKER)
        .run();
  }

  private static Command member(String bootstrap, String group, String topic) {
    return Command.of("kcat", "-b", bootstrap, "-u", "-f", "record %p %o %k %s\\n")
        .with("-X", "session.timeout.ms=" + GroupScenario.SESSION_MS)
        .with("-X", "heartbeat.interval.ms=" + GroupScenario.HEARTBEAT_MS)
        .with("-X", "partition.assignment.strategy=range")
        .with("-X", "auto.offset.reset=earliest", "-X", "auto.commit.interval.ms=100")
        .with("-X", "reconnect.backoff.max.ms=100", "-X", "fetch.wait.max.ms=50")
        .with("-G", group, topic);
  }

  private static String translate(String line) {
    Matcher rebalanced = REBALANCED.matcher(line);
    if (!rebalanced.matches()) {
      return line;
    }
    if (rebalanced.group(1).equals("revoked")) {
      return "owns ";
    }
    return "owns "
        + PARTITION
            .matcher(rebalanced.group(2))
            .results()
            .map(it -> it.group(1))
            .collect(Collectors.joining(","));
  }
}
