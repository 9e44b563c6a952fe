package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/**
 * Why a log is left alone for some time after a cleaning that came to nothing, as it was then.
 *
 * @param problem that somebody has to look at; null if a transaction is undecided
 * @param untilNs when it is tried again
 * @param retryMs how long that was
 * @param toldMs when the problem was logged
 */
record CleanerPause(
    @Nullable String problem,
    long untilNs,
    long retryMs,
    long toldMs,
    LogConfig config,
    long logStart,
    long logEnd) {

  /** Whether it is worth another try: by the time, or because the log is another now. */
  boolean isOver(PartitionLog log, long nowNs) {
    boolean grown = problem == null && log.logEndOffset() != logEnd;
    boolean changed =
        !log.config().equals(config)
            || log.logStartOffset() != logStart
            || log.logEndOffset() < logEnd;
    return grown || changed || nowNs - untilNs >= 0;
  }
}
