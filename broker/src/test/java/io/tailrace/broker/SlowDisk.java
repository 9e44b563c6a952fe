package io.tailrace.broker;

import io.tailrace.env.Disk;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A disk whose syncs of some segment files are counted, and wait while a test holds them. */
final class SlowDisk implements Disk {
  private final Disk disk;
  private final String folder;
  private final Semaphore gate = new Semaphore(1);
  private final AtomicInteger begun = new AtomicInteger();

  /**
   * @param folder syncs of {@code .log} files in folders of this name are held
   */
  SlowDisk(Disk disk, String folder) {
    this.disk = disk;
    this.folder = folder;
  }

  void holdSyncs() {
    gate.acquireUninterruptibly();
  }

  void letSyncsGo() {
    gate.release();
  }

  int syncsBegun() {
    return begun.get();
  }

  private void await(Path file) {
    boolean watched =
        file.toString().endsWith(".log")
            && String.valueOf(file.getParent().getFileName()).equals(folder);
    if (watched) {
      begun.incrementAndGet();
      gate.acquireUninterruptibly();
      gate.release();
    }
  }

  @Override
  public DiskFile open(Path path, OpenMode mode) throws IOException {
    DiskFile file = disk.open(path, mode);
    return new DiskFile() {
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
      public long transferTo(long position, long count, WritableByteChannel target)
          throws IOException {
        return file.transferTo(position, count, target);
      }

      @Override
      public void truncate(long size) throws IOException {
        file.truncate(size);
      }

      @Override
      public void sync() throws IOException {
        await(path);
        file.sync();
      }

      @Override
      public void close() throws IOException {
        file.close();
      }
    };
  }

  @Override
  public boolean exists(Path path) throws IOException {
    return disk.exists(path);
  }

  @Override
  public boolean isDirectory(Path path) throws IOException {
    return disk.isDirectory(path);
  }

  @Override
  public long size(Path file) throws IOException {
    return disk.size(file);
  }

  @Override
  public long lastModifiedMs(Path file) throws IOException {
    return disk.lastModifiedMs(file);
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public void delete(Path path) throws IOException {
    disk.delete(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    return disk.usableBytes(path);
  }

  @Override
  public long totalBytes(Path path) throws IOException {
    return disk.totalBytes(path);
  }

  @Override
  public @Nullable AutoCloseableLock lock(Path file) throws IOException {
    return disk.lock(file);
  }
}
