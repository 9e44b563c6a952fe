package io.tailrace.testkit;

import io.tailrace.env.Randomness;
import java.util.SplittableRandom;

/** The same values at every run with the same seed. Safe for use by many threads. */
public final class SeededRandomness implements Randomness {
  private final SplittableRandom random;

  public SeededRandomness(long seed) {
    random = new SplittableRandom(seed);
  }

  @Override
  public synchronized long nextLong() {
    return random.nextLong();
  }
}
