package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.ConsumerAssignment.State;
import io.tailrace.coordinator.group.ConsumerPartitionOwners.Owner;
import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Brings a member one step closer to its target. It first gives up what it is not to have: it stays
 * at its epoch until it says that it has. Then it gets to the target's epoch, and is given what
 * nobody else has; for the rest it waits.
 *
 * <pre>
 *   STABLE ─────────────► UNREVOKED_PARTITIONS   partitions to give up
 *   any of them ────────► STABLE                 has all of its target
 *   any of them ────────► UNRELEASED_PARTITIONS  others still have some of it
 * </pre>
 */
final class Reconciler {
  private final ConsumerGroup group;
  private final ConsumerAssignment current;
  private final int targetEpoch;
  private final Assignment target;
  private final Set<UUID> subscribed;
  private final @Nullable List<TopicPartitions> owned;

  /**
   * @param subscribed topics that the member subscribes to and that exist: whatever its target
   *     says, it gets no others
   * @param owned what the member says it has; null if it does not say
   */
  Reconciler(
      ConsumerGroup group,
      ConsumerAssignment current,
      int targetEpoch,
      Assignment target,
      Set<UUID> subscribed,
      @Nullable List<TopicPartitions> owned) {
    this.group = group;
    this.current = current;
    this.targetEpoch = targetEpoch;
    this.target = target;
    this.subscribed = subscribed;
    this.owned = owned;
  }

  /**
   * @param subscriptionChanged if it is to give up what it no longer subscribes to, though there is
   *     no new target yet
   * @return its assignment from now on; the same if there is nothing to do
   */
  ConsumerAssignment next(boolean subscriptionChanged) {
    return switch (current.state()) {
      case STABLE ->
          current.epoch() != targetEpoch
              ? approach(current.epoch())
              : subscriptionChanged ? dropUnsubscribed() : current;
      case UNREVOKED_PARTITIONS ->
          !owns(current.revoking())
              ? approach(current.epoch())
              : subscriptionChanged ? dropUnsubscribed() : current;
      case UNRELEASED_PARTITIONS -> approach(current.epoch());
      case UNKNOWN -> {
        if (owned == null || !owned.isEmpty()) {
          throw new CoordinatorException(
              ErrorCode.FENCED_MEMBER_EPOCH,
              "The consumer group member is in a unknown state. The member must abandon all its"
                  + " partitions and rejoin.");
        }
        yield approach(targetEpoch);
      }
    };
  }

  /** A member that does not say what it owns may own all that it could. */
  private boolean owns(Map<UUID, Map<Integer, Integer>> partitions) {
    if (owned == null) {
      return true;
    }
    for (TopicPartitions topic : owned) {
      Map<Integer, Integer> among = partitions.getOrDefault(topic.topicId(), Map.of());
      for (int partition : topic.partitions()) {
        if (among.containsKey(partition)) {
          return true;
        }
      }
    }
    return false;
  }

  private ConsumerAssignment dropUnsubscribed() {
    Map<UUID, Map<Integer, Integer>> kept = new TreeMap<>();
    Map<UUID, Map<Integer, Integer>> revoking = new TreeMap<>(current.revoking());
    current
        .assigned()
        .forEach((topic, since) -> {
          if (subscribed.contains(topic)) {
            kept.put(topic, since);
          } else {
            Map<Integer, Integer> all = new TreeMap<>(revoking.getOrDefault(topic, Map.of()));
            all.putAll(since);
            revoking.put(topic, all);
          }
        });
    if (kept.size() == current.assigned().size()) {
      return current;
    }
    return owns(revoking)
        ? step(State.UNREVOKED_PARTITIONS, current.epoch(), kept, revoking)
        : step(current.state(), current.epoch(), kept, current.revoking());
  }

  /**
   * @param epoch to stay at while there are partitions to give up
   */
  private ConsumerAssignment approach(int epoch) {
    Map<UUID, Map<Integer, Integer>> kept = new TreeMap<>();
    Map<UUID, Map<Integer, Integer>> revoking = new TreeMap<>();
    current
        .assigned()
        .forEach((topic, since) ->
            since.forEach((partition, sinceEpoch) -> {
              boolean stays = subscribed.contains(topic) && target.of(topic).contains(partition);
              add(stays ? kept : revoking, topic, partition, sinceEpoch);
            }));
    if (!revoking.isEmpty() && owns(revoking)) {
      return step(State.UNREVOKED_PARTITIONS, epoch, kept, revoking);
    }
    boolean waits = false;
    for (UUID topic : target.partitions().keySet()) {
      if (subscribed.contains(topic)) {
        for (int partition : target.of(topic)) {
          boolean has = kept.getOrDefault(topic, Map.of()).containsKey(partition);
          if (!has && isFree(topic, partition)) {
            add(kept, topic, partition, targetEpoch);
          } else if (!has) {
            waits = true;
          }
        }
      }
    }
    State state = waits ? State.UNRELEASED_PARTITIONS : State.STABLE;
    return step(state, targetEpoch, kept, Map.of());
  }

  private static void add(
      Map<UUID, Map<Integer, Integer>> partitions, UUID topic, int partition, int epoch) {
    partitions.computeIfAbsent(topic, id -> new TreeMap<>()).put(partition, epoch);
  }

  /** What it was to give up, and is to have again, it has itself. */
  private boolean isFree(UUID topic, int partition) {
    Owner owner = group.owner(topic, partition);
    return owner == null || current.revoking().getOrDefault(topic, Map.of()).containsKey(partition);
  }

  private ConsumerAssignment step(
      State state,
      int epoch,
      Map<UUID, Map<Integer, Integer>> assigned,
      Map<UUID, Map<Integer, Integer>> revoking) {
    return new ConsumerAssignment(epoch, current.epoch(), state, assigned, revoking);
  }
}
