package io.tailrace.env;

import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/**
 * An open file. Reads and {@link #transferTo} may run on many threads beside one writer.
 *
 * <p>A completed write is in the page cache: it survives the death of the process. A completed
 * {@link #sync} makes all completed writes survive a power loss. After an exception from a write,
 * any part of the bytes may be in the file. After an exception from {@link #sync} the unsynced
 * bytes must be taken for lost: the kernel may have dropped them, and a second sync would lie.
 */
public interface DiskFile extends Closeable {
  /** What {@link #warm} reads at a time where the platform offers nothing better. */
  int WARM_BYTES = 64 << 10;

  /** Length in bytes. */
  long size() throws IOException;

  /**
   * Reads into the remaining space of {@code target}, as far as the file goes.
   *
   * @return bytes read, −1 at or behind the end of the file
   */
  int read(ByteBuffer target, long position) throws IOException;

  /** Fills the remaining space of {@code target}; {@link EOFException} if the file ends before. */
  default void readFully(ByteBuffer target, long position) throws IOException {
    long next = position;
    while (target.hasRemaining()) {
      int n = read(target, next);
      if (n < 0) {
        throw new EOFException("end of file at " + next + ", " + target.remaining() + " missing");
      }
      next += n;
    }
  }

  /** Writes all remaining bytes of {@code source} at {@code position}. */
  void write(ByteBuffer source, long position) throws IOException;

  /**
   * Writes all remaining bytes of {@code sources[0]} to {@code sources[count - 1]}, one behind the
   * other from {@code position}, in as few system calls as the platform allows (writev).
   */
  void write(ByteBuffer[] sources, int count, long position) throws IOException;

  /**
   * Sends bytes from the file to a channel; with a plain socket channel of the JDK the kernel does
   * it (sendfile) and no byte passes through the process.
   *
   * @return bytes sent; fewer than {@code count} if the socket is full or the file ends
   */
  long transferTo(long position, long count, WritableByteChannel target) throws IOException;

  /** Cuts the file to {@code size} bytes; nothing happens if it is not longer. */
  void truncate(long size) throws IOException;

  /** Makes all completed writes durable (fdatasync). */
  void sync() throws IOException;

  /**
   * Whether all of a range is in the page cache, so that reading it does not wait for the disk.
   * Costs a microsecond or two and starts no I/O. False where the platform can't tell, and as long
   * as the process has not given any other hint, because the first one takes some milliseconds.
   */
  default boolean isCached(long position, long length) {
    return false;
  }

  /**
   * Fills the remaining space of {@code target} if it can do so without waiting for the disk, as
   * {@link #isCached} tells, which needs not be asked before.
   *
   * @return whether it is filled; if not, its position is where it was
   */
  default boolean readIfCached(ByteBuffer target, long position) throws IOException {
    if (!isCached(position, target.remaining())) {
      return false;
    }
    readFully(target, position);
    return true;
  }

  /**
   * Whether none of a range is in the page cache: whoever reads it is the first. False where the
   * platform can't tell.
   */
  default boolean isUncached(long position, long length) {
    return false;
  }

  /** Brings a range into the page cache, and waits until it is there. */
  default void warm(long position, long length) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(WARM_BYTES);
    long end = position + length;
    for (long at = position; at < end; at += buffer.position()) {
      buffer.clear().limit((int) Math.min(WARM_BYTES, end - at));
      if (read(buffer, at) <= 0) {
        return;
      }
    }
  }

  /**
   * Says that the cached pages of a range will not be needed again. Only a hint: pages that are not
   * written back yet stay, and so do large pages (up to megabytes) that reach beyond the range.
   */
  default void dropFromCache(long position, long length) {}

  /**
   * Begins to write back a range, so that a later {@link #sync} finds little to do. Only a hint, no
   * durability; may wait for the disk's queue, so never call it on a thread that must not wait.
   */
  default void startWriteback(long position, long length) {}

  /**
   * Reserves room on the disk for the first {@code length} bytes without changing the file's size.
   * Only a hint: what can't be reserved is not.
   */
  default void preallocate(long length) {}

  /**
   * Gives back the room that is reserved behind the end of the file, if that is at {@code size};
   * closing the file does not. Nobody may write to the file meanwhile.
   */
  default void releasePreallocated(long size) throws IOException {}
}
