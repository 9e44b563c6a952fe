package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts a cleaned segment in the place of those it was made of, over a crash at any point. Names and
 * their meaning are Kafka's:
 *
 * <pre>
 *   on disk                                       what a load does
 *   X.log.cleaned, all old segments               deletes it
 *   X.log.swap, whole and synced, and any of      deletes what is left of those that start
 *     the old segments                            within its offsets, renames it to X.log
 *   X.log                                         nothing: it is done
 * </pre>
 *
 * A cleaned segment ends at the offset at which the last old one did (it keeps that batch, if need
 * be without records), so its offsets tell exactly what it replaces.
 */
final class SegmentSwap {
  static final String CLEANED = ".cleaned";
  static final String SWAP = ".swap";

  private static final Logger LOG = System.getLogger(SegmentSwap.class.getName());

  private SegmentSwap() {}

  /**
   * Takes both locks; appends wait for one rename. Reads see the old segments or the cleaned one.
   *
   * @throws CleaningAbortedException if the log no longer has all of the old ones
   * @throws IOException if the cleaned one could not be put in their place: nothing has changed
   * @throws LogOfflineException if it could, and the disk has failed after that: a load finishes it
   */
  static void swapIn(LogState state, LogSegment[] old, LogSegment cleaned)
      throws CleaningAbortedException, LogOfflineException, IOException {
    state.appendLock.lock();
    state.flushLock.lock();
    try {
      try {
        if (state.offlineReason() != null || !state.segments.hold(old)) {
          throw new CleaningAbortedException(state.name + " has changed");
        }
        cleaned.rename(SWAP);
        state.segments.replace(old, cleaned);
        for (LogSegment segment : old) {
          segment.close();
        }
      } finally {
        state.appendLock.unlock();
      }
      finish(state, old, cleaned);
    } finally {
      state.flushLock.unlock();
    }
  }

  /** Under the flush lock, which guards all files that are not appended to. */
  private static void finish(LogState state, LogSegment[] old, LogSegment cleaned)
      throws LogOfflineException {
    Disk disk = state.context.disk();
    try {
      disk.syncDirectory(state.directory);
      putAway(state, old);
      deleteIndexes(disk, state.directory, cleaned.baseOffset());
      disk.syncDirectory(state.directory);
      cleaned.rename("");
    } catch (IOException e) {
      throw state.takeOffline(
          "putting %s in the place of %d segments failed: %s"
              .formatted(cleaned.path(), old.length, e.getMessage()),
          e);
    }
    try {
      cleaned.saveIndex(false);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "index of {0} not written: {1}", cleaned.path(), e.getMessage());
    }
  }

  /** The old files stay for {@code file.delete.delay.ms}, as when retention has taken them. */
  private static void putAway(LogState state, LogSegment[] old) throws IOException {
    DelayedDeletion deletions = state.context.deletions();
    long delayMs = state.config.cleanup().fileDeleteDelayMs();
    for (int i = 1; i < old.length; i++) {
      old[i].deleteLater(deletions, delayMs);
    }
    // What else has the first one's name is the cleaned one's now.
    deletions.rename(old[0].path(), delayMs);
  }

  private static void deleteIndexes(Disk disk, Path directory, long baseOffset) throws IOException {
    SegmentIndex.deleteFiles(disk, directory, baseOffset);
    deleteIfThere(disk, LogFiles.file(directory, baseOffset, LogFiles.TXN_INDEX));
  }

  static void deleteIfThere(Disk disk, Path file) throws IOException {
    try {
      disk.delete(file);
    } catch (NoSuchFileException e) {
      // never written, or gone
    }
  }

  /**
   * Finishes, or takes back, what a crash has left half done, before a log is loaded.
   *
   * @return the files that are there then, sorted
   */
  static List<Path> settle(Disk disk, Path directory) throws IOException {
    List<Path> files = disk.list(directory);
    List<Path> swaps = new ArrayList<>();
    boolean changed = false;
    for (Path file : files) {
      String name = LogFiles.name(file);
      if (name.endsWith(LogFiles.LOG + SWAP)) {
        swaps.add(file);
      } else if (name.endsWith(CLEANED) || name.endsWith(SWAP)) {
        // The latter are indexes, of Kafka's: made anew when needed.
        disk.delete(file);
        changed = true;
      }
    }
    for (Path swap : swaps) {
      finish(disk, directory, swap, files);
    }
    return changed || !swaps.isEmpty() ? disk.list(directory) : files;
  }

  private static void finish(Disk disk, Path directory, Path swap, List<Path> files)
      throws IOException {
    long base = LogFiles.offset(swap, LogFiles.LOG + SWAP);
    if (base < 0) {
      return;
    }
    long next = nextOffset(disk, swap, base);
    for (Path file : files) {
      long old = LogFiles.offset(file, LogFiles.LOG);
      if (old > base && old < next) {
        deleteIndexes(disk, directory, old);
        disk.delete(file);
      }
    }
    deleteIndexes(disk, directory, base);
    disk.syncDirectory(directory);
    disk.rename(swap, LogFiles.file(directory, base, LogFiles.LOG));
    LOG.log(Level.INFO, "{0}: took the place of the segments it was made of", swap);
  }

  private static long nextOffset(Disk disk, Path swap, long base) throws IOException {
    try (DiskFile file = disk.open(swap, OpenMode.READ)) {
      int size = Math.toIntExact(file.size());
      BatchScanner scanner = new BatchScanner(file, 0, size, BatchScanner.WALK_BUFFER);
      long next = base;
      while (scanner.next()) {
        next = RecordBatch.nextOffset(scanner.buffer(), scanner.at());
      }
      if (scanner.position() != size) {
        throw new BrokenSegmentException(
            "%s has no record batch at position %d, though it was synced; some of the segments it replaces may be gone. Restore it from a backup, or move it away to go on with those that are left"
                .formatted(swap, scanner.position()));
      }
      return next;
    }
  }
}
