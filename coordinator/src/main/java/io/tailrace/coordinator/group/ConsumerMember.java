package io.tailrace.coordinator.group;

import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A member of a consumer group. Does not change: what changes is which one the group has. */
record ConsumerMember(
    String memberId, ConsumerSubscription subscription, ConsumerAssignment assignment) {

  /** One that is about to join. */
  static ConsumerMember joining(String memberId) {
    return new ConsumerMember(memberId, ConsumerSubscription.NONE, ConsumerAssignment.NONE);
  }

  ConsumerMember with(ConsumerSubscription changed) {
    return new ConsumerMember(memberId, changed, assignment);
  }

  ConsumerMember with(ConsumerAssignment changed) {
    return new ConsumerMember(memberId, subscription, changed);
  }

  /** Another process takes a static member's place. */
  ConsumerMember replacedBy(String newMemberId) {
    return new ConsumerMember(newMemberId, subscription, assignment.back());
  }

  int epoch() {
    return assignment.epoch();
  }

  @Nullable String instanceId() {
    return subscription.instanceId();
  }

  /** Since which epoch it has a partition, or has had one that it is to give up; null if not. */
  @Nullable Integer ownedSince(UUID topic, int partition) {
    Integer since = since(assignment.assigned(), topic, partition);
    return since != null ? since : since(assignment.revoking(), topic, partition);
  }

  private static @Nullable Integer since(
      Map<UUID, Map<Integer, Integer>> epochs, UUID topic, int partition) {
    Map<Integer, Integer> byPartition = epochs.get(topic);
    return byPartition == null ? null : byPartition.get(partition);
  }
}
