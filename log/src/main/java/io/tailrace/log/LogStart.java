package io.tailrace.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Raises a log's start, for retention and DeleteRecords, and lets go of the segments before it.
 * Called from any thread that may wait for the disk; appends wait for none of its syncs.
 *
 * <p>After a crash the start may be an older one, and segments be back, until the checkpoint has
 * been written; never is it one that was not yet, and never is there a gap: segments go one by one,
 * the oldest first, and only when the name of the one that the log then begins with is durable,
 * because that name is what tells a log without records where it is.
 */
final class LogStart {
  private static final Logger LOG = System.getLogger(LogStart.class.getName());

  private final LogState state;
  private final LogFlusher flusher;

  LogStart(LogState state, LogFlusher flusher) {
    this.state = state;
    this.flusher = flusher;
  }

  /**
   * Nothing happens if the log starts there or later.
   *
   * @throws OffsetOutOfRangeException if the offset is above the high watermark
   */
  void raiseTo(long offset) throws LogException {
    state.checkOnline();
    checkCommitted(offset);
    if (offset > state.offsets.logStart()) {
      // Or a power loss could give these offsets away once more.
      flusher.flush(offset);
      raise(offset);
    }
    dropSegments();
  }

  private void checkCommitted(long offset) throws OffsetOutOfRangeException {
    LogOffsets offsets = state.offsets;
    if (offset > offsets.highWatermark()) {
      throw new OffsetOutOfRangeException(
          state.name, offset, offsets.logStart(), offsets.highWatermark());
    }
  }

  private void raise(long offset) throws LogException {
    lock();
    try {
      try {
        state.checkOnline();
        checkCommitted(offset);
        if (offset <= state.offsets.logStart()) {
          return;
        }
        state.offsets.startAt(offset);
        state.epochs.startAt(offset);
      } finally {
        state.appendLock.unlock();
      }
      // Before the log can be deleted, or it would be noted of the next one of its name.
      state.context.checkpoints().noteStart(state.name, offset);
    } finally {
      state.flushLock.unlock();
    }
  }

  /**
   * Lets the segments go that lie wholly before the log's start. What can't be renamed now stays a
   * part of the log that nobody can read, until the next call.
   */
  void dropSegments() {
    long start = state.offsets.logStart();
    LogSegment first = state.segments.floor(start);
    if (state.segments.first() == first) {
      return;
    }
    int count = 0;
    long bytes = 0;
    try {
      first.makeFile();
      LogFiles.syncNames(state.context.disk(), state.directory);
      saveProducers();
      for (LogSegment gone = dropOldest(start); gone != null; gone = dropOldest(start)) {
        count++;
        bytes += gone.size();
      }
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0}: segments before its start at {1} are not deleted yet: {2}",
          state.name,
          start,
          e.getMessage());
    }
    if (count > 0) {
      LOG.log(
          Level.INFO,
          "{0} starts at offset {1}: {2} segments deleted, {3} bytes",
          state.name,
          start,
          count,
          bytes);
    }
  }

  /**
   * Before segments go from which the producers could be read again. Encoded between appends, but
   * written beside them. Best effort: what goes, goes perhaps because the disk is full.
   */
  private void saveProducers() {
    lock();
    try {
      long end;
      byte[] snapshot;
      try {
        end = state.offsets.logEnd();
        snapshot = ProducerSnapshot.encode(state.producers.sorted());
      } finally {
        state.appendLock.unlock();
      }
      flusher.saveProducers(end, snapshot);
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0}: producers not saved ({1}): a retry of a deleted batch may go unrecognised",
          state.name,
          e.getMessage());
    } finally {
      state.flushLock.unlock();
    }
  }

  /** One at a time, so that appends come in between. Null if there is none before the start. */
  private @Nullable LogSegment dropOldest(long start) throws IOException {
    lock();
    try {
      LogSegment[] all = state.segments.all();
      boolean goes =
          all.length > 1 && all[1].baseOffset() <= start && state.offlineReason() == null;
      if (!goes) {
        return null;
      }
      long delayMs = state.config.cleanup().fileDeleteDelayMs();
      all[0].deleteLater(state.context.deletions(), delayMs);
      state.segments.keep(1, all.length);
      return all[0];
    } finally {
      state.flushLock.unlock();
      state.appendLock.unlock();
    }
  }

  private void lock() {
    state.appendLock.lock();
    state.flushLock.lock();
  }
}
