package io.tailrace.log;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.LongBuffer;

/**
 * Many longs outside the heap, 0 at first: in the heap, the garbage collector would stop all
 * threads for as long as it takes to move them. In pieces, because who clears memory can't be
 * stopped meanwhile, and all wait for him.
 */
final class OffHeapLongs {
  private static final int PIECE_BITS = 15;
  private static final int PIECE = 1 << PIECE_BITS;

  private final LongBuffer[] pieces;

  /**
   * @param memory they are gone when it is closed; and only for its thread
   * @throws OutOfMemoryError if there is no room for them
   */
  OffHeapLongs(Arena memory, long count) {
    this.pieces = new LongBuffer[Math.toIntExact((count + PIECE - 1) >> PIECE_BITS)];
    for (int i = 0; i < pieces.length; i++) {
      long size = Math.min(PIECE, count - ((long) i << PIECE_BITS));
      pieces[i] =
          memory
              .allocate(ValueLayout.JAVA_LONG, size)
              .asByteBuffer()
              .order(ByteOrder.nativeOrder())
              .asLongBuffer();
    }
  }

  long get(long index) {
    return pieces[(int) (index >> PIECE_BITS)].get((int) index & (PIECE - 1));
  }

  void set(long index, long value) {
    pieces[(int) (index >> PIECE_BITS)].put((int) index & (PIECE - 1), value);
  }

  void clear() {
    for (LongBuffer piece : pieces) {
      for (int i = 0; i < piece.limit(); i++) {
        piece.put(i, 0);
      }
    }
  }
}
