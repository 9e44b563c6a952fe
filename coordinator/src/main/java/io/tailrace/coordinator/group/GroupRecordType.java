package io.tailrace.coordinator.group;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentKey;
import io.tailrace.protocol.message.ConsumerGroupCurrentMemberAssignmentValue;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupRegularExpressionKey;
import io.tailrace.protocol.message.ConsumerGroupRegularExpressionValue;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberValue;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMetadataValue;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.LegacyOffsetCommitKey;
import io.tailrace.protocol.message.LegacyOffsetCommitValue;
import io.tailrace.protocol.message.OffsetCommitKey;
import io.tailrace.protocol.message.OffsetCommitValue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The kinds of record in {@code __consumer_offsets} that are understood. */
enum GroupRecordType {
  LEGACY_OFFSET_COMMIT(
      LegacyOffsetCommitKey.API_KEY,
      LegacyOffsetCommitKey.class,
      LegacyOffsetCommitKey::new,
      LegacyOffsetCommitValue::new,
      LegacyOffsetCommitValue.HIGHEST_VERSION),
  OFFSET_COMMIT(
      OffsetCommitKey.API_KEY,
      OffsetCommitKey.class,
      OffsetCommitKey::new,
      OffsetCommitValue::new,
      OffsetCommitValue.HIGHEST_VERSION),
  GROUP_METADATA(
      GroupMetadataKey.API_KEY,
      GroupMetadataKey.class,
      GroupMetadataKey::new,
      GroupMetadataValue::new,
      GroupMetadataValue.HIGHEST_VERSION),
  CONSUMER_GROUP_METADATA(
      ConsumerGroupMetadataKey.API_KEY,
      ConsumerGroupMetadataKey.class,
      ConsumerGroupMetadataKey::new,
      ConsumerGroupMetadataValue::new,
      ConsumerGroupMetadataValue.HIGHEST_VERSION),
  CONSUMER_GROUP_PARTITION_METADATA(
      ConsumerGroupPartitionMetadataKey.API_KEY,
      ConsumerGroupPartitionMetadataKey.class,
      ConsumerGroupPartitionMetadataKey::new,
      ConsumerGroupPartitionMetadataValue::new,
      ConsumerGroupPartitionMetadataValue.HIGHEST_VERSION),
  CONSUMER_GROUP_MEMBER_METADATA(
      ConsumerGroupMemberMetadataKey.API_KEY,
      ConsumerGroupMemberMetadataKey.class,
      ConsumerGroupMemberMetadataKey::new,
      ConsumerGroupMemberMetadataValue::new,
      ConsumerGroupMemberMetadataValue.HIGHEST_VERSION),
  CONSUMER_GROUP_TARGET_ASSIGNMENT_METADATA(
      ConsumerGroupTargetAssignmentMetadataKey.API_KEY,
      ConsumerGroupTargetAssignmentMetadataKey.class,
      ConsumerGroupTargetAssignmentMetadataKey::new,
      ConsumerGroupTargetAssignmentMetadataValue::new,
      ConsumerGroupTargetAssignmentMetadataValue.HIGHEST_VERSION),
  CONSUMER_GROUP_TARGET_ASSIGNMENT_MEMBER(
      ConsumerGroupTargetAssignmentMemberKey.API_KEY,
      ConsumerGroupTargetAssignmentMemberKey.class,
      ConsumerGroupTargetAssignmentMemberKey::new,
      ConsumerGroupTargetAssignmentMemberValue::new,
      ConsumerGroupTargetAssignmentMemberValue.HIGHEST_VERSION),
  CONSUMER_GROUP_CURRENT_MEMBER_ASSIGNMENT(
      ConsumerGroupCurrentMemberAssignmentKey.API_KEY,
      ConsumerGroupCurrentMemberAssignmentKey.class,
      ConsumerGroupCurrentMemberAssignmentKey::new,
      ConsumerGroupCurrentMemberAssignmentValue::new,
      ConsumerGroupCurrentMemberAssignmentValue.HIGHEST_VERSION),
  CONSUMER_GROUP_REGULAR_EXPRESSION(
      ConsumerGroupRegularExpressionKey.API_KEY,
      ConsumerGroupRegularExpressionKey.class,
      ConsumerGroupRegularExpressionKey::new,
      ConsumerGroupRegularExpressionValue::new,
      ConsumerGroupRegularExpressionValue.HIGHEST_VERSION);

  private static final GroupRecordType[] ALL = values();

  private final short id;
  private final Class<? extends Message> keyClass;
  private final Supplier<Message> newKey;
  private final Supplier<Message> newValue;
  private final short highestVersion;

  GroupRecordType(
      short id,
      Class<? extends Message> keyClass,
      Supplier<Message> newKey,
      Supplier<Message> newValue,
      short highestVersion) {
    this.id = id;
    this.keyClass = keyClass;
    this.newKey = newKey;
    this.newValue = newValue;
    this.highestVersion = highestVersion;
  }

  static @Nullable GroupRecordType forId(short id) {
    for (GroupRecordType type : ALL) {
      if (type.id == id) {
        return type;
      }
    }
    return null;
  }

  static GroupRecordType of(Message key) {
    for (GroupRecordType type : ALL) {
      if (type.keyClass == key.getClass()) {
        return type;
      }
    }
    throw new IllegalArgumentException(key.getClass() + " is no key of a group's record");
  }

  /** What the key begins with in the log. */
  short id() {
    return id;
  }

  Message newKey() {
    return newKey.get();
  }

  Message newValue() {
    return newValue.get();
  }

  /** Of the value. */
  short highestVersion() {
    return highestVersion;
  }
}
