package io.tailrace.log;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A log's segments, by base offset. Read from any thread without a lock; changed (seldom) by one
 * thread at a time, by replacing the array. There is always at least one.
 */
final class Segments {
  private volatile LogSegment[] segments;

  Segments(LogSegment[] sorted) {
    if (sorted.length == 0) {
      throw new IllegalArgumentException("a log has at least one segment");
    }
    segments = sorted;
  }

  /** All segments, oldest first. Not to be changed. */
  LogSegment[] all() {
    return segments;
  }

  LogSegment first() {
    return segments[0];
  }

  /** The segment that is appended to. */
  LogSegment active() {
    LogSegment[] from = segments;
    return from[from.length - 1];
  }

  /** The segment an offset falls into; the first one for offsets before all. */
  LogSegment floor(long offset) {
    LogSegment[] from = segments;
    return from[Math.max(0, floor(from, offset))];
  }

  /** The first segment that starts behind the given one does; null if there is none. */
  @Nullable LogSegment after(LogSegment segment) {
    LogSegment[] from = segments;
    int next = floor(from, segment.baseOffset()) + 1;
    return next < from.length ? from[next] : null;
  }

  /** −1 if all start behind the offset. */
  private static int floor(LogSegment[] from, long offset) {
    int low = 0;
    int high = from.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (from[middle].baseOffset() <= offset) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return high;
  }

  void add(LogSegment segment) {
    LogSegment[] from = segments;
    LogSegment[] to = Arrays.copyOf(from, from.length + 1);
    to[from.length] = segment;
    segments = to;
  }

  /** Whether these are segments of the log, one behind the other, and none of them the active. */
  boolean hold(LogSegment[] some) {
    LogSegment[] from = segments;
    int start = floor(from, some[0].baseOffset());
    return start >= 0
        && start + some.length < from.length
        && Arrays.equals(from, start, start + some.length, some, 0, some.length);
  }

  /** Puts one segment in the place of some, which {@link #hold} knows. */
  void replace(LogSegment[] old, LogSegment one) {
    LogSegment[] from = segments;
    int start = floor(from, old[0].baseOffset());
    LogSegment[] to = new LogSegment[from.length - old.length + 1];
    System.arraycopy(from, 0, to, 0, start);
    to[start] = one;
    int behind = start + old.length;
    System.arraycopy(from, behind, to, start + 1, from.length - behind);
    segments = to;
  }

  void keepOnly(LogSegment segment) {
    segments = new LogSegment[] {segment};
  }

  /** Keeps the segments from index {@code from} to {@code to} (exclusive) of {@link #all}. */
  void keep(int from, int to) {
    segments = Arrays.copyOfRange(segments, from, to);
  }
}
