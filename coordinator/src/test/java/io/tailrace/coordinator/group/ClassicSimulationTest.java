package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.ShardRuntime;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ClassicSimulationTest {
  private static final int EVENTS = 600;

  /** Kept, so that its level is. It reports each append that the simulation lets fail. */
  private static final Logger RUNTIME = Logger.getLogger(ShardRuntime.class.getName());

  @BeforeAll
  static void silence() {
    RUNTIME.setLevel(Level.OFF);
  }

  @AfterAll
  static void speak() {
    RUNTIME.setLevel(null);
  }

  @Test
  void groupsKeepTheirPromises() {
    run(1, 300);
  }

  @Test
  @Tag("campaign")
  void groupsKeepTheirPromisesForLong() {
    run(1_000, 10_000);
  }

  private static void run(long firstSeed, int seeds) {
    for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
      try {
        new ClassicSimulation(seed).run(EVENTS);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
    }
  }
}
