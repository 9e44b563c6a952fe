package io.tailrace.log;

import io.tailrace.env.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * A range of a segment file: whole record batches, ready to be sent as they lie on disk. Holds the
 * file open until {@link #release}, so that neither retention nor the closing of the log takes the
 * bytes away meanwhile. Owned by one thread at a time.
 */
public final class LogSlice {
  private @Nullable LogSegment segment;
  private final @Nullable DiskFile file;
  private final int position;
  private final int size;

  /** Takes over one {@link LogSegment#acquire}. */
  LogSlice(@Nullable LogSegment segment, @Nullable DiskFile file, int position, int size) {
    this.segment = segment;
    this.file = file;
    this.position = position;
    this.size = size;
  }

  /** A slice of nothing. */
  static LogSlice empty() {
    return new LogSlice(null, null, 0, 0);
  }

  public int sizeInBytes() {
    return size;
  }

  /**
   * Sends as much as the channel takes of the slice's bytes from {@code done} on.
   *
   * @return bytes sent; 0 if the channel is full
   * @throws EOFException if the log has been truncated below the slice's end meanwhile
   */
  public long transferTo(WritableByteChannel target, int done) throws IOException {
    if (file == null) {
      return 0;
    }
    long sent = file.transferTo((long) position + done, size - done, target);
    if (sent == 0 && done < size) {
      checkNotTruncated();
    }
    return sent;
  }

  /** Appends all bytes of the slice to a buffer. */
  public void readInto(ByteBuffer target) throws IOException {
    if (file == null) {
      return;
    }
    int limit = target.limit();
    target.limit(target.position() + size);
    file.readFully(target, position);
    target.limit(limit);
  }

  private void checkNotTruncated() throws EOFException {
    LogSegment from = segment;
    if (from != null && from.size() < position + size) {
      throw new EOFException(from.path() + " was cut to " + from.size() + " bytes");
    }
  }

  /** Ends the use of the slice; further calls do nothing. */
  public void release() {
    LogSegment from = segment;
    segment = null;
    if (from != null) {
      from.release();
    }
  }
}
