package io.tailrace.log;

import java.nio.ByteBuffer;

/**
 * SipHash-2-4 with 128 bits (Aumasson and Bernstein 2012) of a record's key, under a secret of this
 * process. Two keys with the same hash would count as one, and compaction would delete one of them,
 * so who writes keys must not be able to find such a pair: with a secret he can't, and with MD5,
 * which Kafka takes, he can. It costs a quarter of MD5 on short keys. For one thread.
 */
final class KeyHash {
  private static final int ROUNDS = 2;
  private static final int LAST_ROUNDS = 4;

  private final long key0;
  private final long key1;
  private long first;
  private long second;

  KeyHash(long key0, long key1) {
    this.key0 = key0;
    this.key1 = key1;
  }

  /** The first half of the last hash. */
  long first() {
    return first;
  }

  /** The second half of the last hash. */
  long second() {
    return second;
  }

  /** Hashes what remains in the buffer, whose position stays. */
  void hash(ByteBuffer key) {
    int length = key.remaining();
    int words = length / Long.BYTES;
    int at = key.position();
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL ^ 0xee;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    // The words, the last bytes with the length, and two steps that give half of the hash each.
    for (int i = 0; i < words + 3; i++) {
      long word = 0;
      if (i < words) {
        word = Long.reverseBytes(key.getLong(at + i * Long.BYTES));
      } else if (i == words) {
        word = lastWord(key, at + words * Long.BYTES, length);
      } else if (i == words + 1) {
        v2 ^= 0xee;
      } else {
        first = v0 ^ v1 ^ v2 ^ v3;
        v1 ^= 0xdd;
      }
      v3 ^= word;
      int rounds = i <= words ? ROUNDS : LAST_ROUNDS;
      for (int round = 0; round < rounds; round++) {
        v0 += v1;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v3;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 += v3;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 += v1;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= word;
    }
    second = v0 ^ v1 ^ v2 ^ v3;
  }

  private static long lastWord(ByteBuffer key, int from, int length) {
    long word = (long) length << 56;
    for (int i = 0; i < length % Long.BYTES; i++) {
      word |= (key.get(from + i) & 0xffL) << (8 * i);
    }
    return word;
  }
}
