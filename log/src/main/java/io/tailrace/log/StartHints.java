package io.tailrace.log;

/**
 * What the checkpoint files of a data directory say about one log. {@link #UNKNOWN} where they say
 * nothing or are damaged.
 *
 * @param clean the log was closed in order
 * @param recoveryPoint what lies below is synced
 * @param cleaned what lies below has been compacted
 */
record StartHints(
    boolean clean, long recoveryPoint, long logStart, long highWatermark, long cleaned) {
  static final long UNKNOWN = -1;
}
