package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.ConsumerAssignment.State;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.LeaveGroupResponse.MemberResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The classic protocol for the members of a consumer group that speak it, while a group migrates.
 * None of them leads: the broker shares the partitions out, a join takes the member one step to its
 * target, a sync tells what it has, and a heartbeat whether to join again. Its epoch is its
 * generation. For the shard's thread.
 */
final class HostedMembers {
  private final GroupContext context;
  private final ConsumerGroups groups;

  HostedMembers(GroupContext context, ConsumerGroups groups) {
    this.context = context;
    this.groups = groups;
  }

  /** Whether requests about a group go here. One without members makes room for a classic one. */
  boolean has(String groupId) {
    return context.group(groupId) instanceof ConsumerGroup group && !group.isEmpty();
  }

  private ConsumerGroup group(String groupId) {
    if (context.group(groupId) instanceof ConsumerGroup group) {
      return group;
    }
    throw new IllegalStateException(groupId + " is not a consumer group");
  }

  /** JoinGroup, versions 0 to 9. */
  CoordinatorResult<JoinGroupResponse> join(RequestContext asker, JoinGroupRequest request) {
    GroupSettings settings = context.settings().get();
    ErrorCode wrong = JoinLimits.check(request, settings);
    if (wrong != ErrorCode.NONE) {
      return refuseJoin(asker, wrong, request.memberId());
    }
    if (settings.migration() == GroupSettings.MigrationPolicy.DISABLED) {
      return refuseJoin(asker, ErrorCode.INCONSISTENT_GROUP_PROTOCOL, "");
    }
    try {
      return new HostedJoin(
              groups, group(request.groupId()), context.topics().get(), asker, request)
          .run();
    } catch (CoordinatorException e) {
      return refuseJoin(asker, e.code(), "");
    }
  }

  private static CoordinatorResult<JoinGroupResponse> refuseJoin(
      RequestContext asker, ErrorCode error, String memberId) {
    return CoordinatorResult.of(
        ClassicAnswers.inVersion(ClassicAnswers.join(error, memberId), asker.version()));
  }

  /**
   * SyncGroup, versions 0 to 5.
   *
   * @throws CoordinatorException with the error code of the response
   */
  CoordinatorResult<SyncGroupResponse> sync(RequestContext asker, SyncGroupRequest request) {
    ErrorCode malformed = ClassicSync.checkRequest(asker.version(), request);
    if (malformed != ErrorCode.NONE) {
      return CoordinatorResult.of(ClassicAnswers.sync(malformed));
    }
    ConsumerGroup group = group(request.groupId());
    ConsumerMember member = member(group, request.memberId(), request.groupInstanceId());
    HostedTerms terms = terms(member, request.generationId());
    if (differ(request.protocolType(), Group.CONSUMER_PROTOCOL)
        || differ(request.protocolName(), terms.protocolName())) {
      return CoordinatorResult.of(ClassicAnswers.sync(ErrorCode.INCONSISTENT_GROUP_PROTOCOL));
    }
    // Who is giving partitions up has joined again already, and does so once more when it has.
    if (group.targetEpoch() > member.epoch()
        && member.assignment().state() != State.UNREVOKED_PARTITIONS) {
      groups.timers().awaitJoin(group.groupId(), member, asker.nowMs());
      return CoordinatorResult.of(ClassicAnswers.sync(ErrorCode.REBALANCE_IN_PROGRESS));
    }
    SyncGroupResponse response =
        new SyncGroupResponse()
            .protocolType(request.protocolType())
            .protocolName(request.protocolName())
            .assignment(
                ConsumerProtocol.assignment(
                    member.assignment().toTarget().partitions(),
                    terms.protocols().getFirst().metadata(),
                    context.topics().get()));
    return new CoordinatorResult<>(
        List.of(),
        CompletableFuture.completedFuture(response),
        error -> {
          groups.timers().synced(group.groupId(), member.memberId());
          heard(group, member, terms, asker.nowMs());
        });
  }

  /** Before version 5 the request does not say. */
  private static boolean differ(@Nullable String asked, String actual) {
    return asked != null && !asked.equals(actual);
  }

  /**
   * @throws CoordinatorException UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID
   */
  private static ConsumerMember member(
      ConsumerGroup group, String memberId, @Nullable String instanceId) {
    return instanceId == null
        ? group.existingMember(memberId)
        : ConsumerGroups.staticMember(group, memberId, instanceId);
  }

  /**
   * @throws CoordinatorException UNKNOWN_MEMBER_ID, ILLEGAL_GENERATION
   */
  private static HostedTerms terms(ConsumerMember member, int generation) {
    HostedTerms terms = member.subscription().classic();
    if (terms == null) {
      throw new CoordinatorException(
          ErrorCode.UNKNOWN_MEMBER_ID,
          "Member %s does not use the classic protocol.".formatted(member.memberId()));
    }
    if (generation != member.epoch()) {
      throw new CoordinatorException(
          ErrorCode.ILLEGAL_GENERATION,
          "Member %s is in generation %d, not in %d."
              .formatted(member.memberId(), member.epoch(), generation));
    }
    return terms;
  }

  private void heard(ConsumerGroup group, ConsumerMember member, HostedTerms terms, long nowMs) {
    groups.timers().heard(group.groupId(), member.memberId(), terms.sessionTimeoutMs(), nowMs);
  }

  /**
   * Heartbeat, versions 0 to 4.
   *
   * @throws CoordinatorException with the error code of the response
   */
  CoordinatorResult<HeartbeatResponse> heartbeat(RequestContext asker, HeartbeatRequest request) {
    ConsumerGroup group = group(request.groupId());
    ConsumerMember member = member(group, request.memberId(), request.groupInstanceId());
    heard(group, member, terms(member, request.generationId()), asker.nowMs());
    if (!isToJoin(group, member) && !isToShareOut(group, asker.nowMs())) {
      return CoordinatorResult.of(ClassicAnswers.heartbeat(ErrorCode.NONE));
    }
    groups.timers().awaitJoin(group.groupId(), member, asker.nowMs());
    return CoordinatorResult.of(ClassicAnswers.heartbeat(ErrorCode.REBALANCE_IN_PROGRESS));
  }

  /**
   * Whether a join would have the partitions shared out anew. As long as there are members of the
   * consumer protocol, it is their heartbeats that do; if a group may not be downgraded, there may
   * be none for ever.
   */
  private boolean isToShareOut(ConsumerGroup group, long nowMs) {
    return groups.isTargetDue(group, nowMs)
        && group.members().stream().allMatch(each -> each.subscription().usesClassicProtocol());
  }

  /** Whether another join would take it further. */
  private static boolean isToJoin(ConsumerGroup group, ConsumerMember member) {
    return member.epoch() < group.targetEpoch()
        || switch (member.assignment().state()) {
          case UNREVOKED_PARTITIONS -> true;
          case UNRELEASED_PARTITIONS -> !isWaiting(group, member);
          default -> false;
        };
  }

  /** Whether others still have some of its target. */
  private static boolean isWaiting(ConsumerGroup group, ConsumerMember member) {
    for (var topic : group.target(member.memberId()).partitions().entrySet()) {
      UUID id = topic.getKey();
      for (int partition : topic.getValue()) {
        boolean has =
            member.assignment().assigned().getOrDefault(id, Map.of()).containsKey(partition);
        if (!has && group.owner(id, partition) != null) {
          return true;
        }
      }
    }
    return false;
  }

  /** LeaveGroup, versions 0 to 5. Members of either protocol may be named, as by admin clients. */
  CoordinatorResult<LeaveGroupResponse> leave(RequestContext asker, LeaveGroupRequest request) {
    ConsumerGroup group = group(request.groupId());
    Set<ConsumerMember> leaving = new HashSet<>();
    List<MemberResponse> left = new ArrayList<>();
    for (MemberIdentity identity : ClassicLeave.members(asker.version(), request)) {
      ErrorCode error = ErrorCode.NONE;
      try {
        leaving.add(leaver(group, identity));
      } catch (CoordinatorException e) {
        error = e.code();
      }
      left.add(ClassicLeave.response(identity, error));
    }
    return groups
        .departures()
        .remove(
            group,
            leaving,
            CompletableFuture.completedFuture(ClassicLeave.response(asker.version(), left)),
            asker.nowMs());
  }

  private static ConsumerMember leaver(ConsumerGroup group, MemberIdentity identity) {
    ConsumerMember member = group.staticMember(identity.groupInstanceId());
    return member != null && identity.memberId().isEmpty()
        ? member
        : member(group, identity.memberId(), identity.groupInstanceId());
  }
}
