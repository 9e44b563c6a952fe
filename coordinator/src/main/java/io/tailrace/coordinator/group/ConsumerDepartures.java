package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorResult.AppendListener;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Members that go: of their own accord, because they were silent for too long, or because they did
 * not give up partitions in time.
 */
final class ConsumerDepartures {
  private static final Logger LOG = System.getLogger(ConsumerDepartures.class.getName());

  /** When a member that could not be put out, because the log took no record, is tried again. */
  private static final long RETRY_MS = 500;

  private record Session(String groupId, String memberId) {}

  private record Revocation(String groupId, String memberId) {}

  private final ConsumerGroups groups;
  private final Map<String, Group> groupsById;
  private final Timers timers;

  ConsumerDepartures(ConsumerGroups groups, GroupContext context) {
    this.groups = groups;
    this.groupsById = context.groups();
    this.timers = context.timers();
  }

  /** A member has sent a heartbeat. */
  void heard(String groupId, String memberId, long nowMs) {
    expireAt(new Session(groupId, memberId), nowMs + groups.settings().sessionMs(groupId));
  }

  private void expireAt(Session session, long deadlineMs) {
    timers.schedule(
        session, deadlineMs, nowMs -> fence(session, member -> true, "its session ended", nowMs));
  }

  /** A member has taken a step, which is in the log. */
  void reconciled(String groupId, ConsumerMember member, long nowMs) {
    Revocation revocation = new Revocation(groupId, member.memberId());
    if (member.assignment().state() != ConsumerAssignment.State.UNREVOKED_PARTITIONS) {
      timers.cancel(revocation);
      return;
    }
    Session session = new Session(groupId, member.memberId());
    int epoch = member.epoch();
    int timeoutMs = member.subscription().rebalanceTimeoutMs();
    String reason = "it has not left epoch %d within %d ms".formatted(epoch, timeoutMs);
    timers.schedule(
        revocation,
        nowMs + timeoutMs,
        now -> fence(session, late -> late.epoch() == epoch, reason, now));
  }

  private CoordinatorResult<@Nullable Void> fence(
      Session session, Predicate<ConsumerMember> ifStill, String reason, long nowMs) {
    if (!(groupsById.get(session.groupId()) instanceof ConsumerGroup group)) {
      return CoordinatorResult.of(List.of());
    }
    ConsumerMember member = group.member(session.memberId());
    if (member == null || !ifStill.test(member)) {
      return CoordinatorResult.of(List.of());
    }
    LOG.log(
        Level.INFO,
        "member {0} is put out of group {1}: {2}",
        session.memberId(),
        session.groupId(),
        reason);
    return new CoordinatorResult<>(
        removal(group, member, nowMs),
        CompletableFuture.completedFuture(null),
        afterRemoval(session, nowMs));
  }

  private AppendListener afterRemoval(Session session, long nowMs) {
    return error -> {
      if (error == ErrorCode.NONE) {
        timers.cancel(session);
        timers.cancel(new Revocation(session.groupId(), session.memberId()));
      } else if (!timers.isScheduled(session)) {
        expireAt(session, nowMs + RETRY_MS);
      }
    };
  }

  private List<CoordinatorRecord> removal(ConsumerGroup group, ConsumerMember member, long nowMs) {
    List<CoordinatorRecord> records = new ArrayList<>();
    ConsumerRecords.addMemberTombstones(group.groupId(), member.memberId(), records);
    ConsumerSubscriptions left = group.subscriptions().with(member.subscription(), null);
    String regex = member.subscription().regex();
    if (!regex.isEmpty() && left.subscribers(regex) == 0) {
      records.add(ConsumerRecords.noRegex(group.groupId(), regex));
      left.forget(regex);
    }
    groups.bumpEpoch(group, left, true, nowMs, records);
    return records;
  }

  /** A member leaves: for good, or, if it is a static one, to come back soon. */
  CoordinatorResult<ConsumerGroupHeartbeatResponse> leave(
      ConsumerGroup group, ConsumerGroupHeartbeatRequest request, long nowMs) {
    String memberId = request.memberId();
    ConsumerMember member =
        request.instanceId() == null
            ? group.existingMember(memberId)
            : ConsumerGroups.staticMember(group, memberId, request.instanceId());
    CompletableFuture<ConsumerGroupHeartbeatResponse> response =
        CompletableFuture.completedFuture(
            new ConsumerGroupHeartbeatResponse()
                .memberId(memberId)
                .memberEpoch(request.memberEpoch()));
    if (request.memberEpoch() == ConsumerAssignment.STATIC_LEAVE_EPOCH) {
      ConsumerMember away = member.with(member.assignment().away());
      return new CoordinatorResult<>(
          List.of(ConsumerRecords.currentAssignment(group.groupId(), away)), response, null);
    }
    return new CoordinatorResult<>(
        removal(group, member, nowMs),
        response,
        afterRemoval(new Session(group.groupId(), memberId), nowMs));
  }

  /** After a load all members have as much time as if they had just been heard. */
  void loaded(ConsumerGroup group, long nowMs) {
    for (ConsumerMember member : group.members()) {
      heard(group.groupId(), member.memberId(), nowMs);
      reconciled(group.groupId(), member, nowMs);
    }
  }
}
