package io.tailrace.log;

import java.lang.foreign.Arena;

/**
 * Which records of a range of offsets need not be kept, as far as that is known: one bit an offset,
 * of bounded size. For one thread.
 */
final class SupersededOffsets {
  private final long first;
  private final long words;
  private final OffHeapLongs bits;

  /**
   * @param first of the range
   * @param count of the range's offsets; about what lies behind nothing is known
   * @param mostBytes nor about what takes more memory
   * @param memory what it lives in, outside the heap
   */
  SupersededOffsets(long first, long count, long mostBytes, Arena memory) {
    this.first = first;
    this.words = Math.min((count - 1) / Long.SIZE + 1, mostBytes / Long.BYTES);
    this.bits = new OffHeapLongs(memory, words);
  }

  void clear() {
    bits.clear();
  }

  /** Whether {@link #contains} can tell. */
  boolean covers(long offset) {
    return offset >= first && offset - first < words * Long.SIZE;
  }

  /** Without effect on an offset that is not covered. */
  void add(long offset) {
    if (covers(offset)) {
      bits.set(word(offset), bits.get(word(offset)) | bit(offset));
    }
  }

  boolean contains(long offset) {
    return covers(offset) && (bits.get(word(offset)) & bit(offset)) != 0;
  }

  /** Whether all from one offset to another are in it, both included. */
  boolean containsAll(long from, long to) {
    long offset = from;
    while (offset <= to && contains(offset)) {
      offset++;
    }
    return offset > to;
  }

  private long word(long offset) {
    return (offset - first) / Long.SIZE;
  }

  private long bit(long offset) {
    return 1L << (offset - first);
  }
}
