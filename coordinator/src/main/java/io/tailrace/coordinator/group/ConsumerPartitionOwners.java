package io.tailrace.coordinator.group;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who has a partition, or has been told to give it up and has not said so yet: never two members.
 */
final class ConsumerPartitionOwners {

  /** A member at an epoch. */
  record Owner(String memberId, int epoch) {}

  private final Map<UUID, Map<Integer, Owner>> owners = new HashMap<>();

  @Nullable Owner of(UUID topic, int partition) {
    Map<Integer, Owner> topicOwners = owners.get(topic);
    return topicOwners == null ? null : topicOwners.get(partition);
  }

  /** A member's assignment has changed; null before it came, after it went. */
  void replace(
      String memberId, @Nullable ConsumerAssignment before, @Nullable ConsumerAssignment after) {
    if (before != null) {
      release(memberId, before.assigned());
      release(memberId, before.revoking());
    }
    if (after != null) {
      Owner owner = new Owner(memberId, after.epoch());
      acquire(owner, after.assigned());
      acquire(owner, after.revoking());
    }
  }

  /** What another has by now stays: a compacted log may tell of a release late. */
  private void release(String memberId, Map<UUID, Map<Integer, Integer>> partitions) {
    partitions.forEach((topic, since) -> {
      Map<Integer, Owner> topicOwners = owners.getOrDefault(topic, Map.of());
      for (int partition : since.keySet()) {
        Owner owner = topicOwners.get(partition);
        if (owner != null && owner.memberId().equals(memberId)) {
          topicOwners.remove(partition);
        }
      }
      if (topicOwners.isEmpty()) {
        owners.remove(topic);
      }
    });
  }

  private void acquire(Owner owner, Map<UUID, Map<Integer, Integer>> partitions) {
    partitions.forEach((topic, since) -> {
      Map<Integer, Owner> topicOwners = owners.computeIfAbsent(topic, id -> new HashMap<>());
      for (int partition : since.keySet()) {
        Owner before = topicOwners.put(partition, owner);
        if (before != null && before.epoch() >= owner.epoch()) {
          throw new IllegalStateException(
              "partition %d of topic %s can't go to %s: %s still has it"
                  .formatted(partition, topic, owner, before));
        }
      }
    });
  }
}
