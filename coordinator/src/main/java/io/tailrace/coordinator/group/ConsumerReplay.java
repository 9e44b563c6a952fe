package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.ConsumerSubscriptions.ResolvedRegex;
import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.message.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberValue;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMetadataValue;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Applies the records of consumer groups. A tombstone of what is not there is nothing: the rest of
 * it has been compacted away. What can't be, if the log is whole, is an IllegalStateException.
 */
final class ConsumerReplay {
  private final Map<String, Group> groups;

  ConsumerReplay(Map<String, Group> groups) {
    this.groups = groups;
  }

  /**
   * @return false if the record is none of a consumer group's
   */
  boolean replay(CoordinatorRecord record) {
    Object value = record.value();
    switch (record.key()) {
      case ConsumerGroupMetadataKey key -> groupMetadata(key, (ConsumerGroupMetadataValue) value);
      case ConsumerGroupPartitionMetadataKey key ->
          withGroup(key.groupId(), value, group -> group.hasPartitionMetadata(value != null));
      case ConsumerGroupMemberMetadataKey key ->
          memberMetadata(key, (ConsumerGroupMemberMetadataValue) value);
      case ConsumerGroupTargetAssignmentMetadataKey key ->
          targetMetadata(key, (ConsumerGroupTargetAssignmentMetadataValue) value);
      case ConsumerGroupTargetAssignmentMemberKey key ->
          withGroup(
              key.groupId(),
              value,
              group ->
                  group.target(
                      key.memberId(), target((ConsumerGroupTargetAssignmentMemberValue) value)));
      case ConsumerGroupCurrentMemberAssignmentKey key ->
          currentAssignment(key, (ConsumerGroupCurrentMemberAssignmentValue) value);
      case ConsumerGroupRegularExpressionKey key ->
          withGroup(
              key.groupId(),
              value,
              group ->
                  group.regex(
                      key.regularExpression(), regex((ConsumerGroupRegularExpressionValue) value)));
      default -> {
        return false;
      }
    }
    return true;
  }

  private void withGroup(String groupId, @Nullable Object value, Consumer<ConsumerGroup> change) {
    ConsumerGroup group = group(groupId, value != null);
    if (group != null) {
      change.accept(group);
    }
  }

  private @Nullable ConsumerGroup group(String groupId, boolean create) {
    Group group = groups.get(groupId);
    if (group instanceof ConsumerGroup consumerGroup) {
      return consumerGroup;
    }
    // Offsets that were committed without a group have made a classic one.
    boolean replaceable = group == null || group.isEmpty() && group.protocolType().isEmpty();
    if (!replaceable) {
      throw new IllegalStateException("group %s is not a consumer group".formatted(groupId));
    }
    if (!create) {
      return null;
    }
    ConsumerGroup created = new ConsumerGroup(groupId);
    groups.put(groupId, created);
    return created;
  }

  private void groupMetadata(
      ConsumerGroupMetadataKey key, @Nullable ConsumerGroupMetadataValue value) {
    withGroup(
        key.groupId(),
        value,
        group -> {
          if (value != null) {
            group.epoch(value.epoch(), value.metadataHash());
          } else if (group.isEmpty() && !group.hasTargets()) {
            groups.remove(key.groupId());
          } else {
            throw new IllegalStateException(
                "group %s is deleted with members or their targets left".formatted(key.groupId()));
          }
        });
  }

  private void memberMetadata(
      ConsumerGroupMemberMetadataKey key, @Nullable ConsumerGroupMemberMetadataValue value) {
    withGroup(
        key.groupId(),
        value,
        group -> {
          ConsumerMember member = group.member(key.memberId());
          if (value != null) {
            ConsumerMember before =
                member == null ? ConsumerMember.joining(key.memberId()) : member;
            group.put(before.with(ConsumerSubscription.of(value)));
          } else if (member != null) {
            if (member.epoch() != ConsumerAssignment.LEAVE_EPOCH
                || group.hasTarget(member.memberId())) {
              throw new IllegalStateException(
                  "member %s of group %s is removed with its assignment left"
                      .formatted(member.memberId(), key.groupId()));
            }
            group.remove(member);
          }
        });
  }

  private void targetMetadata(
      ConsumerGroupTargetAssignmentMetadataKey key,
      @Nullable ConsumerGroupTargetAssignmentMetadataValue value) {
    withGroup(
        key.groupId(),
        value,
        group -> {
          if (value != null) {
            group.targetEpoch(value.assignmentEpoch(), value.assignmentTimestamp());
          } else if (group.hasTargets()) {
            throw new IllegalStateException(
                "the target assignment of group %s is deleted with members' targets left"
                    .formatted(key.groupId()));
          } else {
            group.targetEpoch(-1, 0);
          }
        });
  }

  private static @Nullable Assignment target(
      @Nullable ConsumerGroupTargetAssignmentMemberValue value) {
    if (value == null) {
      return null;
    }
    Map<UUID, Set<Integer>> partitions = new HashMap<>();
    for (var topic : value.topicPartitions()) {
      Set<Integer> indexes = new TreeSet<>();
      for (int partition : topic.partitions()) {
        indexes.add(partition);
      }
      partitions.put(topic.topicId(), indexes);
    }
    return new Assignment(partitions);
  }

  private void currentAssignment(
      ConsumerGroupCurrentMemberAssignmentKey key,
      @Nullable ConsumerGroupCurrentMemberAssignmentValue value) {
    withGroup(
        key.groupId(),
        value,
        group -> {
          ConsumerMember member = group.member(key.memberId());
          if (value != null) {
            ConsumerMember before =
                member == null ? ConsumerMember.joining(key.memberId()) : member;
            group.put(before.with(ConsumerAssignment.of(value)));
          } else if (member != null) {
            group.put(member.with(ConsumerAssignment.LEFT));
          }
        });
  }

  private static @Nullable ResolvedRegex regex(
      @Nullable ConsumerGroupRegularExpressionValue value) {
    return value == null
        ? null
        : new ResolvedRegex(new TreeSet<>(value.topics()), value.timestamp());
  }
}
