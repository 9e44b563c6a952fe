package io.tailrace.protocol;

/**
 * How much memory the decoding of one frame may still take. Checking counts against the bytes that
 * remain is not enough: the smallest elements take one or two bytes on the wire, but dozens on the
 * heap. What a frame becomes is therefore limited to ten times its size plus one MiB, which no real
 * client comes near.
 */
final class HeapBudget {
  private static final int HEAP_PER_BYTE = 10;
  // Not quite one MiB: the rest is for what is not charged, such as the exception itself.
  private static final long HEAP_ALWAYS = 896 << 10;

  private static final int ARRAY_HEADER = 24;
  private static final int ARRAY_LIST = 48;
  private static final int STRING = 48;
  private static final int BUFFER_SLICE = 104;

  /** A reference in a list. */
  static final int SLOT = 4;

  static final int UUID = 32;

  private long left;

  void reset(int frameSize) {
    left = HEAP_ALWAYS + (long) frameSize * HEAP_PER_BYTE;
  }

  long left() {
    return left;
  }

  void charge(long bytes) {
    left -= bytes;
    if (left < 0) {
      throw new MalformedMessageException(
          "It would take more than "
              + HEAP_PER_BYTE
              + " times its size in memory: too many tiny elements. Send fewer at once.");
    }
  }

  void chargeArray(int count, int elementBytes) {
    charge(ARRAY_HEADER + (long) count * elementBytes);
  }

  void chargeList(int count, int elementBytes) {
    charge(ARRAY_LIST + (long) count * elementBytes);
  }

  /** The JDK decodes UTF-8 beyond ASCII by way of arrays of 1, 2 and 2 bytes a byte. */
  void chargeString(int bytes, boolean ascii) {
    charge(ascii ? STRING + bytes : 2 * STRING + 5L * bytes);
  }

  void chargeSlice() {
    charge(BUFFER_SLICE);
  }
}
