package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads a segment after a crash, checks every batch (length, magic byte, order of offsets, CRC) and
 * indexes the good ones. Says where the first bad byte is and what kind of damage it is; changes
 * nothing on disk.
 */
final class SegmentRecovery {
  private final LogSegment segment;
  private final SegmentIndex index;
  private long nextOffset;
  private int validSize;

  private SegmentRecovery(LogSegment segment) {
    this.segment = segment;
    this.index = SegmentIndex.empty(segment.baseOffset());
    this.nextOffset = segment.baseOffset();
  }

  /** What was found: whole batches up to {@code validSize}, and behind them {@code tail}. */
  record Found(Tail tail, int validSize, long nextOffset, SegmentIndex index) {}

  static Found scan(LogSegment segment, int indexIntervalBytes) throws IOException {
    SegmentRecovery recovery = new SegmentRecovery(segment);
    Tail tail = Tail.WHOLE;
    if (segment.size() > 0) {
      DiskFile file = segment.acquire();
      try {
        recovery.scanBatches(file, indexIntervalBytes);
        tail = recovery.classify(file);
      } finally {
        segment.release();
      }
    }
    return new Found(tail, recovery.validSize, recovery.nextOffset, recovery.index);
  }

  private void scanBatches(DiskFile file, int indexIntervalBytes) throws IOException {
    int size = segment.size();
    BatchScanner scanner = new BatchScanner(file, 0, size, BatchScanner.WALK_BUFFER);
    while (scanner.next()) {
      scanner.loadBatch();
      ByteBuffer buffer = scanner.buffer();
      int at = scanner.at();
      if (!isValid(buffer, at, scanner.sizeInBytes(), nextOffset)) {
        return;
      }
      index.add(buffer, at, scanner.position(), scanner.sizeInBytes(), indexIntervalBytes);
      nextOffset = RecordBatch.nextOffset(buffer, at);
      validSize = scanner.position() + scanner.sizeInBytes();
    }
  }

  private boolean isValid(ByteBuffer buffer, int at, int sizeInBytes, long leastOffset) {
    return hasPossibleOffsets(buffer, at, leastOffset)
        && RecordBatch.computedCrc(buffer, at, sizeInBytes) == RecordBatch.storedCrc(buffer, at);
  }

  private boolean hasPossibleOffsets(ByteBuffer buffer, int at, long leastOffset) {
    int delta = RecordBatch.lastOffsetDelta(buffer, at);
    long base = RecordBatch.baseOffset(buffer, at);
    long relativeLast = base + delta - segment.baseOffset();
    return base >= leastOffset
        && delta >= 0
        && relativeLast >= 0
        && relativeLast <= Integer.MAX_VALUE;
  }

  private Tail classify(DiskFile file) throws IOException {
    int size = segment.size();
    if (validSize == size) {
      return Tail.WHOLE;
    }
    if (!hasValidBatchFrom(file, validSize, size)) {
      return Tail.TORN;
    }
    return new LostPages(file, validSize, size, nextOffset).found()
        ? Tail.LOST_PAGES
        : Tail.CORRUPT;
  }

  /**
   * Looks at every byte, because the length of a damaged batch can't be trusted. Nor can its
   * offset, which no checksum covers: a batch counts if it may be in this segment at all. One that
   * starts right here counts too: whole, but below the offsets before it, is no crash's doing.
   */
  private boolean hasValidBatchFrom(DiskFile file, int from, int size) throws IOException {
    ByteBuffer window = ByteBuffer.allocate(BatchScanner.WALK_BUFFER);
    int position = from;
    while (size - position >= RecordBatch.HEADER_SIZE) {
      window.clear().limit(Math.min(window.capacity(), size - position));
      file.readFully(window, position);
      int starts = window.limit() - RecordBatch.HEADER_SIZE + 1;
      for (int at = 0; at < starts; at++) {
        if (looksLikeHeader(window, at, size - position - at)
            && isValidBatch(file, position + at, RecordBatch.sizeInBytes(window, at))) {
          return true;
        }
      }
      position += starts;
    }
    return false;
  }

  private boolean looksLikeHeader(ByteBuffer window, int at, int available) {
    int claimed = RecordBatch.sizeInBytes(window, at);
    return RecordBatch.magic(window, at) == RecordBatch.MAGIC_V2
        && claimed >= RecordBatch.HEADER_SIZE
        && claimed <= available
        && hasPossibleOffsets(window, at, segment.baseOffset());
  }

  private boolean isValidBatch(DiskFile file, int position, int sizeInBytes) throws IOException {
    ByteBuffer batch = ByteBuffer.allocate(sizeInBytes);
    file.readFully(batch, position);
    return isValid(batch, 0, sizeInBytes, segment.baseOffset());
  }
}
