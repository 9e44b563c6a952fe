package io.tailrace.coordinator.group.assign;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A way of sharing out partitions. Does not keep anything between calls. */
public interface PartitionAssignor {

  /** As it stands in {@code group.consumer.assignors} and {@code group.remote.assignor}. */
  String name();

  /**
   * Gives every partition of every subscribed topic to one member that subscribes to the topic. The
   * same input gives the same answer.
   *
   * @param members in an order that lasts
   * @param partitionCounts of all topics that a member subscribes to
   * @return what each member is to have; for all members
   */
  Map<String, Assignment> assign(List<MemberSpec> members, Map<UUID, Integer> partitionCounts);

  /** Null if there is none of that name. */
  static @Nullable PartitionAssignor named(String name) {
    return switch (name) {
      case UniformAssignor.NAME -> new UniformAssignor();
      case RangeAssignor.NAME -> new RangeAssignor();
      default -> null;
    };
  }
}
