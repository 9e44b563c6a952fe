package io.tailrace.log;

import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Steps from batch to batch through a part of a segment file. Reads in pieces of a bounded buffer,
 * and of a batch that does not fit into it only the header, so that walking over large batches
 * costs one small read each. For one thread.
 *
 * <pre>
 *   while (scanner.next()) { … scanner.buffer(), scanner.at(), scanner.position() … }
 *   scanner.position() is now where the whole batches end
 * </pre>
 */
final class BatchScanner {
  /** Enough for the headers between two entries of an index with the default interval. */
  static final int LOOKUP_BUFFER = 8 * 1024;

  /** For walks over whole segments. */
  static final int WALK_BUFFER = 128 * 1024;

  private final DiskFile file;
  private final int end;
  private boolean mayWait = true;
  private ByteBuffer buffer;
  private int bufferPosition;
  private int position;
  private int size;

  /**
   * @param position where a batch starts
   * @param end the file counts up to here
   */
  BatchScanner(DiskFile file, int position, int end, int bufferSize) {
    this.file = file;
    this.position = position;
    this.end = end;
    this.buffer = ByteBuffer.allocate(Math.max(RecordBatch.HEADER_SIZE, bufferSize)).limit(0);
    this.bufferPosition = position;
  }

  /** With false, {@link ColdBytesException} is thrown instead of waiting for the disk. */
  BatchScanner mayWait(boolean waits) {
    mayWait = waits;
    return this;
  }

  /**
   * Goes to the next batch.
   *
   * @return false if no whole batch follows: at the end of the file, or if the header's length or
   *     magic byte is impossible. Then {@link #position} is where that is.
   */
  boolean next() throws IOException {
    position += size;
    size = 0;
    if (end - position < RecordBatch.HEADER_SIZE) {
      return false;
    }
    load(RecordBatch.HEADER_SIZE);
    int claimed = RecordBatch.sizeInBytes(buffer, at());
    boolean possible =
        claimed >= RecordBatch.HEADER_SIZE
            && claimed <= end - position
            && RecordBatch.magic(buffer, at()) == RecordBatch.MAGIC_V2;
    size = possible ? claimed : 0;
    return possible;
  }

  /** Reads all of the current batch, so that {@link #buffer} holds its body too. */
  void loadBatch() throws IOException {
    load(size);
  }

  private void load(int bytes) throws IOException {
    int have = (int) Math.max(0, (long) bufferPosition + buffer.limit() - position);
    if (have >= bytes) {
      return;
    }
    buffer.position(buffer.limit() - have);
    buffer = buffer.capacity() < bytes ? ByteBuffer.allocate(bytes).put(buffer) : buffer.compact();
    buffer.limit(Math.min(buffer.capacity(), end - position));
    bufferPosition = position;
    if (mayWait) {
      file.readFully(buffer, position + have);
    } else if (!file.readIfCached(buffer, position + have)) {
      buffer.limit(0);
      throw new ColdBytesException();
    }
  }

  /** Holds the current batch's header, and its body after {@link #loadBatch}, at {@link #at}. */
  ByteBuffer buffer() {
    return buffer;
  }

  /** The file's bytes from one position to another; null if they are not in the buffer now. */
  @Nullable ByteBuffer bytes(int from, int to) {
    int start = from - bufferPosition;
    int length = to - from;
    return start >= 0 && start + length <= buffer.limit() ? buffer.slice(start, length) : null;
  }

  int at() {
    return position - bufferPosition;
  }

  /** Position of the current batch in the file. */
  int position() {
    return position;
  }

  int sizeInBytes() {
    return size;
  }
}
