package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/**
 * The records of the end-to-end test. Record n of a producer is the same whenever it is asked for,
 * so that the reader can tell what should be there without keeping what was sent.
 *
 * <p>The value is producer (4 bytes), n (8 bytes), filling: mostly up to 200 bytes, at times 20 KB.
 */
final class TruthRecords {
  private static final int HEAD = Integer.BYTES + Long.BYTES;
  private static final int NOISE = 1 << 16;
  private static final int LARGEST = 20_000;

  private final long seed;
  private final byte[] noise = new byte[NOISE + LARGEST];

  TruthRecords(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    // Words that repeat, so that codecs have something to do.
    byte[] word = new byte[16];
    for (int at = 0; at < noise.length; at += word.length) {
      if (random.nextInt(3) != 0) {
        random.nextBytes(word);
      }
      System.arraycopy(word, 0, noise, at, Math.min(word.length, noise.length - at));
    }
  }

  /** The partition that record n of a producer goes to. */
  int partition(int producer, long n, int partitions) {
    return (int) Long.remainderUnsigned(mix(producer, ~n), partitions);
  }

  byte[] value(int producer, long n) {
    long mixed = mix(producer, n);
    int size = size(mixed);
    byte[] value = new byte[HEAD + size];
    ByteBuffer.wrap(value).putInt(producer).putLong(n);
    System.arraycopy(noise, (int) (mixed >>> 48), value, HEAD, size);
    return value;
  }

  private static int size(long mixed) {
    int choice = (int) (mixed & 0xff);
    int within = (int) (mixed >>> 8 & 0xffff);
    return choice == 0 ? within % LARGEST : within % 200;
  }

  static int producer(byte[] value) {
    return ByteBuffer.wrap(value).getInt();
  }

  static long number(byte[] value) {
    return ByteBuffer.wrap(value).getLong(Integer.BYTES);
  }

  /** Fails if {@code value} is not what the producer it names has sent under the number in it. */
  void check(byte[] value) {
    byte[] expected = value(producer(value), number(value));
    if (!Arrays.equals(value, expected)) {
      assertThat(value).isEqualTo(expected);
    }
  }

  /** SplitMix64's finaliser: neighbours become unrelated. */
  private long mix(int producer, long n) {
    long z = seed + producer * 0x9E3779B97F4A7C15L + n * 0xD1B54A32D192ED03L;
    z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
    z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
    return z ^ z >>> 31;
  }
}
