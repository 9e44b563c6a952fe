package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.LeaveGroupResponse.MemberResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * LeaveGroup, versions 0 to 5: one member goes, or from version 3 on several, which an admin client
 * may name by their {@code group.instance.id} alone (KIP-345). For the shard's thread.
 */
final class ClassicLeave {
  private static final int MANY_MEMBERS = 3;

  private final GroupContext context;
  private final ClassicRebalance rebalance;

  ClassicLeave(GroupContext context, ClassicRebalance rebalance) {
    this.context = context;
    this.rebalance = rebalance;
  }

  CoordinatorResult<LeaveGroupResponse> leave(RequestContext asker, LeaveGroupRequest request) {
    if (request.groupId().isEmpty()) {
      return CoordinatorResult.of(
          new LeaveGroupResponse().errorCode(ErrorCode.INVALID_GROUP_ID.code()));
    }
    ClassicGroup group = context.group(request.groupId()) instanceof ClassicGroup it ? it : null;
    List<MemberResponse> left = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (MemberIdentity member : members(asker.version(), request)) {
      ErrorCode error = group == null ? ErrorCode.UNKNOWN_MEMBER_ID : remove(group, member);
      left.add(response(member, error));
      if (error == ErrorCode.NONE) {
        reasons.add(member.reason() == null ? "no reason given" : member.reason());
      }
    }
    CompletableFuture<LeaveGroupResponse> answer =
        CompletableFuture.completedFuture(response(asker.version(), left));
    if (group == null || group.isEmpty() || reasons.isEmpty()) {
      return CoordinatorResult.waiting(answer);
    }
    String reason = reasons.size() + " members have left: " + reasons.getFirst();
    return ClassicAnswers.answering(
        rebalance.prepareOrComplete(group, reason, asker.nowMs()), answer);
  }

  static List<MemberIdentity> members(short version, LeaveGroupRequest request) {
    return version >= MANY_MEMBERS
        ? request.members()
        : List.of(new MemberIdentity().memberId(request.memberId()));
  }

  private static ErrorCode remove(ClassicGroup group, MemberIdentity member) {
    String memberId = member.memberId();
    if (memberId.isEmpty()) {
      memberId = group.members().idOf(member.groupInstanceId());
      if (memberId == null) {
        return ErrorCode.UNKNOWN_MEMBER_ID;
      }
    } else if (!group.pendingJoins().contains(memberId)) {
      ErrorCode error = group.members().check(memberId, member.groupInstanceId());
      if (error != ErrorCode.NONE) {
        return error;
      }
    }
    group.remove(memberId);
    return ErrorCode.NONE;
  }

  static MemberResponse response(MemberIdentity member, ErrorCode error) {
    return new MemberResponse()
        .memberId(member.memberId())
        .groupInstanceId(member.groupInstanceId())
        .errorCode(error.code());
  }

  /** Before version 3 the one member's error is that of the response. */
  static LeaveGroupResponse response(short version, List<MemberResponse> left) {
    return version >= MANY_MEMBERS
        ? new LeaveGroupResponse().members(left)
        : new LeaveGroupResponse().errorCode(left.getFirst().errorCode());
  }
}
