package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * SyncGroup, versions 0 to 5: the members of a generation ask for their assignments, and wait for
 * the leader, whose request brings them. They are told once the generation is in the log. For the
 * shard's thread.
 */
final class ClassicSync {
  private static final int PROTOCOL_IS_MANDATORY = 5;
  private static final byte[] NO_ASSIGNMENT = {};

  private final GroupContext context;
  private final ClassicRebalance rebalance;

  ClassicSync(GroupContext context, ClassicRebalance rebalance) {
    this.context = context;
    this.rebalance = rebalance;
  }

  CoordinatorResult<SyncGroupResponse> sync(RequestContext asker, SyncGroupRequest request) {
    ErrorCode malformed = checkRequest(asker.version(), request);
    if (malformed != ErrorCode.NONE) {
      return refuse(malformed);
    }
    if (!(context.group(request.groupId()) instanceof ClassicGroup group)) {
      return refuse(ErrorCode.UNKNOWN_MEMBER_ID);
    }
    ErrorCode wrong = checkMember(group, request);
    ClassicMember member = group.members().get(request.memberId());
    if (wrong != ErrorCode.NONE || member == null) {
      return refuse(wrong);
    }
    if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
      return refuse(ErrorCode.REBALANCE_IN_PROGRESS);
    }
    rebalance.synced(group, member);
    if (group.isIn(ClassicState.STABLE)) {
      return CoordinatorResult.of(assigned(group, member));
    }
    CompletableFuture<SyncGroupResponse> answer = member.awaitSync();
    return group.members().isLeader(member)
        ? persist(asker, request, group, answer)
        : CoordinatorResult.waiting(answer);
  }

  static ErrorCode checkRequest(short version, SyncGroupRequest request) {
    if (version >= PROTOCOL_IS_MANDATORY
        && (request.protocolType() == null || request.protocolName() == null)) {
      return ErrorCode.INCONSISTENT_GROUP_PROTOCOL;
    }
    return request.groupId().isEmpty() ? ErrorCode.INVALID_GROUP_ID : ErrorCode.NONE;
  }

  private static ErrorCode checkMember(ClassicGroup group, SyncGroupRequest request) {
    ErrorCode unknown = group.members().check(request.memberId(), request.groupInstanceId());
    if (unknown != ErrorCode.NONE) {
      return unknown;
    }
    if (request.generationId() != group.generation()) {
      return ErrorCode.ILLEGAL_GENERATION;
    }
    return differ(request.protocolType(), group.nullableProtocolType())
            || differ(request.protocolName(), group.protocol())
        ? ErrorCode.INCONSISTENT_GROUP_PROTOCOL
        : ErrorCode.NONE;
  }

  /** Before version 5 the request does not say. */
  private static boolean differ(@Nullable String asked, @Nullable String actual) {
    return asked != null && actual != null && !asked.equals(actual);
  }

  private static CoordinatorResult<SyncGroupResponse> refuse(ErrorCode error) {
    return CoordinatorResult.of(ClassicAnswers.sync(error));
  }

  private CoordinatorResult<SyncGroupResponse> persist(
      RequestContext asker,
      SyncGroupRequest request,
      ClassicGroup group,
      CompletableFuture<SyncGroupResponse> answer) {
    Map<String, byte[]> assignments = new HashMap<>();
    for (SyncGroupRequestAssignment assignment : request.assignments()) {
      assignments.put(assignment.memberId(), assignment.assignment());
    }
    CoordinatorRecord generation =
        ClassicRecords.generation(
            group,
            request.memberId(),
            member ->
                ClassicRecords.member(
                    member,
                    group.subscription(member),
                    assignments.getOrDefault(member.id(), NO_ASSIGNMENT)));
    return new CoordinatorResult<>(
        List.of(generation), answer, error -> appended(group, error, asker.nowMs()));
  }

  private void appended(ClassicGroup group, ErrorCode error, long nowMs) {
    if (error != ErrorCode.NONE) {
      rebalance.refuseSyncs(group, error, nowMs);
      ClassicAnswers.withoutRecords(
          rebalance.prepareOrComplete(group, "its assignment was not stored: " + error, nowMs));
      return;
    }
    for (ClassicMember member : group.members().all()) {
      if (member.answerSync(assigned(group, member))) {
        // While it waited, its silence did not count.
        rebalance.sessions().extend(group, member, nowMs);
      }
    }
  }

  private static SyncGroupResponse assigned(ClassicGroup group, ClassicMember member) {
    return new SyncGroupResponse()
        .protocolType(group.nullableProtocolType())
        .protocolName(group.protocol())
        .assignment(member.assignment());
  }
}
