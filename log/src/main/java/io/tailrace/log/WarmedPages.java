package io.tailrace.log;

import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;

/**
 * What cold readers have brought into the page cache of one segment, so that it can be dropped
 * behind them, and nothing else: a scan of old data leaves the cache to the others. What is read
 * again within an hour of being dropped was worth its place, and stays: data that is read over and
 * over is read from the disk twice. Safe for use by many threads; the lock is never held over a
 * call to the file.
 *
 * <p>Kept in pieces of 64 KiB. A piece counts if nothing of it was cached before and it is no
 * longer written to; what the kernel reads ahead on its own behind such a piece counts, too.
 */
final class WarmedPages {
  static final int PIECE = 64 << 10;

  /** How much is dropped at a time. */
  static final int STEP = 8 << 20;

  /** Pages that a socket still holds can't be dropped: what is nearer to the reader stays. */
  static final int LAG = 4 << 20;

  /** A scan is read for in parts of this size: the one that it is in, and the next. */
  static final int AHEAD = 1 << 20;

  private static final int PARTS_AHEAD = 2;

  /** So many pieces behind what it was asked for the kernel may read on its own. */
  private static final int SPILL = 4;

  private static final int TICKS_REMEMBERED = 60;

  private final BitSet brought = new BitSet();

  /** Of these, what the kernel may have begun to read on its own, behind what it was asked for. */
  private final BitSet spilled = new BitSet();

  /** What was dropped and has not been read again since. */
  private final BitSet dropped = new BitSet();

  /** What was read again after that, so it is left to the kernel. */
  private final BitSet kept = new BitSet();

  /** What is being read. */
  private final BitSet inProgress = new BitSet();

  /** Pieces warmed lately where the platform can't tell what is cached. */
  private final BitSet assumed = new BitSet();

  /** Parts that somebody has set out to read ahead. */
  private final BitSet ahead = new BitSet();

  /** By steps: readers that have come in at its start and not left at its end. */
  private final int[] readers = new int[Integer.MAX_VALUE / STEP + 1];

  private int ticksUnused;

  /** Reads what is missing of a range, rounded to pieces; waits for the disk. */
  void warm(DiskFile file, int from, int to, int size) throws IOException {
    int first = from / PIECE;
    int behind = (to - 1) / PIECE + 1;
    long start = (long) first * PIECE;
    long length = Math.min((long) behind * PIECE, size) - start;
    if (file.isCached(start, length)) {
      return;
    }
    int written = Math.clamp(size / PIECE, first, behind + SPILL);
    BitSet mine = begin(found(file, first, written), first, behind);
    boolean canTell = true;
    try {
      file.warm(start, length);
      canTell = file.isCached(start, length);
    } finally {
      end(mine, canTell);
    }
  }

  /** Pieces of which nothing, and of which all was in the cache. */
  private record Found(BitSet nothing, BitSet all) {}

  private static Found found(DiskFile file, int first, int behind) {
    Found found = new Found(new BitSet(), new BitSet());
    if (file.isUncached((long) first * PIECE, (long) (behind - first) * PIECE)) {
      found.nothing.set(first, behind);
      return found;
    }
    for (int piece = first; piece < behind; piece++) {
      boolean nothing = file.isUncached((long) piece * PIECE, PIECE);
      found.nothing.set(piece, nothing);
      found.all.set(piece, !nothing && file.isCached((long) piece * PIECE, PIECE));
    }
    return found;
  }

  /**
   * Notes what will be brought in. What another thread is reading right now is left to that one;
   * what has gone from the cache and come back in part was others'.
   *
   * @return the pieces that are read for this caller
   */
  private synchronized BitSet begin(Found found, int first, int behind) {
    ticksUnused = 0;
    BitSet mine = new BitSet();
    mine.set(first, behind);
    mine.andNot(inProgress);
    inProgress.or(mine);
    for (int i = mine.nextSetBit(0); i >= 0; i = mine.nextSetBit(i + 1)) {
      boolean stillOurs = brought.get(i) && found.all.get(i);
      if (stillOurs || !isReadAgain(i)) {
        brought.set(i, found.nothing.get(i) || spilled.get(i) || stillOurs);
      }
    }
    spilled.andNot(mine);
    for (int i = found.nothing.nextSetBit(behind); i >= 0; i = found.nothing.nextSetBit(i + 1)) {
      if (!dropped.get(i)) {
        brought.set(i);
        spilled.set(i, !inProgress.get(i));
      }
    }
    return mine;
  }

  /** Whether a piece was dropped before; if so, it stays now. */
  private boolean isReadAgain(int piece) {
    boolean again = dropped.get(piece);
    if (again) {
      dropped.clear(piece);
      kept.set(piece);
      brought.clear(piece);
    }
    return again;
  }

  private synchronized void end(BitSet mine, boolean canTell) {
    inProgress.andNot(mine);
    if (!canTell) {
      assumed.or(mine);
    }
  }

  /** Whether a range has been warmed lately, and the platform can't tell if it is still there. */
  synchronized boolean assumes(int from, int to) {
    return assumed.nextClearBit(from / PIECE) > (to - 1) / PIECE;
  }

  /**
   * A reader is about to send a range of at most {@link #AHEAD} bytes.
   *
   * @return whether it has left a step behind, so that {@link #dropBelow} may find something
   */
  synchronized boolean pass(int from, int to, int size) {
    ticksUnused = 0;
    int step = (to - 1) / STEP;
    boolean enters = from % STEP == 0 || step > from / STEP;
    if (enters) {
      readers[step]++;
      if (step > 0) {
        leave(step - 1);
      }
    }
    if (to >= size) {
      leave(step);
    }
    return enters || to >= size;
  }

  /** A reader that came in by a seek was not counted. */
  private void leave(int step) {
    readers[step] = Math.max(0, readers[step] - 1);
  }

  /** Drops what was brought in below a position, but where others are still reading. */
  void dropBelow(DiskFile file, int position) {
    BitSet due = takeBelow(position);
    int end;
    for (int start = due.nextSetBit(0); start >= 0; start = due.nextSetBit(end)) {
      end = due.nextClearBit(start);
      file.dropFromCache((long) start * PIECE, (long) (end - start) * PIECE);
    }
  }

  private synchronized BitSet takeBelow(int position) {
    BitSet due = new BitSet();
    int behind = Math.max(0, position) / PIECE;
    for (int i = brought.nextSetBit(0); i >= 0 && i < behind; i = brought.nextSetBit(i + 1)) {
      due.set(i, readers[i / (STEP / PIECE)] == 0);
    }
    brought.andNot(due);
    spilled.andNot(due);
    dropped.or(due);
    for (int i = due.nextSetBit(0); i >= 0; i = due.nextSetBit(i + 1)) {
      ahead.clear(i / (AHEAD / PIECE));
    }
    return due;
  }

  /**
   * Where reading ahead has to begin now that a reader is at a range; it goes to the end of the
   * part behind the range's. Each part is given out once.
   *
   * @return −1 if there is nothing to do: the reader is no scan, or another has done it
   */
  synchronized int claimAhead(int from, int to, int size) {
    int before = from / PIECE - 1;
    if (before >= 0 && !isWarmed(before)) {
      return -1;
    }
    int part = (to - 1) / AHEAD;
    int begin = ahead.nextClearBit(part);
    ahead.set(begin, Math.max(begin, part + PARTS_AHEAD));
    boolean nothing = begin >= part + PARTS_AHEAD || (long) begin * AHEAD >= size;
    return nothing ? -1 : begin * AHEAD;
  }

  private boolean isWarmed(int piece) {
    return brought.get(piece) || kept.get(piece) || assumed.get(piece);
  }

  /** Where the part ends that {@link #claimAhead} reads to. */
  static int aheadEnd(int to, int size) {
    return (int) Math.min(((to - 1) / AHEAD + (long) PARTS_AHEAD) * AHEAD, size);
  }

  /**
   * Comes round every minute or so: forgets what may no longer be so, as readers that have died.
   *
   * @return whether anybody has been here within the last hour
   */
  synchronized boolean tick() {
    assumed.clear();
    ahead.clear();
    kept.clear();
    Arrays.fill(readers, 0);
    return ++ticksUnused <= TICKS_REMEMBERED;
  }
}
