package io.tailrace.log;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Retention under random operations, compared with a model. A failure names its seed. */
class RandomRetentionTest {
  @Test
  void agreesWithTheModel() {
    run(1, 200);
  }

  @Test
  @Tag("campaign")
  void agreesWithTheModelInALongCampaign() {
    int sequences = Integer.getInteger("tailrace.campaign.sequences", 20_000);
    run(Long.getLong("tailrace.campaign.seed", 1_000_000), sequences);
  }

  private static void run(long firstSeed, int sequences) {
    for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
      RandomRetentionRun run = new RandomRetentionRun(seed);
      try {
        run.run();
      } catch (AssertionError | Exception e) {
        throw new AssertionError(
            "seed %d, after:%n%s".formatted(seed, String.join("\n", run.history())), e);
      }
    }
  }
}
