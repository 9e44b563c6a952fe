package io.tailrace.conformance;

import java.util.Objects;
import java.util.stream.Stream;

/**
 * The (number, offset) pairs of one producer in one partition, in order, as a count and a hash: two
 * of them are equal if no record is lost, added, moved or exchanged. Used by one thread at a time.
 */
final class AckHash {
  private long count;
  private long hash;

  static AckHash[] array(int size) {
    return Stream.generate(AckHash::new).limit(size).toArray(AckHash[]::new);
  }

  void add(long number, long offset) {
    count++;
    hash = (hash ^ number) * 0x9E3779B97F4A7C15L;
    hash = (hash ^ hash >>> 29 ^ offset) * 0xBF58476D1CE4E5B9L;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AckHash that && that.count == count && that.hash == hash;
  }

  @Override
  public int hashCode() {
    return Objects.hash(count, hash);
  }

  @Override
  public String toString() {
    return count + " records, hash " + Long.toHexString(hash);
  }
}
