package io.tailrace.env;

import java.security.SecureRandom;

/** The operating system's random source. */
final class SystemRandomness implements Randomness {
  private final SecureRandom random = new SecureRandom();

  @Override
  public long nextLong() {
    return random.nextLong();
  }
}
