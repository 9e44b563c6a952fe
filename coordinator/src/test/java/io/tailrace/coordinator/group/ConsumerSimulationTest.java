package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Consumer groups amid all that goes wrong: see {@link ConsumerSimulation}. A failure names its
 * seed; {@link #one} runs it again.
 */
class ConsumerSimulationTest {

  @Test
  void someSeeds() {
    long members = run(0, 200);
    assertThat(members).as("that took part").isGreaterThan(2000);
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
    long members = 0;
    for (long seed = from; seed < to; seed++) {
      ConsumerSimulation simulation = new ConsumerSimulation(seed);
      try {
        simulation.run();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage() + simulation.story(), e);
      }
      members += simulation.membersSoFar();
    }
    return members;
  }
}
