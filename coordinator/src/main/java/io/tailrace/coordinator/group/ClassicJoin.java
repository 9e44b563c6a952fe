package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * JoinGroup, versions 0 to 9. From version 4 on a member is given its id first, and joins with it
 * (KIP-394); from 5 on it may be static (KIP-345). For the shard's thread.
 */
final class ClassicJoin {
  /** A new member that still waits after this may have gone: it has no id to send heartbeats. */
  private static final long FIRST_JOIN_TIMEOUT_MS = 300_000;

  private static final int ID_IS_REQUIRED = 4;

  private final GroupContext context;
  private final ClassicRebalance rebalance;
  private final ClassicStaticMembers staticMembers;

  ClassicJoin(GroupContext context, ClassicRebalance rebalance) {
    this.context = context;
    this.rebalance = rebalance;
    this.staticMembers = new ClassicStaticMembers(rebalance);
  }

  CoordinatorResult<JoinGroupResponse> join(RequestContext asker, JoinGroupRequest request) {
    CoordinatorResult<JoinGroupResponse> result = decide(asker, request);
    return new CoordinatorResult<>(
        result.records(),
        result.response().thenApply(answer -> ClassicAnswers.inVersion(answer, asker.version())),
        result.listener());
  }

  private CoordinatorResult<JoinGroupResponse> decide(
      RequestContext asker, JoinGroupRequest request) {
    ErrorCode wrong = JoinLimits.check(request, context.settings().get());
    if (wrong != ErrorCode.NONE) {
      return refuse(wrong, request.memberId());
    }
    Group group = context.group(request.groupId());
    if (group instanceof ClassicGroup classic) {
      return join(asker, request, classic);
    }
    if (group != null && !group.isEmpty()) {
      return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "");
    }
    return request.memberId().isEmpty()
        ? create(asker, request, group)
        : refuse(ErrorCode.UNKNOWN_MEMBER_ID, request.memberId());
  }

  private static CoordinatorResult<JoinGroupResponse> refuse(ErrorCode error, String memberId) {
    return CoordinatorResult.of(ClassicAnswers.join(error, memberId));
  }

  /** The group's first member joins once the group is in the log. */
  private CoordinatorResult<JoinGroupResponse> create(
      RequestContext asker, JoinGroupRequest request, @Nullable Group emptyBefore) {
    List<CoordinatorRecord> records = new ArrayList<>();
    if (emptyBefore != null) {
      emptyBefore.addTombstones(records);
    }
    records.add(
        ClassicRecords.record(request.groupId(), ClassicRecords.empty("", 0, asker.nowMs())));
    CompletableFuture<JoinGroupResponse> answer = new CompletableFuture<>();
    return new CoordinatorResult<>(
        records,
        answer,
        error -> {
          if (error == ErrorCode.NONE
              && context.group(request.groupId()) instanceof ClassicGroup group) {
            CoordinatorResult<JoinGroupResponse> joined = join(asker, request, group);
            ClassicAnswers.withoutRecords(joined);
            joined.response().thenAccept(answer::complete);
          } else {
            answer.complete(ClassicAnswers.join(error, ""));
          }
        });
  }

  private CoordinatorResult<JoinGroupResponse> join(
      RequestContext asker, JoinGroupRequest request, ClassicGroup group) {
    if (!hasRoom(group, request.memberId())) {
      group.remove(request.memberId());
      return refuse(ErrorCode.GROUP_MAX_SIZE_REACHED, "");
    }
    if (!group.accepts(request)) {
      return refuse(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, request.memberId());
    }
    return request.memberId().isEmpty()
        ? joinUnnamed(asker, request, group)
        : joinNamed(asker, request, group);
  }

  /**
   * {@code group.max.size} may have been lowered below what the group has: while it rebalances, the
   * first to be back are those who stay.
   */
  private boolean hasRoom(ClassicGroup group, String memberId) {
    int maxSize = context.settings().get().classicMaxSize();
    if (group.isEmpty() || group.members().size() < maxSize) {
      return true;
    }
    ClassicMember member = group.members().get(memberId);
    if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
      return (member != null && member.awaitsJoin())
          || group.members().countAwaitingJoin() < maxSize;
    }
    return member != null;
  }

  private CoordinatorResult<JoinGroupResponse> joinUnnamed(
      RequestContext asker, JoinGroupRequest request, ClassicGroup group) {
    String instanceId = request.groupInstanceId();
    String name = instanceId == null ? asker.clientId() : instanceId;
    String memberId = JoinLimits.prefix(name) + "-" + context.newId().get();
    String current = group.members().idOf(instanceId);
    ClassicMember before = current == null ? null : group.members().get(current);
    if (before != null) {
      return staticMembers.replace(asker, request, group, before, memberId);
    }
    if (instanceId != null || asker.version() < ID_IS_REQUIRED) {
      return add(asker, request, group, memberId);
    }
    group.pendingJoins().add(memberId);
    rebalance.sessions().set(group, memberId, asker.nowMs() + request.sessionTimeoutMs());
    return refuse(ErrorCode.MEMBER_ID_REQUIRED, memberId);
  }

  private CoordinatorResult<JoinGroupResponse> joinNamed(
      RequestContext asker, JoinGroupRequest request, ClassicGroup group) {
    String memberId = request.memberId();
    // A static member is given no id in advance: with an instance id, this one is not its.
    if (group.pendingJoins().contains(memberId) && request.groupInstanceId() == null) {
      return add(asker, request, group, memberId);
    }
    ErrorCode unknown = group.members().check(memberId, request.groupInstanceId());
    ClassicMember member = group.members().get(memberId);
    if (unknown != ErrorCode.NONE || member == null) {
      return refuse(unknown, memberId);
    }
    if (changesNothing(group, member, request)) {
      return CoordinatorResult.of(ClassicRebalance.joined(group, member));
    }
    group.members().update(member, JoinTerms.of(request, asker.version()));
    return rejoin(asker, request, group, member);
  }

  /**
   * Whether the member has probably missed an answer, and needs it again rather than a rebalance. A
   * leader that joins in a stable generation wants a rebalance: it has seen a change that is not in
   * its subscription, such as new partitions.
   */
  private static boolean changesNothing(
      ClassicGroup group, ClassicMember member, JoinGroupRequest request) {
    return !group.isIn(ClassicState.PREPARING_REBALANCE)
        && member.terms().sameProtocols(request.protocols())
        && !(group.isIn(ClassicState.STABLE) && group.members().isLeader(member));
  }

  private CoordinatorResult<JoinGroupResponse> add(
      RequestContext asker, JoinGroupRequest request, ClassicGroup group, String memberId) {
    ClassicMember member =
        new ClassicMember(
            memberId,
            request.groupInstanceId(),
            JoinLimits.prefix(asker.clientId()),
            asker.clientHost(),
            JoinTerms.of(request, asker.version()));
    member.firstJoin(true);
    group.add(member, request.protocolType());
    rebalance.sessions().set(group, memberId, asker.nowMs() + FIRST_JOIN_TIMEOUT_MS);
    return rejoin(asker, request, group, member);
  }

  private CoordinatorResult<JoinGroupResponse> rejoin(
      RequestContext asker, JoinGroupRequest request, ClassicGroup group, ClassicMember member) {
    CompletableFuture<JoinGroupResponse> answer = member.awaitJoin();
    return ClassicAnswers.answering(
        rebalance.prepareOrComplete(group, reason(member, request), asker.nowMs()), answer);
  }

  static String reason(ClassicMember member, JoinGroupRequest request) {
    String reason = request.reason();
    return "member %s joins (%s)".formatted(member.id(), reason == null ? "no reason" : reason);
  }
}
