package io.tailrace.broker;

import io.tailrace.env.Disk;
import io.tailrace.env.DiskFile;
import io.tailrace.testkit.ForwardingDisk;
import io.tailrace.testkit.ForwardingFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk whose syncs of some segment files are counted, and wait while a test holds them. */
final class SlowDisk extends ForwardingDisk {
  private final String folder;
  private final Semaphore gate = new Semaphore(1);
  private final AtomicInteger begun = new AtomicInteger();

  /**
   * @param folder syncs of {@code .log} files in folders of this name are held
   */
  SlowDisk(Disk disk, String folder) {
    super(disk);
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
    return new ForwardingFile(super.open(path, mode)) {
      @Override
      public void sync() throws IOException {
        await(path);
        super.sync();
      }
    };
  }
}
