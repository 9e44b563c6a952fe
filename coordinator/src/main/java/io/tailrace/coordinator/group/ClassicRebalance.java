package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicAnswers.nothing;

import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How a classic group comes from one generation to the next: it waits for its members to join,
 * leaves behind who does not, and then waits for all to ask for their assignment. For the shard's
 * thread.
 *
 * <p>The methods that return a result are given the time in milliseconds, and have records only if
 * the group is left without members.
 */
final class ClassicRebalance {
  private static final Logger LOG = System.getLogger(ClassicRebalance.class.getName());

  private static final int SHORTEST_RETRY_MS = 1000;

  private record JoinPhase(String groupId) {}

  private record SyncPhase(String groupId) {}

  private final Supplier<GroupSettings> settings;
  private final Timers timers;
  private final ClassicSessions sessions;

  ClassicRebalance(GroupContext context) {
    this.settings = context.settings();
    this.timers = context.timers();
    this.sessions = new ClassicSessions(timers, this::sessionExpired);
  }

  ClassicSessions sessions() {
    return sessions;
  }

  /** Members have come, changed or gone: the group rebalances, or goes on with it. */
  CoordinatorResult<@Nullable Void> prepareOrComplete(
      ClassicGroup group, String reason, long nowMs) {
    if (group.canRebalance()) {
      return prepare(group, reason, nowMs);
    }
    boolean complete =
        group.isIn(ClassicState.PREPARING_REBALANCE)
            && !group.isInInitialRebalance()
            && group.allJoined();
    return complete ? completeJoin(group, nowMs) : nothing();
  }

  private CoordinatorResult<@Nullable Void> prepare(ClassicGroup group, String reason, long nowMs) {
    LOG.log(
        Level.DEBUG,
        () ->
            "Group %s rebalances after generation %d: %s"
                .formatted(group.groupId(), group.generation(), reason));
    if (group.isIn(ClassicState.COMPLETING_REBALANCE)) {
      refuseSyncs(group, ErrorCode.REBALANCE_IN_PROGRESS, nowMs);
    }
    timers.cancel(new SyncPhase(group.groupId()));
    group.prepareRebalance(nowMs);
    if (group.isInInitialRebalance()) {
      waitForFirstMembers(group, nowMs);
      return nothing();
    }
    if (group.allJoined()) {
      return completeJoin(group, nowMs);
    }
    waitForJoins(group, nowMs, group.members().rebalanceTimeoutMs());
    return nothing();
  }

  /** The generation has come to nothing: nobody is assigned anything, who waits for it is told. */
  void refuseSyncs(ClassicGroup group, ErrorCode error, long nowMs) {
    for (ClassicMember member : group.members().all()) {
      member.assignment(Message.NO_BYTES);
      if (member.answerSync(ClassicAnswers.sync(error))) {
        sessions.extend(group, member, nowMs);
      }
    }
  }

  /** A group that begins waits for the delay, and again after each in which one has come. */
  private void waitForFirstMembers(ClassicGroup group, long nowMs) {
    int delayMs = settings.get().initialRebalanceDelayMs();
    int leftMs = Math.max(group.members().rebalanceTimeoutMs() - delayMs, 0);
    waitForMore(group, nowMs, delayMs, leftMs);
  }

  private void waitForMore(ClassicGroup group, long nowMs, int delayMs, int leftMs) {
    timers.schedule(
        new JoinPhase(group.groupId()),
        nowMs + delayMs,
        laterMs -> {
          if (!group.takeMemberAdded() || leftMs == 0) {
            return completeJoin(group, laterMs);
          }
          int nextMs = Math.min(settings.get().initialRebalanceDelayMs(), leftMs);
          waitForMore(group, laterMs, nextMs, Math.max(leftMs - delayMs, 0));
          return nothing();
        });
  }

  private void waitForJoins(ClassicGroup group, long nowMs, int timeoutMs) {
    timers.schedule(
        new JoinPhase(group.groupId()), nowMs + timeoutMs, laterMs -> completeJoin(group, laterMs));
  }

  /** Goes on with those who have joined, and with static members: they keep their place. */
  private CoordinatorResult<@Nullable Void> completeJoin(ClassicGroup group, long nowMs) {
    timers.cancel(new JoinPhase(group.groupId()));
    for (ClassicMember member : group.members().copy()) {
      if (!member.awaitsJoin() && member.instanceId() == null) {
        group.remove(member.id());
      }
    }
    if (group.members().isEmpty()) {
      return becomeEmpty(group, nowMs);
    }
    if (!group.members().electJoinedLeader()) {
      // Static members only, and none is back: their sessions end, or they come. Their timeout may
      // be 0: not at once again.
      int timeoutMs = Math.max(group.members().rebalanceTimeoutMs(), SHORTEST_RETRY_MS);
      waitForJoins(group, nowMs, timeoutMs);
      return nothing();
    }
    group.beginGeneration(nowMs);
    for (ClassicMember member : group.members().all()) {
      member.answerJoin(joined(group, member));
      member.firstJoin(false);
      sessions.extend(group, member, nowMs);
    }
    waitForSyncs(group, nowMs);
    return nothing();
  }

  private CoordinatorResult<@Nullable Void> becomeEmpty(ClassicGroup group, long nowMs) {
    GroupMetadataValue nobody =
        ClassicRecords.empty(group.protocolType(), group.generation() + 1, nowMs);
    return new CoordinatorResult<>(
        List.of(ClassicRecords.record(group.groupId(), nobody)),
        nothing().response(),
        error -> {
          if (error != ErrorCode.NONE) {
            // The log still has the generation before. If it is loaded, that will time out.
            group.apply(nobody);
          }
        });
  }

  /** What a member is told of its generation; the leader, who is in it. */
  static JoinGroupResponse joined(ClassicGroup group, ClassicMember member) {
    String leader = group.members().leader();
    return new JoinGroupResponse()
        .memberId(member.id())
        .generationId(group.generation())
        .protocolType(group.nullableProtocolType())
        .protocolName(group.protocol())
        .leader(leader == null ? "" : leader)
        .members(
            group.members().isLeader(member) ? ClassicRecords.subscriptions(group) : List.of());
  }

  private void waitForSyncs(ClassicGroup group, long nowMs) {
    timers.schedule(
        new SyncPhase(group.groupId()),
        nowMs + group.members().rebalanceTimeoutMs(),
        laterMs -> syncTimeExpired(group, laterMs));
  }

  /** A member has asked for its assignment. */
  void synced(ClassicGroup group, ClassicMember member) {
    group.pendingSyncs().remove(member.id());
    if (group.pendingSyncs().isEmpty()) {
      timers.cancel(new SyncPhase(group.groupId()));
    }
  }

  private CoordinatorResult<@Nullable Void> syncTimeExpired(ClassicGroup group, long nowMs) {
    List<String> missing = List.copyOf(group.pendingSyncs());
    if (missing.isEmpty()) {
      return nothing();
    }
    missing.forEach(group::remove);
    return prepare(group, missing.size() + " members did not sync", nowMs);
  }

  private CoordinatorResult<@Nullable Void> sessionExpired(
      ClassicGroup group, String memberId, long nowMs) {
    ClassicMember member = group.members().get(memberId);
    // Who waits for an answer can't send heartbeats. A new member is the exception: it may have
    // gone without a trace, and joins again if it has not.
    if (member != null && !member.isFirstJoin() && (member.awaitsJoin() || member.awaitsSync())) {
      return nothing();
    }
    boolean pending = group.pendingJoins().contains(memberId);
    if (member == null && !pending) {
      return nothing();
    }
    group.remove(memberId);
    if (group.isIn(ClassicState.PREPARING_REBALANCE)) {
      return group.allJoined() ? completeJoin(group, nowMs) : nothing();
    }
    return pending ? nothing() : prepare(group, memberId + " was silent", nowMs);
  }

  /** The group is dead: nothing will happen to it later. */
  void forget(ClassicGroup group) {
    timers.cancel(new JoinPhase(group.groupId()));
    timers.cancel(new SyncPhase(group.groupId()));
    group.members().all().forEach(member -> sessions.cancel(group, member.id()));
    group.pendingJoins().forEach(memberId -> sessions.cancel(group, memberId));
  }
}
