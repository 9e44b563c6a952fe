package io.tailrace.server.group;

import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.LongStream;

/**
 * A group and how far it is behind.
 *
 * @param partitions that it has committed offsets of, or that are assigned; in order
 */
record GroupReport(GroupState state, List<PartitionLag> partitions) {

  /** Unread records of all partitions in which that is known; unknown if there are none such. */
  long records() {
    return known(PartitionLag::records).reduce(Long::sum).orElse(PartitionLag.UNKNOWN);
  }

  /** Age of the oldest unread record in any partition. */
  long ms() {
    return known(PartitionLag::ms).reduce(Long::max).orElse(PartitionLag.UNKNOWN);
  }

  private LongStream known(ToLongFunction<PartitionLag> value) {
    return partitions.stream().mapToLong(value).filter(it -> it != PartitionLag.UNKNOWN);
  }

  /** Members that nothing is assigned to. */
  List<GroupMember> idleMembers() {
    return state.members().stream().filter(it -> it.assigned().isEmpty()).toList();
  }
}
