package io.tailrace.log;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sparse index of a segment: last offset of a batch → the batch's position in the file, in
 * increasing order.
 *
 * <p>File format (Kafka's {@code .index}), big-endian, 8 bytes an entry:
 *
 * <pre>
 *   0  relativeOffset  int32  last offset of the batch − base offset of the segment
 *   4  position        int32  of the batch's first byte in the .log file
 * </pre>
 *
 * In memory an entry also has the batch's base offset if it is known, that is, if the entry was not
 * loaded from a file: a fetch that starts at an indexed batch then needs no read of the segment.
 *
 * <p>One thread adds at a time; any number of threads look up. Never a source of truth: recovery
 * rebuilds it from the segment.
 */
final class OffsetIndex {
  static final int ENTRY_SIZE = 8;

  /** The answer of a lookup that found no entry. */
  static final long NONE = -1;

  private static final int WIDTH = 3;
  private static final int POSITION = 1;
  private static final int RELATIVE_BASE = 2;
  private static final int UNKNOWN = -1;
  private static final int FIRST_CAPACITY = 8;

  /** Entries as (relative last offset, position, relative base offset); never changed in place. */
  private volatile int[] slots = new int[0];

  /** Written after the entry: who reads it first sees that many entries. */
  private volatile int count;

  int count() {
    return count;
  }

  /** Offsets are relative to the segment's base offset. */
  void append(int relativeBase, int relativeLast, int position) {
    int n = count;
    int[] target = slots;
    if (n * WIDTH == target.length) {
      target = Arrays.copyOf(target, Math.max(FIRST_CAPACITY * WIDTH, 2 * target.length));
      slots = target;
    }
    int at = n * WIDTH;
    target[at] = relativeLast;
    target[at + POSITION] = position;
    target[at + RELATIVE_BASE] = relativeBase;
    count = n + 1;
  }

  /**
   * The last entry whose batch lies at or before the batch with {@code relativeOffset}, for {@link
   * #position}, {@link #relativeBase} and {@link #uncheckedLast}; {@link #NONE} if there is none.
   */
  long floorByOffset(int relativeOffset) {
    int n = count;
    int[] from = slots;
    int low = 0;
    int high = Math.min(n, from.length / WIDTH) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (startsAtOrBefore(from, middle, relativeOffset)) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return entry(from, high);
  }

  private static boolean startsAtOrBefore(int[] from, int entry, int relativeOffset) {
    int base = from[entry * WIDTH + RELATIVE_BASE];
    return (base == UNKNOWN ? from[entry * WIDTH] : base) <= relativeOffset;
  }

  /** The last entry whose batch starts at or before {@code position}, or {@link #NONE}. */
  long floorByPosition(int position) {
    int n = count;
    int[] from = slots;
    int low = 0;
    int high = Math.min(n, from.length / WIDTH) - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (from[middle * WIDTH + POSITION] <= position) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return entry(from, high);
  }

  /**
   * Two ints in a long, because a lookup must neither allocate nor read the arrays twice: the
   * relative base offset, or the complement of the last one if that is unknown; and the position.
   */
  private static long entry(int[] from, int entry) {
    if (entry < 0) {
      return NONE;
    }
    int at = entry * WIDTH;
    int base = from[at + RELATIVE_BASE];
    return (long) (base == UNKNOWN ? ~from[at] : base) << Integer.SIZE | from[at + POSITION];
  }

  static int position(long entry) {
    return (int) entry;
  }

  /** Base offset of the entry's batch, relative to the segment's; −1 if it is not known. */
  static int relativeBase(long entry) {
    return Math.max(UNKNOWN, (int) (entry >> Integer.SIZE));
  }

  /**
   * Last relative offset of the batch at the entry's position, if a file says so that may be
   * damaged; −1 if the entry is sure.
   */
  static int uncheckedLast(long entry) {
    int upper = (int) (entry >> Integer.SIZE);
    return upper < 0 && entry != NONE ? ~upper : UNKNOWN;
  }

  /** Last relative offset of the last entry's batch; −1 if there is no entry. */
  int lastRelativeOffset() {
    int n = count;
    return n == 0 ? -1 : slots[(n - 1) * WIDTH];
  }

  /** Drops the entries of batches that end at a relative offset or behind it; before any lookup. */
  void cutFrom(int relativeLast) {
    int n = count;
    while (n > 0 && slots[(n - 1) * WIDTH] >= relativeLast) {
      n--;
    }
    count = n;
  }

  /** The content of the index file. */
  ByteBuffer encode() {
    int n = count;
    ByteBuffer file = ByteBuffer.allocate(n * ENTRY_SIZE);
    for (int i = 0; i < n; i++) {
      file.putInt(slots[i * WIDTH]).putInt(slots[i * WIDTH + POSITION]);
    }
    return file.flip();
  }

  /**
   * Reads an index file.
   *
   * @return null if it can't be the index of a segment of {@code segmentSize} bytes
   */
  static @Nullable OffsetIndex decode(ByteBuffer file, int segmentSize) {
    if (file.remaining() % ENTRY_SIZE != 0) {
      return null;
    }
    OffsetIndex index = new OffsetIndex();
    int lastOffset = -1;
    int lastPosition = -1;
    while (file.hasRemaining()) {
      int offset = file.getInt();
      int position = file.getInt();
      if (offset <= lastOffset || position <= lastPosition || position >= segmentSize) {
        return null;
      }
      index.append(UNKNOWN, offset, position);
      lastOffset = offset;
      lastPosition = position;
    }
    return index;
  }
}
