package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A failure names its seed and what was done. */
class OffsetRandomTest {
  private static final int STEPS = 60;

  @Test
  void agreesWithTheModel() {
    run(1, 100);
  }

  @Test
  @Tag("campaign")
  void agreesWithTheModelInALongCampaign() {
    run(1_000_000, Integer.getInteger("tailrace.campaign.sequences", 20_000));
  }

  private static void run(long firstSeed, int sequences) {
    for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
      OffsetRandomRun run = new OffsetRandomRun(seed);
      try {
        run.run(STEPS);
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError(
            "seed %d, after %s".formatted(seed, String.join("; ", run.history())), e);
      }
    }
    assertThat(sequences).isPositive();
  }
}
