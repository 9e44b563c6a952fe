package io.tailrace.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** A file of the machine, through {@link FileChannel}. */
final class SystemDiskFile implements DiskFile {
  private final FileChannel channel;

  SystemDiskFile(FileChannel channel) {
    this.channel = channel;
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
  public void close() throws IOException {
    channel.close();
  }
}
