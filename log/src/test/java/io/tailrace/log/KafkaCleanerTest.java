package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Apache Kafka's cleaner and ours leave the same of random logs. A failure names its seed. */
class KafkaCleanerTest {
  @TempDir Path root;

  @Test
  void leavesTheSame() {
    run(1, 20);
  }

  @Test
  @Tag("campaign")
  void leavesTheSameInALongCampaign() {
    run(
        Long.getLong("tailrace.campaign.seed", 1_000_000),
        Integer.getInteger("tailrace.campaign.sequences", 3000));
  }

  private void run(long firstSeed, int logs) {
    for (long seed = firstSeed; seed < firstSeed + logs; seed++) {
      try {
        new KafkaCleanerComparison(seed, root.resolve(Long.toString(seed))).run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
    assertThat(logs).isPositive();
  }
}
