package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorResult.AppendListener;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * One JoinGroup to a consumer group: a classic member comes, or joins again to get closer to its
 * target ({@link ConsumerMemberChange}). It is answered at once; nobody waits for others. If it
 * takes the place of the last that is not classic, the group becomes a classic one.
 */
final class HostedJoin {
  private static final int ID_IS_REQUIRED = 4;

  private final ConsumerGroups groups;
  private final ConsumerGroup group;
  private final Topics topics;
  private final RequestContext asker;
  private final JoinGroupRequest request;
  private final List<CoordinatorRecord> records = new ArrayList<>();

  HostedJoin(
      ConsumerGroups groups,
      ConsumerGroup group,
      Topics topics,
      RequestContext asker,
      JoinGroupRequest request) {
    this.groups = groups;
    this.group = group;
    this.topics = topics;
    this.asker = asker;
    this.request = request;
  }

  /**
   * @throws CoordinatorException with the error code of the response
   */
  CoordinatorResult<JoinGroupResponse> run() {
    boolean isNew = request.memberId().isEmpty();
    String memberId = isNew ? groups.newMemberId() : request.memberId();
    groups.checkRoom(group, memberId);
    holds(knowsAProtocolOfAll());
    String instanceId = request.groupInstanceId();
    if (isNew && instanceId == null && asker.version() >= ID_IS_REQUIRED) {
      return CoordinatorResult.of(
          ClassicAnswers.inVersion(
              ClassicAnswers.join(ErrorCode.MEMBER_ID_REQUIRED, memberId), asker.version()));
    }
    ConsumerMember before =
        instanceId == null ? dynamicMember(memberId) : staticMember(memberId, instanceId, isNew);
    ConsumerProtocolSubscription says = says();
    ConsumerMemberChange change =
        new ConsumerMemberChange(
            groups,
            group,
            before,
            before.subscription().with(request, says, asker),
            false,
            asker.nowMs(),
            records);
    ConsumerMember replaced = group.staticMember(instanceId);
    return replaced != null && groups.departures().downgrade().isDueReplacing(group, replaced)
        ? downgrade(replaced, change, says)
        : stay(change.reconcile(ConsumerProtocol.owned(says, topics)));
  }

  private static void holds(boolean condition) {
    if (!condition) {
      throw new CoordinatorException(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, null);
    }
  }

  /** So that a protocol can be chosen if the group becomes a classic one. */
  private boolean knowsAProtocolOfAll() {
    return request.protocolType().equals(Group.CONSUMER_PROTOCOL)
        && request.protocols().stream().anyMatch(this::isKnownToAll);
  }

  private boolean isKnownToAll(JoinGroupRequestProtocol protocol) {
    for (ConsumerMember member : group.members()) {
      HostedTerms terms = member.subscription().classic();
      if (terms != null && !terms.knows(protocol.name())) {
        return false;
      }
    }
    return true;
  }

  private ConsumerMember dynamicMember(String memberId) {
    ConsumerMember known = group.member(memberId);
    return known == null ? ConsumerMember.joining(memberId) : known;
  }

  private ConsumerMember staticMember(String memberId, String instanceId, boolean isNew) {
    if (!isNew) {
      return ConsumerGroups.staticMember(group, memberId, instanceId);
    }
    ConsumerMember known = group.staticMember(instanceId);
    return known == null
        ? ConsumerMember.joining(memberId)
        : groups.replace(group, known, memberId, records);
  }

  /** With all protocols a consumer subscribes to the same. */
  private ConsumerProtocolSubscription says() {
    try {
      return ConsumerProtocol.subscription(request.protocols().getFirst().metadata());
    } catch (MalformedMessageException e) {
      throw new CoordinatorException(ErrorCode.INCONSISTENT_GROUP_PROTOCOL, e.getMessage());
    }
  }

  private CoordinatorResult<JoinGroupResponse> stay(ConsumerMember member) {
    String groupId = group.groupId();
    ConsumerTimers timers = groups.timers();
    return result(
        member,
        error -> {
          if (error == ErrorCode.NONE) {
            timers.heard(groupId, member.memberId(), request.sessionTimeoutMs(), asker.nowMs());
            timers.awaitSync(groupId, member, asker.nowMs());
          }
        });
  }

  /**
   * The new member goes on with what the one before was to have. If others are still on their way,
   * or partitions are to be shared out anew, the classic group rebalances.
   */
  private CoordinatorResult<JoinGroupResponse> downgrade(
      ConsumerMember replaced, ConsumerMemberChange change, ConsumerProtocolSubscription says) {
    boolean isStale = group.targetEpoch() < change.epoch();
    ConsumerMember member =
        isStale ? change.member() : change.reconcile(ConsumerProtocol.owned(says, topics));
    String reason =
        isStale || areOnTheirWay(replaced) ? "its partitions are not where they belong" : null;
    return result(
        member,
        groups
            .departures()
            .downgrade()
            .replacing(group, replaced, member, reason, asker.nowMs(), records));
  }

  private boolean areOnTheirWay(ConsumerMember replaced) {
    return group.members().stream()
        .anyMatch(member ->
            !member.equals(replaced) && !member.assignment().reconciledTo(group.targetEpoch()));
  }

  private CoordinatorResult<JoinGroupResponse> result(
      ConsumerMember member, AppendListener listener) {
    JoinGroupResponse response =
        new JoinGroupResponse()
            .memberId(member.memberId())
            .generationId(member.epoch())
            .protocolType(Group.CONSUMER_PROTOCOL)
            .protocolName(request.protocols().getFirst().name());
    return new CoordinatorResult<>(records, CompletableFuture.completedFuture(response), listener);
  }
}
