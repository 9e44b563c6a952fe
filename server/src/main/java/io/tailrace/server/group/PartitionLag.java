package io.tailrace.server.group;

import io.tailrace.server.client.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How far a group is behind in a partition; {@link #UNKNOWN} is what can't be told.
 *
 * @param committed offset that the group reads next; unknown if it has not committed any
 * @param end high watermark
 * @param records offsets between the two that the log still has
 * @param ms age of the oldest unread record: 0 if there is none
 * @param member that the partition is assigned to, if any
 */
record PartitionLag(
    TopicPartition partition,
    long committed,
    long end,
    long records,
    long ms,
    @Nullable GroupMember member) {
  static final long UNKNOWN = -1;
}
