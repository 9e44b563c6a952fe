package io.tailrace.env;

import java.util.UUID;

/** Where unpredictable values come from: ids in production, a seed in tests. */
public interface Randomness {

  /** 64 random bits. */
  long nextLong();

  /** A random (version 4) UUID, as Kafka makes its topic, cluster and directory ids. */
  default UUID uuid() {
    long most = (nextLong() & 0xffffffffffff0fffL) | 0x4000L;
    long least = (nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
    return new UUID(most, least);
  }

  /** The operating system's source. */
  static Randomness system() {
    return new SystemRandomness();
  }
}
