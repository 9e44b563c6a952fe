package io.tailrace.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/**
 * Writes what spares a start after a crash the look at batches that have been synced: the index of
 * the active segment as it is now, and the producers. Called from any thread that may wait for the
 * disk; appends wait for the copying in memory only.
 *
 * <p>Neither file is a source of truth: a crash amid the writing leaves one that does not fit, and
 * then the next start looks at all of the segment.
 */
final class LogProgress {
  private static final Logger LOG = System.getLogger(LogProgress.class.getName());

  private final LogState state;
  private final LogFlusher flusher;

  LogProgress(LogState state, LogFlusher flusher) {
    this.state = state;
    this.flusher = flusher;
  }

  private record Now(
      LogSegment active, SegmentIndex.Encoded index, int size, byte[] producers, long end) {}

  /**
   * Nothing happens until {@code leastBytes} more have been synced than it has saved before, or if
   * somebody is just syncing.
   */
  void save(int leastBytes) {
    @Nullable Now now = null;
    boolean locked = false;
    state.appendLock.lock();
    try {
      locked =
          state.offlineReason() == null
              && state.segments.active().isIndexBehind(leastBytes)
              && state.flushLock.tryLock();
      now = locked ? now() : null;
    } finally {
      state.appendLock.unlock();
      if (locked && now == null) {
        state.flushLock.unlock();
      }
    }
    if (now != null) {
      try {
        now.active().saveIndexUpToNow(now.index(), now.size());
        flusher.saveProducers(now.end(), now.producers());
      } catch (IOException e) {
        LOG.log(
            Level.WARNING,
            "{0}: index or producers not saved ({1}), tried again later",
            now.active().path(),
            e.getMessage());
      } finally {
        state.flushLock.unlock();
      }
    }
  }

  private Now now() {
    LogSegment active = state.segments.active();
    return new Now(
        active,
        active.encodedIndex(),
        active.size(),
        ProducerSnapshot.encode(state.producers.sorted()),
        state.offsets.logEnd());
  }
}
