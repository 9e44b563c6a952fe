package io.tailrace.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/**
 * A file of the machine, through {@link FileChannel}, and {@link FileHints} for what that lacks.
 */
final class SystemDiskFile implements DiskFile {
  private final FileChannel channel;
  private final FileHints hints;

  SystemDiskFile(FileChannel channel, FileHints hints) {
    this.channel = channel;
    this.hints = hints;
  }

  @Override
  public long size() throws IOException {
    return channel.size();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return channel.read(target, position);
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    long next = position;
    while (source.hasRemaining()) {
      next += channel.write(source, next);
    }
  }

  /**
   * {@link FileChannel} gathers only at its own position, so the position is set first (lseek); an
   * appender that writes gather after gather finds it where it left it, but the JDK keeps no copy
   * to compare with, and a call costs 0.3 µs.
   */
  @Override
  public void write(ByteBuffer[] sources, int count, long position) throws IOException {
    if (count == 1) {
      write(sources[0], position);
      return;
    }
    long left = 0;
    for (int i = 0; i < count; i++) {
      left += sources[i].remaining();
    }
    channel.position(position);
    while (left > 0) {
      left -= channel.write(sources, 0, count);
    }
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return channel.transferTo(position, count, target);
  }

  @Override
  public void truncate(long size) throws IOException {
    channel.truncate(size);
  }

  @Override
  public void sync() throws IOException {
    channel.force(false);
  }

  @Override
  public boolean isCached(long position, long length) {
    return hints.isCached(position, length);
  }

  @Override
  public boolean readIfCached(ByteBuffer target, long position) {
    return hints.readIfCached(target, position);
  }

  @Override
  public boolean isUncached(long position, long length) {
    return hints.isUncached(position, length);
  }

  /**
   * Starts the reading of it all at once, then waits by touching it. The kernel may have read less
   * than it was told to, so what is missing still is read in full.
   */
  @Override
  public void warm(long position, long length) throws IOException {
    if (hints.willNeed(position, length)) {
      touch(position, length);
    }
    if (!hints.isCached(position, length)) {
      DiskFile.super.warm(position, length);
    }
  }

  private void touch(long position, long length) throws IOException {
    ByteBuffer one = ByteBuffer.allocate(1);
    for (long done = 0; done < length; done += WARM_BYTES) {
      channel.read(one.clear(), position + done);
    }
    channel.read(one.clear(), position + length - 1);
  }

  @Override
  public void dropFromCache(long position, long length) {
    hints.dontNeed(position, length);
  }

  @Override
  public void startWriteback(long position, long length) {
    hints.startWriteback(position, length);
  }

  @Override
  public void preallocate(long length) {
    hints.preallocate(length);
  }

  /** Not through the channel, which leaves a file alone that has that size already. */
  @Override
  public void releasePreallocated(long size) throws IOException {
    if (channel.size() == size) {
      hints.releaseBehind(size);
    }
  }

  @Override
  public void close() throws IOException {
    hints.close();
    channel.close();
  }
}
