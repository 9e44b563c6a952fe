package io.tailrace.log;

import java.io.IOException;
import java.util.Arrays;

/**
 * Takes records away: at the log's start (retention, DeleteRecords) or at its end (a follower that
 * has more than its leader). Takes both locks.
 *
 * <p>After a crash, records whose removal had been reported may be back, in whole batches, until
 * the checkpoints have been written.
 */
final class LogTruncation {
  private final LogState state;
  private final LogFlusher flusher;

  LogTruncation(LogState state, LogFlusher flusher) {
    this.state = state;
    this.flusher = flusher;
  }

  void deleteBefore(long offset) throws LogException {
    LogOffsets offsets = state.offsets;
    lock();
    try {
      state.checkOnline();
      if (offset > offsets.highWatermark()) {
        throw new OffsetOutOfRangeException(
            state.name, offset, offsets.logStart(), offsets.highWatermark());
      }
      if (offset > offsets.logStart()) {
        // Or a power loss could give these offsets away once more.
        flusher.flush(offset);
        offsets.startAt(offset);
        state.epochs.startAt(offset);
        deleteSegmentsBefore(offset);
      }
    } catch (IOException e) {
      throw state.takeOffline("deleting a segment failed: " + e.getMessage(), e);
    } finally {
      unlock();
    }
  }

  private void deleteSegmentsBefore(long offset) throws IOException {
    LogSegment[] all = state.segments.all();
    int gone = 0;
    while (gone + 1 < all.length && all[gone + 1].baseOffset() <= offset) {
      gone++;
    }
    if (gone > 0) {
      flusher.saveProducers();
    }
    state.segments.keep(gone, all.length);
    for (int i = 0; i < gone; i++) {
      all[i].delete();
    }
  }

  void truncateTo(long offset) throws LogException {
    LogOffsets offsets = state.offsets;
    lock();
    try {
      state.checkOnline();
      if (offset < offsets.logStart()) {
        throw new OffsetOutOfRangeException(
            state.name, offset, offsets.logStart(), offsets.logEnd());
      }
      if (offset < offsets.logEnd()) {
        cut(offset);
      }
    } catch (IOException e) {
      throw state.takeOffline("truncating to " + offset + " failed: " + e.getMessage(), e);
    } finally {
      unlock();
    }
  }

  /**
   * From the end on, so that a crash half-way leaves no gap; and synced before anything new is
   * written, so that a power loss can't bring old batches back behind new ones.
   */
  private void cut(long offset) throws IOException {
    LogSegment[] all = state.segments.all();
    LogSegment last = state.segments.floor(offset);
    long start = state.offsets.logStart();
    state.context.checkpoints().lower(state.name, last.baseOffset(), start);
    int kept = Arrays.asList(all).indexOf(last) + 1;
    state.segments.keep(0, kept);
    for (int i = all.length - 1; i >= kept; i--) {
      all[i].delete();
    }
    long end = last.truncateTo(offset, state.config.indexIntervalBytes());
    if (end < start) {
      end = start;
      startAnewAt(start);
    }
    LogReplay replay = new LogReplay(state.context.disk(), state.directory);
    replay.deleteSnapshotsAfter(end);
    state.segments.active().sync();
    LogFiles.syncNames(state.context.disk(), state.directory);
    state.offsets.truncateTo(end);
    state.epochs.truncateTo(end);
    state.producers = replay.producers(state.segments.all(), end, state.config);
  }

  /** The log starts within a batch that is cut off: nothing of it is left. */
  private void startAnewAt(long offset) throws IOException {
    LogSegment old = state.segments.active();
    LogSegment only = LogSegment.create(state.context.openFiles(), state.directory, offset);
    // The file's name is what tells the next start where the log is.
    only.acquire();
    only.release();
    state.segments.keepOnly(only);
    old.delete();
  }

  private void lock() {
    state.appendLock.lock();
    state.flushLock.lock();
  }

  private void unlock() {
    state.flushLock.unlock();
    state.appendLock.unlock();
  }
}
