package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.ConsumerSubscriptions.ResolvedRegex;
import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.message.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberValue;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberValue.TopicPartition;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMetadataValue;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** The records of a consumer group, all in version 0 of their schemas. */
final class ConsumerRecords {
  private static final short VERSION = 0;

  private ConsumerRecords() {}

  private static CoordinatorRecord record(Message key, Message value) {
    return new CoordinatorRecord(key, value, VERSION);
  }

  static CoordinatorRecord groupEpoch(String groupId, int epoch, long metadataHash) {
    return record(
        new ConsumerGroupMetadataKey().groupId(groupId),
        new ConsumerGroupMetadataValue().epoch(epoch).metadataHash(metadataHash));
  }

  static CoordinatorRecord subscription(String groupId, ConsumerMember member) {
    return record(memberKey(groupId, member.memberId()), member.subscription().toValue());
  }

  private static Message memberKey(String groupId, String memberId) {
    return new ConsumerGroupMemberMetadataKey().groupId(groupId).memberId(memberId);
  }

  static CoordinatorRecord currentAssignment(String groupId, ConsumerMember member) {
    return record(currentKey(groupId, member.memberId()), member.assignment().toValue());
  }

  private static Message currentKey(String groupId, String memberId) {
    return new ConsumerGroupCurrentMemberAssignmentKey().groupId(groupId).memberId(memberId);
  }

  static CoordinatorRecord target(String groupId, String memberId, Assignment target) {
    List<TopicPartition> topics = new ArrayList<>();
    target
        .partitions()
        .forEach((id, partitions) ->
            topics.add(
                new TopicPartition().topicId(id).partitions(ConsumerAssignment.ints(partitions))));
    return record(
        targetKey(groupId, memberId),
        new ConsumerGroupTargetAssignmentMemberValue().topicPartitions(topics));
  }

  private static Message targetKey(String groupId, String memberId) {
    return new ConsumerGroupTargetAssignmentMemberKey().groupId(groupId).memberId(memberId);
  }

  static CoordinatorRecord targetEpoch(String groupId, int epoch, long wallMs) {
    return record(
        targetEpochKey(groupId),
        new ConsumerGroupTargetAssignmentMetadataValue()
            .assignmentEpoch(epoch)
            .assignmentTimestamp(wallMs));
  }

  private static Message targetEpochKey(String groupId) {
    return new ConsumerGroupTargetAssignmentMetadataKey().groupId(groupId);
  }

  /**
   * The version is that of the metadata the topics were looked up in. It stays 0, older than any: a
   * coordinator that takes over looks again.
   */
  static CoordinatorRecord regex(String groupId, String regex, ResolvedRegex resolved) {
    return record(
        regexKey(groupId, regex),
        new ConsumerGroupRegularExpressionValue()
            .topics(new ArrayList<>(resolved.topics()))
            .timestamp(resolved.timestampMs()));
  }

  private static Message regexKey(String groupId, String regex) {
    return new ConsumerGroupRegularExpressionKey().groupId(groupId).regularExpression(regex);
  }

  static CoordinatorRecord noRegex(String groupId, String regex) {
    return CoordinatorRecord.tombstone(regexKey(groupId, regex));
  }

  /** What Kafka wrote before 4.1 in place of the metadata hash. */
  static CoordinatorRecord noPartitionMetadata(String groupId) {
    return CoordinatorRecord.tombstone(new ConsumerGroupPartitionMetadataKey().groupId(groupId));
  }

  /** Takes a member out of the log. In this order, which replaying relies on. */
  static void addMemberTombstones(
      String groupId, String memberId, List<CoordinatorRecord> records) {
    records.add(CoordinatorRecord.tombstone(currentKey(groupId, memberId)));
    records.add(CoordinatorRecord.tombstone(targetKey(groupId, memberId)));
    records.add(CoordinatorRecord.tombstone(memberKey(groupId, memberId)));
  }

  /** Takes a group out of the log. */
  static void addGroupTombstones(ConsumerGroup group, List<CoordinatorRecord> records) {
    addGroupTombstones(group, group.memberIds(), records);
  }

  /**
   * Takes a group out of the log. In this order, which replaying relies on.
   *
   * @param memberIds its members by the time these records are applied
   */
  static void addGroupTombstones(
      ConsumerGroup group, Collection<String> memberIds, List<CoordinatorRecord> records) {
    String groupId = group.groupId();
    memberIds.forEach(id -> records.add(CoordinatorRecord.tombstone(currentKey(groupId, id))));
    memberIds.forEach(id -> records.add(CoordinatorRecord.tombstone(targetKey(groupId, id))));
    records.add(CoordinatorRecord.tombstone(targetEpochKey(groupId)));
    memberIds.forEach(id -> records.add(CoordinatorRecord.tombstone(memberKey(groupId, id))));
    group.subscriptions().resolvedRegexes().forEach(regex -> records.add(noRegex(groupId, regex)));
    records.add(noPartitionMetadata(groupId));
    records.add(CoordinatorRecord.tombstone(new ConsumerGroupMetadataKey().groupId(groupId)));
  }
}
