package io.tailrace.log;

import java.util.Arrays;

/**
 * Which records of a range of offsets need not be kept, as far as that is known: one bit an offset,
 * of bounded size. For one thread.
 */
final class SupersededOffsets {
  private final long first;
  private final long[] bits;

  /**
   * @param first of the range
   * @param count of the range's offsets; about what lies behind nothing is known
   * @param mostBytes nor about what takes more memory
   */
  SupersededOffsets(long first, long count, long mostBytes) {
    this.first = first;
    long words = Math.min((count - 1) / Long.SIZE + 1, mostBytes / Long.BYTES);
    this.bits = new long[(int) Math.clamp(words, 0, Integer.MAX_VALUE - 8)];
  }

  void clear() {
    Arrays.fill(bits, 0);
  }

  /** Whether {@link #contains} can tell. */
  boolean covers(long offset) {
    return offset >= first && offset - first < (long) bits.length * Long.SIZE;
  }

  /** Without effect on an offset that is not covered. */
  void add(long offset) {
    if (covers(offset)) {
      bits[word(offset)] |= bit(offset);
    }
  }

  boolean contains(long offset) {
    return covers(offset) && (bits[word(offset)] & bit(offset)) != 0;
  }

  /** Whether all from one offset to another are in it, both included. */
  boolean containsAll(long from, long to) {
    long offset = from;
    while (offset <= to && contains(offset)) {
      offset++;
    }
    return offset > to;
  }

  private int word(long offset) {
    return (int) ((offset - first) / Long.SIZE);
  }

  private long bit(long offset) {
    return 1L << (offset - first);
  }
}
