package io.tailrace.log;

import io.tailrace.env.Disk;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;

/**
 * Makes a log durable: syncs its segments, oldest first, and writes the files beside them. Called
 * from any thread; one caller works, the others wait and mostly find their work done (group
 * commit).
 *
 * <p>After a power loss everything below {@link LogOffsets#flushed} is there. A failed sync takes
 * the log offline for good: the kernel has dropped the error with the pages, so that a second try
 * would report success for bytes that are lost.
 */
final class LogFlusher {
  private static final Logger LOG = System.getLogger(LogFlusher.class.getName());

  private final LogState state;

  /** Where the last snapshot of producers was made that no segment begins at; flush lock. */
  private long snapshotAt = -1;

  LogFlusher(LogState state) {
    this.state = state;
  }

  /** Syncs what lies below {@code offset}, and what more has come by the time it is its turn. */
  void flush(long offset) throws LogOfflineException {
    state.flushLock.lock();
    try {
      if (offset > state.offsets.flushed()) {
        state.checkOnline();
        sync(state.offsets.logEnd());
      }
    } finally {
      state.flushLock.unlock();
    }
  }

  /** Under the flush lock. Leaves segments alone that start at or behind {@code offset}. */
  private void sync(long offset) throws LogOfflineException {
    LogSegment last = state.segments.floor(state.offsets.flushed());
    LogSegment next = last;
    boolean newNames = false;
    try {
      while (next != null && next.baseOffset() < offset) {
        last = next;
        newNames |= last.sync();
        next = state.segments.after(last);
      }
      if (newNames) {
        LogFiles.syncNames(state.context.disk(), state.directory);
      }
      saveEpochs();
    } catch (IOException e) {
      throw state.takeOffline("fdatasync of " + last.path() + " failed: " + e.getMessage(), e);
    }
    state.offsets.flushedTo(offset);
  }

  /**
   * Finishes a segment after a roll. Only a failed sync is grave: the other files spare the next
   * start some work, and it does without them. Nothing is done if the roll has been undone by a
   * truncation meanwhile, or the segment has been taken away by retention or replaced by a cleaned
   * one.
   *
   * @param next the segment that the roll has started, and the producers at its start
   */
  void seal(LogSegment sealed, LogSegment next, byte[] producerSnapshot) {
    state.flushLock.lock();
    try {
      boolean inLog =
          state.segments.floor(sealed.baseOffset()) == sealed
              && state.segments.after(sealed) == next;
      if (!inLog || state.offlineReason() != null) {
        return;
      }
      giveBackRoom(sealed);
      saveBesides(sealed, next.baseOffset(), producerSnapshot);
      sync(next.baseOffset());
    } catch (LogOfflineException e) {
      LOG.log(Level.ERROR, e.getMessage(), e);
    } finally {
      state.flushLock.unlock();
    }
  }

  private static void giveBackRoom(LogSegment sealed) {
    try {
      if (sealed.reserved() > 0) {
        sealed.giveBackRoom();
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "{0} keeps its room until closed: {1}", sealed.path(), e.getMessage());
    }
  }

  private void saveBesides(LogSegment sealed, long nextBase, byte[] producerSnapshot) {
    try {
      sealed.saveIndex(true);
      saveSnapshot(nextBase, producerSnapshot);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "index or snapshot of {0} not written ({1}): tried again when the log is closed",
          sealed.path(),
          e.getMessage());
    }
  }

  /**
   * Writes a snapshot of producers where no segment need begin. Under the flush lock.
   *
   * @param offset what lies below is in the snapshot
   */
  void saveProducers(long offset, byte[] snapshot) throws IOException {
    saveSnapshot(offset, snapshot);
    deleteSnapshot(snapshotAt, offset);
    snapshotAt = offset;
  }

  /** The one before, unless a segment starts there, with which it will go. */
  private void deleteSnapshot(long offset, long newer) {
    boolean superseded =
        offset >= 0 && offset < newer && state.segments.floor(offset).baseOffset() != offset;
    if (superseded) {
      try {
        state.context.disk().delete(LogFiles.file(state.directory, offset, LogFiles.SNAPSHOT));
      } catch (IOException e) {
        LOG.log(Level.DEBUG, "{0}: old snapshot not deleted: {1}", state.name, e.getMessage());
      }
    }
  }

  private void saveSnapshot(long offset, byte[] content) throws IOException {
    Path file = LogFiles.file(state.directory, offset, LogFiles.SNAPSHOT);
    state.context.disk().replace(file, content);
  }

  /**
   * Writes the leader epochs if they have changed: before the recovery point moves on, because
   * recovery asks no batch before it for its epoch. No file is better than an old one.
   */
  private void saveEpochs() throws IOException {
    byte[] content = state.epochs.encodeIfChanged();
    if (content == null) {
      return;
    }
    Disk disk = state.context.disk();
    Path file = state.directory.resolve(LogFiles.LEADER_EPOCHS);
    try {
      disk.replace(file, content);
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} not written ({1}), tried again later", file, e.getMessage());
      state.epochs.setChanged();
      if (disk.exists(file)) {
        disk.delete(file);
      }
    }
  }

  /** Writes all that a start without recovery needs. Under both locks. */
  void finish() throws LogException {
    Disk disk = state.context.disk();
    long end = state.offsets.logEnd();
    sync(end);
    try {
      state.segments.active().syncCutBack();
      for (LogSegment segment : state.segments.all()) {
        segment.saveIndex(false);
      }
      if (!disk.exists(LogFiles.file(state.directory, end, LogFiles.SNAPSHOT))) {
        saveSnapshot(end, ProducerSnapshot.encode(state.producers.sorted()));
      }
    } catch (IOException e) {
      throw state.takeOffline("closing it failed: " + e.getMessage(), e);
    }
  }
}
