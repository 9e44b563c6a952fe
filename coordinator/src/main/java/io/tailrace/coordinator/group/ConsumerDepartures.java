package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorResult.AppendListener;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Members that go: of their own accord, because they were silent for too long, or because they did
 * not do in time what was asked of them. If only classic members are left the group becomes theirs.
 */
final class ConsumerDepartures {
  private static final Logger LOG = System.getLogger(ConsumerDepartures.class.getName());

  private final ConsumerGroups groups;
  private final Map<String, Group> groupsById;
  private final ConsumerTimers timers;
  private final OnlineDowngrade downgrade;

  ConsumerDepartures(ConsumerGroups groups, GroupContext context, ClassicGroups classicGroups) {
    this.groups = groups;
    this.groupsById = context.groups();
    this.timers = new ConsumerTimers(context.timers(), this::fence);
    this.downgrade = new OnlineDowngrade(context, timers, classicGroups);
  }

  ConsumerTimers timers() {
    return timers;
  }

  OnlineDowngrade downgrade() {
    return downgrade;
  }

  private CoordinatorResult<@Nullable Void> fence(
      String groupId,
      String memberId,
      Predicate<ConsumerMember> ifStill,
      String reason,
      long nowMs) {
    if (!(groupsById.get(groupId) instanceof ConsumerGroup group)) {
      return CoordinatorResult.of(List.of());
    }
    ConsumerMember member = group.member(memberId);
    if (member == null || !ifStill.test(member)) {
      return CoordinatorResult.of(List.of());
    }
    LOG.log(Level.INFO, "member {0} is put out of group {1}: {2}", memberId, groupId, reason);
    return remove(group, Set.of(member), CompletableFuture.completedFuture(null), nowMs);
  }

  /**
   * Takes members out of a group.
   *
   * @param response goes out when they are
   */
  <R extends @Nullable Object> CoordinatorResult<R> remove(
      ConsumerGroup group, Set<ConsumerMember> leaving, CompletableFuture<R> response, long nowMs) {
    if (leaving.isEmpty()) {
      return CoordinatorResult.waiting(response);
    }
    List<CoordinatorRecord> records = new ArrayList<>();
    AppendListener removed;
    if (downgrade.isDueWithout(group, leaving)) {
      removed = downgrade.without(group, leaving, nowMs, records);
    } else {
      addRemoval(group, leaving, nowMs, records);
      removed = error -> {};
    }
    return new CoordinatorResult<>(
        records,
        response,
        error -> {
          removed.appended(error);
          leaving.forEach(member -> forget(group.groupId(), member.memberId(), error, nowMs));
        });
  }

  private void forget(String groupId, String memberId, ErrorCode error, long nowMs) {
    if (error == ErrorCode.NONE) {
      timers.cancel(groupId, memberId);
    } else {
      timers.retry(groupId, memberId, nowMs);
    }
  }

  private void addRemoval(
      ConsumerGroup group,
      Set<ConsumerMember> leaving,
      long nowMs,
      List<CoordinatorRecord> records) {
    ConsumerSubscriptions left = group.subscriptions().copy();
    Set<String> regexes = new TreeSet<>();
    for (ConsumerMember member : leaving) {
      ConsumerRecords.addMemberTombstones(group.groupId(), member.memberId(), records);
      left.replace(member.subscription(), null);
      regexes.add(member.subscription().regex());
    }
    for (String regex : regexes) {
      if (!regex.isEmpty() && left.subscribers(regex) == 0) {
        records.add(ConsumerRecords.noRegex(group.groupId(), regex));
        left.forget(regex);
      }
    }
    groups.bumpEpoch(group, left, true, nowMs, records);
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
    return remove(group, Set.of(member), response, nowMs);
  }

  /** After a load all members have as much time as if they had just been heard. */
  void loaded(ConsumerGroup group, long nowMs) {
    int sessionMs = groups.settings().sessionMs(group.groupId());
    for (ConsumerMember member : group.members()) {
      timers.heard(group.groupId(), member.memberId(), sessionMs, nowMs);
      timers.reconciled(group.groupId(), member, nowMs);
    }
  }
}
