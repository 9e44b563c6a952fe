package io.tailrace.broker.lag;

import java.util.List;

/** Where groups stand, as their coordinator knows it. */
@FunctionalInterface
public interface CommittedOffsets {

  /** The record that a group reads next in a partition. */
  record CommittedOffset(String topic, int partition, long offset) {}

  /** All committed offsets of a group; none if there is no such group. */
  List<CommittedOffset> of(String groupId);
}
