package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Finds the place of an offset in a segment. A fetch that goes on where an append or another fetch
 * ended is answered from memory ({@link RecentPositions}, or an index entry), any other with one or
 * few reads of batch headers from the nearest index entry on. Safe for use by many threads.
 */
final class SegmentLookup {
  private final LogSegment segment;

  /** Starts of append calls, and ends of slices: apart, so that appends leave the latter alone. */
  private volatile @Nullable RecentPositions appendStarts;

  private volatile @Nullable RecentPositions sliceEnds;

  SegmentLookup(LogSegment segment) {
    this.segment = segment;
  }

  /** By the one thread that appends. */
  void rememberAppend(long offset, int position) {
    RecentPositions recent = appendStarts;
    if (recent == null) {
      recent = new RecentPositions();
      appendStarts = recent;
    }
    recent.remember(relative(offset), position);
  }

  private void rememberSliceEnd(long offset, int position) {
    RecentPositions recent = sliceEnds;
    if (recent == null) {
      recent = new RecentPositions();
      sliceEnds = recent;
    }
    recent.remember(relative(offset), position);
  }

  void forget() {
    appendStarts = null;
    sliceEnds = null;
  }

  /**
   * The slice from the batch that holds {@code offset}, or the first one behind it, on.
   *
   * @param endOffset only batches below
   * @return null if there is none, or it has more than {@code maxBytes} and need not be served
   */
  @Nullable LogSlice read(
      long offset, int maxBytes, boolean atLeastOneBatch, long endOffset, int indexInterval)
      throws IOException {
    SegmentIndex index = segment.index(indexInterval);
    long end = segment.end();
    int size = (int) end;
    long next = segment.nextOffset(end);
    int limit = endOffset >= next ? size : find(endOffset, size, index);
    int from = offset >= next ? size : find(offset, size, index);
    if (from >= limit) {
      return null;
    }
    int to = limit;
    if (limit - from > maxBytes) {
      to = cut(from, limit, maxBytes, atLeastOneBatch, index);
    } else {
      rememberSliceEnd(Math.min(endOffset, next), limit);
    }
    return to == from ? null : new LogSlice(segment, segment.acquire(), from, to - from);
  }

  /** The last known batch boundary at or before {@code from + maxBytes}. */
  private int cut(int from, int limit, int maxBytes, boolean atLeastOneBatch, SegmentIndex index)
      throws IOException {
    int indexed = OffsetIndex.position(index.offsets.floorByPosition(from + maxBytes));
    if (indexed > from) {
      return indexed;
    }
    DiskFile file = segment.acquire();
    try {
      BatchScanner scanner = new BatchScanner(file, from, limit, BatchScanner.LOOKUP_BUFFER);
      int to = from;
      while (scanner.next()) {
        int batchEnd = scanner.position() + scanner.sizeInBytes();
        if (batchEnd - from > maxBytes) {
          return to == from && atLeastOneBatch ? batchEnd : to;
        }
        to = batchEnd;
        rememberSliceEnd(RecordBatch.nextOffset(scanner.buffer(), scanner.at()), to);
      }
      throw broken(scanner.position());
    } finally {
      segment.release();
    }
  }

  /**
   * Position of the batch that holds {@code offset}, or of the first one behind it.
   *
   * @param size length of the segment; the answer if all batches lie before the offset
   */
  int find(long offset, int size, SegmentIndex index) throws IOException {
    if (offset <= segment.baseOffset()) {
      return 0;
    }
    int relative = relative(offset);
    int remembered = remembered(relative);
    if (remembered >= 0) {
      return remembered;
    }
    long floor = index.offsets.floorByOffset(relative);
    if (floor == OffsetIndex.NONE) {
      return scan(0, size, offset);
    }
    int position = OffsetIndex.position(floor);
    return OffsetIndex.relativeBase(floor) == relative ? position : scan(position, size, offset);
  }

  private int remembered(int relative) {
    RecentPositions starts = appendStarts;
    int position = starts == null ? -1 : starts.find(relative);
    if (position < 0) {
      RecentPositions ends = sliceEnds;
      position = ends == null ? -1 : ends.find(relative);
    }
    return position;
  }

  private int scan(int from, int size, long offset) throws IOException {
    DiskFile file = segment.acquire();
    try {
      BatchScanner scanner = new BatchScanner(file, from, size, BatchScanner.LOOKUP_BUFFER);
      while (scanner.next()) {
        if (RecordBatch.nextOffset(scanner.buffer(), scanner.at()) > offset) {
          return scanner.position();
        }
      }
      if (scanner.position() != size) {
        throw broken(scanner.position());
      }
      return size;
    } finally {
      segment.release();
    }
  }

  private BrokenSegmentException broken(int position) {
    return new BrokenSegmentException(
        segment.path() + " has no record batch at position " + position);
  }

  private int relative(long offset) {
    return (int) (offset - segment.baseOffset());
  }
}
