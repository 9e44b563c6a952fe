package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
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

  private RecentPositions sliceEnds() {
    RecentPositions recent = sliceEnds;
    if (recent == null) {
      recent = new RecentPositions();
      sliceEnds = recent;
    }
    return recent;
  }

  /**
   * After a truncation. What a reader finds out that has begun before, it writes into an object
   * that nobody asks any more.
   */
  void forget() {
    appendStarts = null;
    sliceEnds = null;
  }

  /**
   * The slice from the batch that holds {@code offset}, or the first one behind it, on.
   *
   * @param endOffset only batches below
   * @param mayWait whether what is not in memory may be read from the disk
   * @return null if there is none; empty if it has more than {@code maxBytes} and need not be
   *     served
   * @throws ColdBytesException if it would have to wait
   */
  @Nullable LogSlice read(
      long offset,
      int maxBytes,
      boolean atLeastOneBatch,
      long endOffset,
      int indexInterval,
      boolean mayWait)
      throws IOException {
    RecentPositions ends = sliceEnds();
    if (!mayWait && !segment.hasIndex()) {
      throw new ColdBytesException();
    }
    SegmentIndex index = segment.index(indexInterval);
    long end = segment.end();
    int size = (int) end;
    long next = segment.nextOffset(end);
    int limit = endOffset >= next ? size : find(endOffset, size, index, mayWait);
    int from = offset >= next ? size : find(offset, size, index, mayWait);
    if (from >= limit) {
      return null;
    }
    if (limit - from <= maxBytes) {
      ends.remember(relative(Math.min(endOffset, next)), limit);
      return slice(from, limit, null);
    }
    // The last batch boundary that the index knows.
    long entry = index.offsets.floorByPosition(from + maxBytes);
    int indexed = OffsetIndex.position(entry);
    return indexed > from && isRight(entry, size, mayWait)
        ? slice(from, indexed, null)
        : few(from, limit, maxBytes, atLeastOneBatch, ends, mayWait);
  }

  /** An entry out of a file is compared with the batch it leads to, because it may be damaged. */
  private boolean isRight(long entry, int size, boolean mayWait) throws IOException {
    int last = OffsetIndex.uncheckedLast(entry);
    if (last < 0) {
      return true;
    }
    DiskFile file = segment.acquire();
    try {
      BatchScanner scanner =
          new BatchScanner(file, OffsetIndex.position(entry), size, 0).mayWait(mayWait);
      return scanner.next() && endsAt(scanner, last);
    } finally {
      segment.release();
    }
  }

  private boolean endsAt(BatchScanner scanner, int relativeLast) {
    return RecordBatch.lastOffset(scanner.buffer(), scanner.at())
        == segment.baseOffset() + relativeLast;
  }

  private LogSlice slice(int from, int to, @Nullable ByteBuffer bytes) throws IOException {
    return new LogSlice(segment, segment.acquire(), from, to - from, bytes);
  }

  /**
   * The few batches between two index entries that {@code maxBytes} have room for. Where they end
   * only their headers tell; what had to be read for that need not be read again to be sent. Empty
   * if there is no room for one.
   */
  private LogSlice few(
      int from,
      int limit,
      int maxBytes,
      boolean atLeastOneBatch,
      RecentPositions ends,
      boolean mayWait)
      throws IOException {
    DiskFile file = segment.acquire();
    try {
      int bufferSize = Math.min(maxBytes, BatchScanner.LOOKUP_BUFFER);
      BatchScanner scanner = new BatchScanner(file, from, limit, bufferSize).mayWait(mayWait);
      int to = from;
      do {
        if (!scanner.next()) {
          throw new BrokenSegmentException(
              segment.path() + " has no record batch at position " + scanner.position());
        }
        int batchEnd = scanner.position() + scanner.sizeInBytes();
        if (batchEnd - from > maxBytes && (to > from || !atLeastOneBatch)) {
          break;
        }
        to = batchEnd;
        ends.remember(relative(RecordBatch.nextOffset(scanner.buffer(), scanner.at())), to);
      } while (maxBytes - (to - from) >= RecordBatch.HEADER_SIZE);
      return to == from ? LogSlice.empty() : slice(from, to, scanner.bytes(from, to));
    } finally {
      segment.release();
    }
  }

  /**
   * Position of the batch that holds {@code offset}, or of the first one behind it.
   *
   * @param size length of the segment; the answer if all batches lie before the offset
   */
  int find(long offset, int size, SegmentIndex index, boolean mayWait) throws IOException {
    if (offset <= segment.baseOffset()) {
      return 0;
    }
    int relative = relative(offset);
    int remembered = remembered(relative);
    if (remembered >= 0) {
      return remembered;
    }
    long floor = index.offsets.floorByOffset(relative);
    int from = floor == OffsetIndex.NONE ? 0 : OffsetIndex.position(floor);
    if (from > 0 && OffsetIndex.relativeBase(floor) == relative) {
      return from;
    }
    int found = scan(from, OffsetIndex.uncheckedLast(floor), size, offset, mayWait);
    // A damaged index file can lead anywhere; from the start on there is a way without it.
    return found < 0 && floor != OffsetIndex.NONE
        ? checked(scan(0, -1, size, offset, mayWait))
        : checked(found);
  }

  private int checked(int position) throws BrokenSegmentException {
    if (position < 0) {
      throw new BrokenSegmentException(segment.path() + " has no sequence of record batches");
    }
    return position;
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

  /**
   * Like {@link #find}; −1 if there is no batch where one should be.
   *
   * @param firstLast what the last relative offset of the first batch must be; −1 for any
   */
  private int scan(int from, int firstLast, int size, long offset, boolean mayWait)
      throws IOException {
    DiskFile file = segment.acquire();
    try {
      BatchScanner scanner =
          new BatchScanner(file, from, size, BatchScanner.LOOKUP_BUFFER).mayWait(mayWait);
      while (scanner.next()) {
        if (firstLast >= 0 && scanner.position() == from && !endsAt(scanner, firstLast)) {
          return -1;
        }
        if (RecordBatch.nextOffset(scanner.buffer(), scanner.at()) > offset) {
          return scanner.position();
        }
      }
      return scanner.position() == size ? size : -1;
    } finally {
      segment.release();
    }
  }

  private int relative(long offset) {
    return (int) (offset - segment.baseOffset());
  }
}
