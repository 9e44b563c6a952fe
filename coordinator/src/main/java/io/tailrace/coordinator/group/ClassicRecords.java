package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** A classic group as it stands in the log: one record, which replaces the one before. */
final class ClassicRecords {
  /** Kafka writes the newest version that is not flexible. */
  private static final short VERSION = 3;

  private ClassicRecords() {}

  /** A generation in which nobody is. */
  static GroupMetadataValue empty(String protocolType, int generation, long nowMs) {
    return new GroupMetadataValue()
        .protocolType(protocolType)
        .generation(generation)
        .protocol(null)
        .leader(null)
        .currentStateTimestamp(nowMs);
  }

  /** The group's generation. */
  static CoordinatorRecord generation(
      ClassicGroup group, String leader, Function<ClassicMember, MemberMetadata> memberMetadata) {
    List<MemberMetadata> members = new ArrayList<>(group.members().size());
    for (ClassicMember member : group.members().all()) {
      members.add(memberMetadata.apply(member));
    }
    return record(
        group.groupId(),
        new GroupMetadataValue()
            .protocolType(group.protocolType())
            .generation(group.generation())
            .protocol(group.protocol())
            .leader(leader)
            .currentStateTimestamp(group.stateSinceMs())
            .members(members));
  }

  static MemberMetadata member(ClassicMember member, byte[] subscription, byte[] assignment) {
    return new MemberMetadata()
        .memberId(member.id())
        .groupInstanceId(member.instanceId())
        .clientId(member.clientId())
        .clientHost(member.clientHost())
        .rebalanceTimeout(member.terms().rebalanceTimeoutMs())
        .sessionTimeout(member.terms().sessionTimeoutMs())
        .subscription(subscription)
        .assignment(assignment);
  }

  static CoordinatorRecord record(String groupId, GroupMetadataValue value) {
    return new CoordinatorRecord(new GroupMetadataKey().group(groupId), value, VERSION);
  }

  /** What the leader has to know of the members in order to assign. */
  static List<JoinGroupResponseMember> subscriptions(ClassicGroup group) {
    List<JoinGroupResponseMember> members = new ArrayList<>(group.members().size());
    for (ClassicMember member : group.members().all()) {
      members.add(
          new JoinGroupResponseMember()
              .memberId(member.id())
              .groupInstanceId(member.instanceId())
              .metadata(group.subscription(member)));
    }
    return members;
  }
}
