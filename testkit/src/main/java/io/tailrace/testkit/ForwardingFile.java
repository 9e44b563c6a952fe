package io.tailrace.testkit;

import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;

/** Does what another file does, save for what a subclass changes. */
public abstract class ForwardingFile implements DiskFile {
  private final DiskFile file;

  protected ForwardingFile(DiskFile file) {
    this.file = file;
  }

  @Override
  public long size() throws IOException {
    return file.size();
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    return file.read(target, position);
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    file.write(source, position);
  }

  @Override
  public void write(ByteBuffer[] sources, int count, long position) throws IOException {
    file.write(sources, count, position);
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    return file.transferTo(position, count, target);
  }

  @Override
  public void truncate(long size) throws IOException {
    file.truncate(size);
  }

  @Override
  public void sync() throws IOException {
    file.sync();
  }

  @Override
  public boolean isCached(long position, long length) {
    return file.isCached(position, length);
  }

  @Override
  public boolean isUncached(long position, long length) {
    return file.isUncached(position, length);
  }

  @Override
  public void warm(long position, long length) throws IOException {
    file.warm(position, length);
  }

  @Override
  public void dropFromCache(long position, long length) {
    file.dropFromCache(position, length);
  }

  @Override
  public void startWriteback(long position, long length) {
    file.startWriteback(position, length);
  }

  @Override
  public void preallocate(long length) {
    file.preallocate(length);
  }

  @Override
  public void releasePreallocated(long size) throws IOException {
    file.releasePreallocated(size);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
