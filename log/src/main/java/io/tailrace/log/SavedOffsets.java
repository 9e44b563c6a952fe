package io.tailrace.log;

/**
 * What the checkpoint files of a data directory say about one log; {@link StartHints#UNKNOWN} where
 * they say nothing.
 *
 * @param name of the log: the one String that all who keep it share
 */
record SavedOffsets(
    String name, long recoveryPoint, long logStart, long highWatermark, long cleaned) {

  static SavedOffsets unknown(String name) {
    long none = StartHints.UNKNOWN;
    return new SavedOffsets(name, none, none, none, none);
  }

  static SavedOffsets of(String name, PartitionLog log) {
    // The log start first: recovery must never see a start above the end it is sure of.
    long start = log.logStartOffset();
    return new SavedOffsets(
        name, log.flushedOffset(), start, log.highWatermark(), log.cleanedOffset());
  }
}
