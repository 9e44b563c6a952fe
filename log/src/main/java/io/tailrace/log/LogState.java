package io.tailrace.log;

import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What a log consists of, shared by the classes that work on it: {@link LogAppender}, {@link
 * LogFlusher}, {@link LogTruncation}, {@link PartitionLog}.
 *
 * <p>Two locks, always taken in this order: the append lock guards what the next append depends on;
 * the flush lock guards the files that are not appended to (syncs, index files, deletions), so that
 * appends go on while a sync runs.
 */
final class LogState {
  final String name;
  final Path directory;
  final LogContext context;
  final Segments segments;
  final LogOffsets offsets;
  final LeaderEpochCache epochs;
  final ReentrantLock appendLock = new ReentrantLock();
  final ReentrantLock flushLock = new ReentrantLock();

  /** Guarded by the append lock. */
  ProducerStates producers;

  volatile LogConfig config;

  /** Changed under both locks. */
  volatile Quarantine quarantine = Quarantine.NONE;

  /** What lies below has been compacted; {@link StartHints#UNKNOWN} if that never was. */
  volatile long cleaned = StartHints.UNKNOWN;

  private volatile @Nullable String offlineReason;
  private volatile @Nullable Throwable offlineCause;

  LogState(
      Path directory,
      LogContext context,
      LogConfig config,
      Segments segments,
      LogOffsets offsets,
      LeaderEpochCache epochs,
      ProducerStates producers) {
    this.name = LogFiles.name(directory);
    this.directory = directory;
    this.context = context;
    this.config = config;
    this.segments = segments;
    this.offsets = offsets;
    this.epochs = epochs;
    this.producers = producers;
  }

  /** How far one can read from an offset on, as far as damaged records are concerned. */
  long readableUntil(long offset) throws QuarantinedOffsetException {
    Quarantine now = quarantine;
    if (now == Quarantine.NONE) {
      return Long.MAX_VALUE;
    }
    Quarantine.Range range = now.holding(offset);
    if (range != null) {
      throw new QuarantinedOffsetException(name, offset, range.to(), range.file().toString());
    }
    return now.nextFrom(offset);
  }

  @Nullable String offlineReason() {
    return offlineReason;
  }

  void checkOnline() throws LogOfflineException {
    String reason = offlineReason;
    if (reason != null) {
      throw new LogOfflineException(reason, offlineCause);
    }
  }

  /** The first reason stays. There is no way back but to open the log anew. */
  LogOfflineException takeOffline(String what, @Nullable Throwable cause) {
    synchronized (offsets) {
      if (offlineReason == null) {
        offlineCause = cause;
        offlineReason = directory + " takes no more appends: " + what;
      }
    }
    return new LogOfflineException(directory + ": " + what, cause);
  }
}
