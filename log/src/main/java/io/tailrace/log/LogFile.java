package io.tailrace.log;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A segment's file, open while it is used and for some time after. Each {@link #acquire} is paired
 * with one {@link #release}; in between the file stays open and readable, whatever happens to its
 * name. Safe for use by many threads.
 */
final class LogFile {
  private static final Logger LOG = System.getLogger(LogFile.class.getName());

  private final OpenFiles openFiles;
  private Path path; // guarded by this, as all that is not final
  private boolean isNew;
  private @Nullable DiskFile file;
  private int users;
  private boolean usedLately;
  private boolean retired;

  /** Room for the first so many bytes has been asked for; 0 if it has not. */
  private long reserved;

  /**
   * @param isNew made empty at first use, whatever is there under its name
   */
  LogFile(OpenFiles openFiles, Path path, boolean isNew) {
    this.openFiles = openFiles;
    this.path = path;
    this.isNew = isNew;
  }

  synchronized Path path() {
    return path;
  }

  /** Gives the file another name; whoever has it open keeps it. */
  synchronized void rename(Path to) throws IOException {
    openFiles.disk.rename(path, to);
    path = to;
  }

  /**
   * Opens the file if it is not.
   *
   * @throws ClosedChannelException after {@link #retire}
   */
  DiskFile acquire() throws IOException {
    DiskFile acquired;
    synchronized (this) {
      if (retired) {
        throw new ClosedChannelException();
      }
      usedLately = true;
      users++;
      if (file != null) {
        return file;
      }
      try {
        acquired = open();
      } catch (IOException e) {
        users--;
        throw e;
      }
      file = acquired;
    }
    openFiles.opened(this);
    return acquired;
  }

  /** One more {@link #release} will come, of a file that the caller has acquired. */
  synchronized void retain() {
    users++;
  }

  private DiskFile open() throws IOException {
    if (!isNew) {
      return openFiles.disk.open(path, OpenMode.WRITE);
    }
    DiskFile created = openFiles.disk.open(path, OpenMode.CREATE);
    try {
      created.truncate(0);
    } catch (IOException e) {
      created.close();
      throw e;
    }
    isNew = false;
    return created;
  }

  synchronized void release() {
    users--;
    if (retired && users == 0) {
      closeNow();
    }
  }

  /** The log has no more use for the file; whoever holds it keeps it until release. */
  synchronized void retire() {
    retired = true;
    if (users == 0) {
      closeNow();
    }
  }

  /**
   * Takes over a new, empty file of this name, which is open, with room for {@code length} bytes.
   */
  void adopt(DiskFile opened, long length) {
    synchronized (this) {
      file = opened;
      isNew = false;
      usedLately = true;
      reserved = length;
    }
    openFiles.opened(this);
  }

  synchronized long reserved() {
    return reserved;
  }

  /** Gives back the room behind {@code size}, which nobody adds to any more, as in Kafka. */
  void giveBack(long size) throws IOException {
    DiskFile target = acquire();
    try {
      target.releasePreallocated(size);
      synchronized (this) {
        reserved = 0;
      }
    } finally {
      release();
    }
  }

  synchronized boolean isOpen() {
    return file != null;
  }

  /** Whether the file is closed now; if not, it was used since the last call. */
  synchronized boolean closeUnlessUsed() {
    if (users > 0 || (usedLately && !retired)) {
      usedLately = false;
      return false;
    }
    closeNow();
    return true;
  }

  private void closeNow() {
    DiskFile closing = file;
    file = null;
    if (closing == null) {
      return;
    }
    try (closing) {
      if (reserved > 0) {
        reserved = 0;
        closing.releasePreallocated(closing.size());
      }
    } catch (IOException e) {
      // Write and sync have reported whatever concerns the data; the descriptor is gone either way.
      LOG.log(Level.DEBUG, "close of " + path + " failed", e);
    }
  }
}
