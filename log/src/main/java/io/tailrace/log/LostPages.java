package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Tells pages that a power loss kept from the disk: they read as zeros, from the start or to the
 * end of a page. Looks at one damaged batch.
 */
final class LostPages {
  private static final int PAGE = 4096;

  /** Fewer zeros than this may be part of a good header. */
  private static final int TELLING = 17;

  private final DiskFile file;
  private final int position;
  private final int size;
  private final long expectedOffset;

  /**
   * @param position of the first bad batch
   * @param size of the file
   * @param expectedOffset the batch's base offset is at least this
   */
  LostPages(DiskFile file, int position, int size, long expectedOffset) {
    this.file = file;
    this.position = position;
    this.size = size;
    this.expectedOffset = expectedOffset;
  }

  /**
   * @param intact the batch's checksum is right: only what no checksum covers, its first bytes, can
   *     be missing
   */
  boolean found(boolean intact) throws IOException {
    int from = position;
    int to = position + (intact ? 1 : claimedSize());
    while (from < to) {
      // What follows the batch in a lost page is lost, too.
      int pageEnd = (int) Math.min(size, (from / PAGE + 1L) * PAGE);
      if (isZero(from, pageEnd) && (pageEnd - from >= TELLING || hasWrongOffset())) {
        return true;
      }
      from = pageEnd;
    }
    return false;
  }

  /** Size of the batch if its header tells a possible one, else up to the next page's end. */
  private int claimedSize() throws IOException {
    int rest = size - position;
    if (rest >= RecordBatch.HEADER_SIZE) {
      int claimed = RecordBatch.sizeInBytes(read(position, RecordBatch.HEADER_SIZE), 0);
      if (claimed >= RecordBatch.HEADER_SIZE && claimed <= rest) {
        return claimed;
      }
    }
    return Math.min(rest, 2 * PAGE - position % PAGE);
  }

  private boolean hasWrongOffset() throws IOException {
    return read(position, RecordBatch.HEADER_SIZE).getLong(0) < expectedOffset;
  }

  private boolean isZero(int from, int to) throws IOException {
    ByteBuffer bytes = read(from, to - from);
    for (int i = 0; i < bytes.limit(); i++) {
      if (bytes.get(i) != 0) {
        return false;
      }
    }
    return true;
  }

  private ByteBuffer read(int from, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    file.readFully(bytes, from);
    return bytes;
  }
}
