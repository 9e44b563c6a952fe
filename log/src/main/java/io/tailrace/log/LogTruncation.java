package io.tailrace.log;

import java.io.IOException;
import java.util.Arrays;

/**
 * Takes records away at the log's end, of a follower that has more than its leader. Takes both
 * locks. What is cut off is gone for good once the call returns. (At its start: {@link LogStart}.)
 */
final class LogTruncation {
  private final LogState state;

  LogTruncation(LogState state) {
    this.state = state;
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
  private void cut(long offset) throws IOException, DiskFullException {
    LogSegment[] all = state.segments.all();
    LogSegment last = state.segments.floor(offset);
    long start = state.offsets.logStart();
    lowerCheckpoints(last.baseOffset(), start);
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
    state.quarantine = state.quarantine.truncateTo(state.context.disk(), end);
    state.segments.active().sync();
    LogFiles.syncNames(state.context.disk(), state.directory);
    state.offsets.truncateTo(end);
    state.cleaned = Math.min(state.cleaned, end);
    state.epochs.truncateTo(end);
    state.producers = replay.producers(state.segments.all(), end, state.config);
  }

  /** Comes first: a disk that is full has changed nothing. */
  private void lowerCheckpoints(long recoveryPoint, long start)
      throws IOException, DiskFullException {
    try {
      state.context.checkpoints().lower(state.name, recoveryPoint, start);
    } catch (IOException e) {
      if (DiskTrouble.isFull(e)) {
        throw new DiskFullException("truncating " + state.name + " failed: " + e.getMessage(), e);
      }
      throw e;
    }
  }

  /**
   * The log starts within a batch that is cut off: nothing of it is left. Segments before its start
   * that could not be deleted yet go first, for good, because recovery takes the gap between them
   * and the new one for a loss.
   */
  private void startAnewAt(long offset) throws IOException {
    LogSegment old = state.segments.active();
    for (LogSegment segment : state.segments.all()) {
      if (segment != old) {
        segment.delete();
      }
    }
    LogFiles.syncNames(state.context.disk(), state.directory);
    LogSegment only = LogSegment.create(state.context.openFiles(), state.directory, offset);
    // The file's name is what tells the next start where the log is.
    only.makeFile();
    LogFiles.syncNames(state.context.disk(), state.directory);
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
