package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random appends, cleanings, crashes and clocks, compared with a model. A failure names its seed.
 */
class RandomCleaningTest {
  @Test
  void nothingIsLostAndNothingStaysThatShouldGo() {
    run(1, 60);
  }

  @Test
  @Tag("campaign")
  void nothingIsLostInALongCampaign() {
    int sequences = Integer.getInteger("tailrace.campaign.sequences", 20_000);
    run(Long.getLong("tailrace.campaign.seed", 1_000_000), sequences);
  }

  private static void run(long firstSeed, int sequences) {
    for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
      RandomCleaningRun run = new RandomCleaningRun(seed);
      try {
        run.run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed %d, after%n%s".formatted(seed, String.join("\n", run.history())), e);
      }
    }
    assertThat(sequences).isPositive();
  }
}
