package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The file of a log's next segment, made and opened before it is needed: a roll, on an event loop,
 * has only to rename it, instead of making an inode, opening it and looking at its size. (To rename
 * it later would leave acknowledged records in a file without their offset in its name.) Made by
 * the background thread, taken under the append lock.
 *
 * <p>Never holds a record before it has its own name. After a crash it is there under the name of a
 * temporary file, which the next start deletes, or as an empty segment.
 */
final class SpareFile {
  static final String NAME = "next-segment.tmp";

  private static final Logger LOG = System.getLogger(SpareFile.class.getName());

  private final Disk disk;
  private final Path directory;
  private @Nullable DiskFile ready;

  /** The file still has its old name, under which nobody must open it any more. */
  private boolean renaming;

  private boolean discarded;

  SpareFile(Disk disk, Path directory) {
    this.disk = disk;
    this.directory = directory;
  }

  private Path path() {
    return directory.resolve(NAME);
  }

  /**
   * Makes the file, if there is none; failing that, the roll makes it.
   *
   * @param reserved bytes of room; the first hint must come before the file changes its name
   */
  void prepare(long reserved) {
    if (!isWanted()) {
      return;
    }
    DiskFile made = null;
    try {
      made = disk.open(path(), OpenMode.CREATE);
      made.truncate(0);
      made.preallocate(reserved);
      if (keep(made)) {
        made = null;
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} not made: {1}", path(), e.getMessage());
    }
    if (made != null) {
      drop(made);
    }
  }

  private synchronized boolean isWanted() {
    return !discarded && !renaming && ready == null;
  }

  private synchronized boolean keep(DiskFile made) {
    if (!isWanted()) {
      return false;
    }
    ready = made;
    return true;
  }

  /** The file, open, empty, and renamed; null if it is not there, or could not be renamed. */
  @Nullable DiskFile take(Path name) {
    DiskFile taken = poll();
    if (taken == null) {
      return null;
    }
    try {
      disk.rename(path(), name);
      return taken;
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} not renamed to {1}: {2}", path(), name, e.getMessage());
      drop(taken);
      return null;
    } finally {
      renamed();
    }
  }

  private synchronized @Nullable DiskFile poll() {
    DiskFile taken = ready;
    ready = null;
    renaming = taken != null;
    return taken;
  }

  private synchronized void renamed() {
    renaming = false;
  }

  /** The log ends: takes the file away, for good. */
  void discard() {
    synchronized (this) {
      discarded = true;
    }
    DiskFile left = poll();
    if (left != null) {
      drop(left);
    }
  }

  private void drop(DiskFile file) {
    try {
      file.close();
      disk.delete(path());
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} not deleted: {1}", path(), e.getMessage());
    }
  }
}
