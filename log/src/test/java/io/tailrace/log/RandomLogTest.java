package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random operations on a log, compared with a model after each. A failure names its seed. */
class RandomLogTest {
  @Test
  void agreesWithTheModel() {
    run(1, 400);
  }

  @Test
  @Tag("campaign")
  void agreesWithTheModelInALongCampaign() {
    int sequences = Integer.getInteger("tailrace.campaign.sequences", 20_000);
    run(Long.getLong("tailrace.campaign.seed", 1_000_000), sequences);
  }

  private static void run(long firstSeed, int sequences) {
    for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
      RandomLogRun run = new RandomLogRun(seed);
      try {
        run.run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed %d, after %s".formatted(seed, String.join(", ", run.history())), e);
      }
    }
    assertThat(sequences).isPositive();
  }
}
