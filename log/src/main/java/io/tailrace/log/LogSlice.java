package io.tailrace.log;

import io.tailrace.env.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.BooleanSupplier;
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

  /** The slice's bytes from index 0 on, if they have been read already. */
  private final @Nullable ByteBuffer bytes;

  /** Takes over one {@link LogSegment#acquire}. */
  LogSlice(
      @Nullable LogSegment segment,
      @Nullable DiskFile file,
      int position,
      int size,
      @Nullable ByteBuffer bytes) {
    this.segment = segment;
    this.file = file;
    this.position = position;
    this.size = size;
    this.bytes = bytes;
  }

  /** A slice of nothing. */
  static LogSlice empty() {
    return new LogSlice(null, null, 0, 0, null);
  }

  public int sizeInBytes() {
    return size;
  }

  /** Where a byte of the slice lies, for messages. */
  public String place(int at) {
    return segment == null
        ? "no file"
        : "%s at position %d".formatted(segment.path(), position + at);
  }

  /**
   * Sends as much as the channel takes of the slice's bytes from {@code done} on.
   *
   * @param maxBytes and no more than that
   * @return bytes sent; 0 if the channel is full
   * @throws EOFException if the log has been truncated below the slice's end meanwhile
   */
  public long transferTo(WritableByteChannel target, int done, int maxBytes) throws IOException {
    if (file == null) {
      return 0;
    }
    int most = Math.min(maxBytes, size - done);
    long sent = file.transferTo((long) position + done, most, target);
    if (sent == 0 && most > 0) {
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

  /**
   * Fills the remaining space of a buffer with the slice's bytes from {@code from} on, if that can
   * be done without waiting for the disk.
   *
   * @return whether it is filled; if not, its position is where it was
   */
  public boolean readIfCached(ByteBuffer target, int from) throws IOException {
    int length = target.remaining();
    if (bytes != null) {
      target.put(target.position(), bytes, from, length).position(target.position() + length);
      return true;
    }
    LogSegment of = segment;
    if (of == null || file == null) {
      return false;
    }
    return of.pages().readIfCached(file, target, position + from);
  }

  /**
   * Whether these bytes of the slice can be sent or read without waiting for the disk. Costs a
   * microsecond or two, nothing just behind an appender.
   */
  public boolean isCached(int from, int length) {
    LogSegment of = segment;
    return of == null || file == null || of.pages().isCached(file, position + from, length);
  }

  /**
   * A task for a thread that may wait for the disk: brings these bytes into the page cache, unless
   * they are no longer wanted when it runs. It must be run once, because it holds the file until
   * then, also if the slice is released before.
   */
  public Runnable warming(int from, int length, BooleanSupplier wanted) {
    LogSegment of = segment;
    if (of == null || file == null) {
      return () -> {};
    }
    return of.pages().warming(file, position + from, length, wanted);
  }

  /**
   * To be asked when these bytes (at most 1 MiB) are going to be sent: a task like {@link #warming}
   * that reads ahead of a scan of cold data, and drops behind it what was read for it alone.
   *
   * @return null if there is nothing to do
   */
  public @Nullable Runnable scanWork(int from, int length, BooleanSupplier wanted) {
    LogSegment of = segment;
    return of == null || file == null
        ? null
        : of.pages().scanWork(file, position + from, length, wanted);
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
