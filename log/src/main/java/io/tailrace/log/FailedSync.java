package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Remembers beside a log that a sync of one of its segments has failed. The kernel then takes the
 * pages for clean: the next process finds all bytes in the page cache, with good checksums, and a
 * sync of its own succeeds, though the disk may have none of them. So it writes them once more
 * first, which makes the pages dirty, and its sync means something.
 *
 * <p>The mark is not synced, and need not be: it lies in the same memory as those bytes, and when a
 * power loss takes both, recovery reads what the disk really has. What nobody can know: whether a
 * page has been read anew from the disk in between; its checksum tells then. And if the disk takes
 * no mark either, the log says so: reboot before the next start.
 */
final class FailedSync {
  static final String MARK = "sync-failed";

  private static final Logger LOG = System.getLogger(FailedSync.class.getName());
  private static final int BUFFER = 1 << 20;

  private FailedSync() {}

  /** Best effort: the disk is failing. */
  static void mark(Disk disk, Path directory) {
    try {
      disk.open(directory.resolve(MARK), OpenMode.CREATE).close();
    } catch (IOException e) {
      LOG.log(
          Level.ERROR,
          "a sync in {0} has failed, and that can''t be noted there ({1}): reboot the machine"
              + " before the broker is started again, so that it sees what the disk really has",
          directory,
          e.getMessage());
    }
  }

  /**
   * If a sync had failed: writes all that was not known to be synced once more, and syncs it.
   *
   * @param segments of the log; nobody else uses them
   * @throws IOException if it fails again; the mark stays
   */
  static void heal(Disk disk, Path directory, LogSegment[] segments, long recoveryPoint)
      throws IOException {
    Path mark = directory.resolve(MARK);
    if (!disk.exists(mark)) {
      return;
    }
    LOG.log(
        Level.WARNING, "{0}: a sync had failed, so the unsynced part is written anew", directory);
    for (int i = 0; i < segments.length; i++) {
      boolean synced = i + 1 < segments.length && segments[i + 1].baseOffset() <= recoveryPoint;
      if (!synced) {
        rewrite(segments[i]);
      }
    }
    LogFiles.syncNames(disk, directory);
    disk.delete(mark);
  }

  private static void rewrite(LogSegment segment) throws IOException {
    DiskFile file = segment.acquire();
    try {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      int size = segment.size();
      for (int at = 0; at < size; at += buffer.limit()) {
        buffer.clear().limit(Math.min(BUFFER, size - at));
        file.readFully(buffer, at);
        file.write(buffer.flip(), at);
      }
      file.sync();
    } finally {
      segment.release();
    }
  }
}
