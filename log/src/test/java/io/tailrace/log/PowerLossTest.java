package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The power fails before each single change that a log manager makes to its disk, in several ways
 * each: see {@link PowerLossRun}. A failure names its seed.
 */
class PowerLossTest {
  @Test
  void whatWasFlushedIsThere() {
    run(1, 10_000);
  }

  /** Takes some minutes. */
  @Test
  @Tag("campaign")
  void whatWasFlushedIsThereInALongCampaign() {
    run(
        Long.getLong("tailrace.campaign.seed", 1_000_000),
        Integer.getInteger("tailrace.campaign.images", 100_000));
  }

  private static void run(long firstSeed, int images) {
    int taken = 0;
    for (long seed = firstSeed; taken < images; seed++) {
      PowerLossRun run = new PowerLossRun(seed);
      try {
        run.run();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(
            "seed %d, after %s".formatted(seed, String.join(", ", run.history())), e);
      }
      assertThat(run.images()).isPositive();
      taken += run.images();
    }
  }
}
