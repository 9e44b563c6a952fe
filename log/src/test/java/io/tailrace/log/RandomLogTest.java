package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random operations on a log, compared with a model after each. A failure names its seed. */
class RandomLogTest {
  @TempDir Path folder;

  @Test
  void agreesWithTheModel() {
    run(1, 500, null);
  }

  @Test
  void agreesWithTheModelOnARealDisk() {
    run(1, 20, folder);
  }

  /** Takes some minutes. */
  @Test
  @Tag("campaign")
  void agreesWithTheModelInALongCampaign() {
    int sequences = Integer.getInteger("tailrace.campaign.sequences", 100_000);
    run(Long.getLong("tailrace.campaign.seed", 1_000_000), sequences, null);
  }

  @Test
  @Tag("campaign")
  void agreesWithTheModelOnARealDiskInALongCampaign() {
    run(Long.getLong("tailrace.campaign.seed", 1_000_000), 1_000, folder);
  }

  /**
   * @param realFolder for the logs; null: on a simulated disk
   */
  private static void run(long firstSeed, int sequences, @Nullable Path realFolder) {
    for (long seed = firstSeed; seed < firstSeed + sequences; seed++) {
      RandomLogRun run =
          new RandomLogRun(seed, realFolder == null ? null : realFolder.resolve("seed-" + seed));
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
