package io.tailrace.testkit;

import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A file of a {@link SimDisk}, opened by a process that may have died since. */
final class SimDiskFile implements DiskFile {
  private final SimDisk disk;
  private final Path path;
  private final SimFile file;
  private final boolean writable;
  private final long bornIn;
  private boolean open = true;

  SimDiskFile(SimDisk disk, Path path, SimFile file, boolean writable, long bornIn) {
    this.disk = disk;
    this.path = path;
    this.file = file;
    this.writable = writable;
    this.bornIn = bornIn;
  }

  private void check(boolean write) throws IOException {
    if (!open || bornIn != disk.life()) {
      throw new ClosedChannelException();
    }
    if (write && !writable) {
      throw new NonWritableChannelException();
    }
  }

  @Override
  public long size() throws IOException {
    synchronized (disk) {
      check(false);
      disk.failOpen("size", path);
      return file.length();
    }
  }

  @Override
  public int read(ByteBuffer target, long position) throws IOException {
    synchronized (disk) {
      check(false);
      disk.failOpen("read", path);
      if (position >= file.length()) {
        return target.hasRemaining() ? -1 : 0;
      }
      byte[] bytes = new byte[target.remaining()];
      int n = file.read(bytes, 0, bytes.length, (int) position);
      target.put(bytes, 0, n);
      return n;
    }
  }

  @Override
  public void write(ByteBuffer source, long position) throws IOException {
    synchronized (disk) {
      check(true);
      byte[] bytes = new byte[source.remaining()];
      source.get(bytes);
      write(bytes, position);
    }
  }

  @Override
  public void write(ByteBuffer[] sources, int count, long position) throws IOException {
    synchronized (disk) {
      check(true);
      int length = 0;
      for (int i = 0; i < count; i++) {
        length += sources[i].remaining();
      }
      ByteBuffer gathered = ByteBuffer.allocate(length);
      for (int i = 0; i < count; i++) {
        gathered.put(sources[i]);
      }
      write(gathered.array(), position);
    }
  }

  private void write(byte[] bytes, long position) throws IOException {
    @Nullable DiskFault fault = disk.nextFault("write", path);
    if (fault == DiskFault.IO_ERROR || fault == DiskFault.INTERRUPTED) {
      throw fault.error();
    }
    int fits = fault == null ? bytes.length : bytes.length / 2;
    long growth = Math.max(0, position + fits - file.room());
    boolean full = growth > 0 && growth > disk.usableBytes(path);
    if (full) {
      fits = (int) Math.max(0, fits - (growth - Math.max(0, disk.usableBytes(path))));
    }
    file.write(bytes, 0, fits, Math.toIntExact(position));
    file.changedAt(disk.nowMs());
    if (full) {
      throw DiskFault.NO_SPACE.error();
    }
    if (fault != null) {
      throw fault.error();
    }
  }

  @Override
  public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
    byte[] bytes;
    int n;
    synchronized (disk) {
      check(false);
      disk.failOpen("transferTo", path);
      bytes = new byte[(int) Math.min(count, Math.max(0, file.length() - position))];
      n = Math.max(0, file.read(bytes, 0, bytes.length, (int) position));
    }
    return target.write(ByteBuffer.wrap(bytes, 0, n));
  }

  @Override
  public void truncate(long size) throws IOException {
    synchronized (disk) {
      check(true);
      disk.failOpen("truncate", path);
      file.truncate((int) size);
      file.changedAt(disk.nowMs());
    }
  }

  @Override
  public void sync() throws IOException {
    synchronized (disk) {
      check(false);
      DiskFault fault = disk.nextFault("sync", path);
      if (fault == DiskFault.IO_ERROR || fault == DiskFault.SHORT_WRITE) {
        file.failToSync();
      }
      if (fault != null && fault != DiskFault.NO_SPACE) {
        throw fault.error();
      }
      file.sync();
    }
  }

  /** As a kernel that does: all or nothing of it, and never beyond the disk's capacity. */
  @Override
  public void preallocate(long length) {
    synchronized (disk) {
      if (open && bornIn == disk.life() && length - file.room() <= disk.usableBytes(path)) {
        file.reserve(Math.toIntExact(length));
      }
    }
  }

  @Override
  public void releasePreallocated(long size) throws IOException {
    synchronized (disk) {
      check(true);
      disk.failOpen("releasePreallocated", path);
      if (size == file.length()) {
        file.releaseReserved();
      }
    }
  }

  @Override
  public void close() {
    synchronized (disk) {
      if (open) {
        open = false;
        disk.closed(bornIn);
      }
    }
  }
}
