package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Groups that change their protocol amid all that goes wrong: see {@link MigrationSimulation}. A
 * failure names its seed; {@link #one} runs it again.
 */
class MigrationSimulationTest {

  @Test
  void someSeeds() {
    assertThat(run(0, 60)).as("changes of protocol").isGreaterThan(150);
  }

  @Test
  @Tag("campaign")
  void manySeeds() {
    run(1_000, 11_000);
  }

  @ParameterizedTest
  @ValueSource(longs = 0)
  void one(long seed) {
    run(seed, seed + 1);
  }

  private static long run(long from, long to) {
    long conversions = 0;
    for (long seed = from; seed < to; seed++) {
      MigrationSimulation simulation = new MigrationSimulation(seed);
      try {
        simulation.run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage() + simulation.story(), e);
      }
      conversions += simulation.conversions();
    }
    return conversions;
  }
}
