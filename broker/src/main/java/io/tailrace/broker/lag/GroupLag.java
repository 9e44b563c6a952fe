package io.tailrace.broker.lag;

import io.tailrace.broker.lag.CommittedOffsets.CommittedOffset;
import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.LogException;
import io.tailrace.log.PartitionLog;
import io.tailrace.log.TimestampedOffset;
import io.tailrace.record.RecordBatch;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How far groups are behind, in records and in time. It costs one read of a batch header for each
 * partition in which something is unread, and nothing for any other; a log that the broker has not
 * used yet is opened only if something in it is unread. May wait for the disk: not for event loops.
 * Safe for use by many threads.
 */
public final class GroupLag {
  private static final Logger LOG = System.getLogger(GroupLag.class.getName());

  private final Partitions partitions;
  private final CommittedOffsets committed;
  private final ToLongFunction<Partition> unopenedEnd;

  /**
   * @param unopenedEnd where the log of a partition ends, if that is known without opening it; −1
   *     if not: {@code LogManager.endAsLeft}
   */
  public GroupLag(
      Partitions partitions, CommittedOffsets committed, ToLongFunction<Partition> unopenedEnd) {
    this.partitions = partitions;
    this.committed = committed;
    this.unopenedEnd = unopenedEnd;
  }

  /** One row for each partition that the group has committed an offset of, in the same order. */
  public List<GroupLagRow> of(String groupId, long wallMs) {
    List<CommittedOffset> offsets = committed.of(groupId);
    List<GroupLagRow> rows = new ArrayList<>(offsets.size());
    for (CommittedOffset offset : offsets) {
      rows.add(row(offset, wallMs));
    }
    return rows;
  }

  private GroupLagRow row(CommittedOffset offset, long wallMs) {
    Partition partition = partitions.partition(offset.topic(), offset.partition());
    if (partition == null) {
      return unknown(offset);
    }
    if (partition.logIfOpen() == null) {
      long end = unopenedEnd.applyAsLong(partition);
      if (end >= 0 && end <= offset.offset()) {
        return row(offset, end, 0, 0);
      }
    }
    try {
      return row(offset, partition.log(), wallMs);
    } catch (LogException e) {
      LOG.log(Level.DEBUG, "lag in {0} is unknown: {1}", partition, e.getMessage());
      return unknown(offset);
    }
  }

  private static GroupLagRow row(CommittedOffset offset, PartitionLog log, long wallMs)
      throws LogException {
    long end = log.highWatermark();
    long next = Math.max(offset.offset(), log.logStartOffset());
    if (next >= end) {
      return row(offset, end, 0, 0);
    }
    return row(offset, end, end - next, age(log.timestampAt(next), wallMs));
  }

  /** Of a record with a time in the future: 0. */
  private static long age(@Nullable TimestampedOffset oldest, long wallMs) {
    if (oldest == null) {
      return 0;
    }
    boolean untimed = oldest.timestamp() == RecordBatch.NO_TIMESTAMP;
    return untimed ? GroupLagRow.UNKNOWN : Math.max(0, wallMs - oldest.timestamp());
  }

  private static GroupLagRow unknown(CommittedOffset offset) {
    return row(offset, GroupLagRow.UNKNOWN, GroupLagRow.UNKNOWN, GroupLagRow.UNKNOWN);
  }

  private static GroupLagRow row(CommittedOffset of, long end, long lagRecords, long lagMs) {
    return new GroupLagRow(of.topic(), of.partition(), of.offset(), end, lagRecords, lagMs);
  }
}
