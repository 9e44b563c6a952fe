package io.tailrace.broker.lag;

/**
 * How far a group is behind in a partition.
 *
 * @param committedOffset of the record that the group reads next
 * @param endOffset the high watermark; {@link #UNKNOWN} if there is no such partition here, or its
 *     log can't be read
 * @param lagRecords offsets between the two that the log still has; {@link #UNKNOWN} as the end is
 * @param lagMs age of the oldest unread record, 0 if there is none; {@link #UNKNOWN} as the end is,
 *     or if that record has no timestamp. See {@code PartitionLog.timestampAt} for how exact it is
 */
public record GroupLagRow(
    String topic,
    int partition,
    long committedOffset,
    long endOffset,
    long lagRecords,
    long lagMs) {
  public static final long UNKNOWN = -1;
}
