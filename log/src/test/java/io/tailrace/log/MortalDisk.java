package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.DiskFile;
import io.tailrace.testkit.ForwardingDisk;
import io.tailrace.testkit.ForwardingFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The machine's disk as a process sees it that can die: its open files and locks end with it. */
final class MortalDisk extends ForwardingDisk {
  private final List<MortalFile> files = new ArrayList<>();
  private final List<AutoCloseableLock> locks = new ArrayList<>();

  MortalDisk(Disk disk) {
    super(disk);
  }

  /** Closes all that is open; who holds it can do nothing with it any more. */
  void kill() {
    try {
      for (MortalFile file : List.copyOf(files)) {
        file.close();
      }
      for (AutoCloseableLock lock : locks) {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    locks.clear();
  }

  int openFiles() {
    return files.size();
  }

  @Override
  public DiskFile open(Path path, OpenMode mode) throws IOException {
    MortalFile file = new MortalFile(super.open(path, mode));
    files.add(file);
    return file;
  }

  @Override
  public @Nullable AutoCloseableLock lock(Path path) throws IOException {
    AutoCloseableLock lock = super.lock(path);
    if (lock != null) {
      locks.add(lock);
    }
    return lock;
  }

  private final class MortalFile extends ForwardingFile {
    MortalFile(DiskFile file) {
      super(file);
    }

    @Override
    public void close() throws IOException {
      files.remove(this);
      super.close();
    }
  }
}
