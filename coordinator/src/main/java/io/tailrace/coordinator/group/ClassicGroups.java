package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeGroupsResponse.DescribedGroup;
import io.tailrace.protocol.message.DescribeGroupsResponse.DescribedGroupMember;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The classic group protocol: members join, one of them leads and assigns, and each asks for its
 * part. Checks and errors are Kafka's, in its order. For the shard's thread.
 *
 * <p>Which groups there are, and their last complete generation, is in the log. A request is
 * answered at last: by a later one, by a timer, or when the group dies.
 */
final class ClassicGroups {
  private static final int NOT_FOUND_IS_AN_ERROR = 6;

  private final GroupContext context;
  private final ClassicRebalance rebalance;
  private final ClassicJoin join;
  private final ClassicSync sync;
  private final ClassicLeave leave;

  ClassicGroups(GroupContext context) {
    this.context = context;
    this.rebalance = new ClassicRebalance(context);
    this.join = new ClassicJoin(context, rebalance);
    this.sync = new ClassicSync(context, rebalance);
    this.leave = new ClassicLeave(context, rebalance);
  }

  CoordinatorResult<JoinGroupResponse> join(RequestContext asker, JoinGroupRequest request) {
    return join.join(asker, request);
  }

  CoordinatorResult<SyncGroupResponse> sync(RequestContext asker, SyncGroupRequest request) {
    return sync.sync(asker, request);
  }

  CoordinatorResult<LeaveGroupResponse> leave(RequestContext asker, LeaveGroupRequest request) {
    return leave.leave(asker, request);
  }

  /** Versions 0 to 4. */
  CoordinatorResult<HeartbeatResponse> heartbeat(RequestContext asker, HeartbeatRequest request) {
    return CoordinatorResult.of(ClassicAnswers.heartbeat(beat(asker, request)));
  }

  private ErrorCode beat(RequestContext asker, HeartbeatRequest request) {
    if (request.groupId().isEmpty()) {
      return ErrorCode.INVALID_GROUP_ID;
    }
    if (!(context.group(request.groupId()) instanceof ClassicGroup group)) {
      return ErrorCode.UNKNOWN_MEMBER_ID;
    }
    ErrorCode unknown = group.members().check(request.memberId(), request.groupInstanceId());
    ClassicMember member = group.members().get(request.memberId());
    if (unknown != ErrorCode.NONE || member == null) {
      return unknown;
    }
    if (request.generationId() != group.generation()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    rebalance.sessions().extend(group, member, asker.nowMs());
    return group.isIn(ClassicState.PREPARING_REBALANCE)
        ? ErrorCode.REBALANCE_IN_PROGRESS
        : ErrorCode.NONE;
  }

  /** What DescribeGroups says of a group. */
  DescribedGroup describe(RequestContext asker, String groupId) {
    Group found = context.group(groupId);
    if (!(found instanceof ClassicGroup group)) {
      String what = found == null ? "not found" : "is not a classic group";
      return notFound(asker, groupId, "Group %s %s.".formatted(groupId, what));
    }
    boolean stable = group.isIn(ClassicState.STABLE);
    List<DescribedGroupMember> members = new ArrayList<>(group.members().size());
    for (ClassicMember member : group.members().all()) {
      DescribedGroupMember described =
          new DescribedGroupMember()
              .memberId(member.id())
              .groupInstanceId(member.instanceId())
              .clientId(member.clientId())
              .clientHost(member.clientHost())
              .memberAssignment(member.assignment());
      members.add(stable ? described.memberMetadata(group.subscription(member)) : described);
    }
    String protocol = stable ? group.protocol() : null;
    return new DescribedGroup()
        .groupId(groupId)
        .groupState(group.state())
        .protocolType(group.protocolType())
        .protocolData(protocol == null ? "" : protocol)
        .members(members);
  }

  /** Before version 6 (KIP-1043) a group that does not exist is a dead one. */
  private static DescribedGroup notFound(RequestContext asker, String groupId, String message) {
    DescribedGroup described =
        new DescribedGroup().groupId(groupId).groupState(ClassicState.DEAD.kafkaName());
    return asker.version() >= NOT_FOUND_IS_AN_ERROR
        ? described.errorCode(ErrorCode.GROUP_ID_NOT_FOUND.code()).errorMessage(message)
        : described;
  }

  /** A group for those who commit offsets without being members. It is in no record of its own. */
  ClassicGroup create(String groupId) {
    ClassicGroup group = new ClassicGroup(groupId, rebalance.sessions());
    context.groups().put(groupId, group);
    return group;
  }

  /**
   * @param value null if the group is gone
   * @throws IllegalStateException if the record contradicts itself
   */
  void replay(GroupMetadataKey key, @Nullable GroupMetadataValue value) {
    ClassicGroup group = context.group(key.group()) instanceof ClassicGroup it ? it : null;
    if (value != null) {
      (group == null ? create(key.group()) : group).apply(value);
    } else if (group != null) {
      context.groups().remove(key.group());
      rebalance.forget(group);
      // Deleted groups have no members. Who waits here finds a group of the consumer protocol.
      group.die(ErrorCode.REBALANCE_IN_PROGRESS);
    }
  }

  /** Members of before the load have their session timeout to be heard of. */
  void loaded(long nowMs) {
    for (Group group : context.groups().values()) {
      if (group instanceof ClassicGroup classic) {
        resume(classic, nowMs);
      }
    }
  }

  /**
   * Takes over a group that was a consumer group until now.
   *
   * @param terms of its members, which know more protocols than the one in the log
   * @param rebalanceReason null if it does not have to rebalance
   */
  void takeOver(
      String groupId, Map<String, JoinTerms> terms, @Nullable String rebalanceReason, long nowMs) {
    if (!(context.group(groupId) instanceof ClassicGroup group)) {
      throw new IllegalStateException("group " + groupId + " has not become a classic one");
    }
    for (ClassicMember member : group.members().copy()) {
      group.members().update(member, terms.getOrDefault(member.id(), member.terms()));
    }
    resume(group, nowMs);
    if (rebalanceReason != null) {
      ClassicAnswers.withoutRecords(rebalance.prepareOrComplete(group, rebalanceReason, nowMs));
    }
  }

  /** Waits for the members of a group that has come out of the log, or out of a downgrade. */
  private void resume(ClassicGroup group, long nowMs) {
    for (ClassicMember member : group.members().all()) {
      rebalance.sessions().extend(group, member, nowMs);
    }
    if (group.members().size() > context.settings().get().classicMaxSize()) {
      ClassicAnswers.withoutRecords(
          rebalance.prepareOrComplete(group, "it has more members than it may have", nowMs));
    }
  }

  /** Tells all who wait to find the new coordinator. */
  void unloaded() {
    for (Group group : context.groups().values()) {
      if (group instanceof ClassicGroup classic) {
        classic.die(ErrorCode.NOT_COORDINATOR);
      }
    }
  }
}
