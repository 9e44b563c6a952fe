package io.tailrace.log;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Remembers where in a segment some offsets lie, so that a fetch which goes on where the last one
 * ended finds its place without reading the segment: the broker's only system call for it is the
 * {@code sendfile}. Direct-mapped: a newer offset may push out an older one, which then costs one
 * short read. Safe for use by many threads; allocates nothing.
 */
final class RecentPositions {
  private static final int SLOTS = 64;
  private static final long EMPTY = -1;

  /** Relative offset in the upper half, position in the lower. */
  private final AtomicLongArray slots = new AtomicLongArray(SLOTS);

  RecentPositions() {
    clear();
  }

  void remember(int relativeOffset, int position) {
    slots.setRelease(slot(relativeOffset), (long) relativeOffset << Integer.SIZE | position);
  }

  /** The position of the batch that starts at the offset; −1 if it is not remembered. */
  int find(int relativeOffset) {
    long entry = slots.getAcquire(slot(relativeOffset));
    return entry >>> Integer.SIZE == relativeOffset ? (int) entry : -1;
  }

  void clear() {
    for (int i = 0; i < SLOTS; i++) {
      slots.set(i, EMPTY);
    }
  }

  /** Offsets often differ by multiples of a batch size: multiply to spread them (Knuth). */
  private static int slot(int relativeOffset) {
    return (relativeOffset * 0x9E3779B9) >>> 26;
  }
}
