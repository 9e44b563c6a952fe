package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.Timers;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How long the members of consumer groups may take: to be heard, to give up partitions, and, if
 * they speak the classic protocol, to join again and to sync. For the shard's thread.
 */
final class ConsumerTimers {
  /** When a member that could not be put out, because the log took no record, is tried again. */
  private static final long RETRY_MS = 500;

  private record Session(String groupId, String memberId) {}

  private record Revocation(String groupId, String memberId) {}

  private record Join(String groupId, String memberId) {}

  private record Sync(String groupId, String memberId) {}

  /** Told of a member whose time is up. */
  interface Expiry {
    /**
     * @param ifStill whether it is still late
     */
    CoordinatorResult<@Nullable Void> expired(
        String groupId,
        String memberId,
        Predicate<ConsumerMember> ifStill,
        String reason,
        long nowMs);
  }

  private final Timers timers;
  private final Expiry expiry;

  ConsumerTimers(Timers timers, Expiry expiry) {
    this.timers = timers;
    this.expiry = expiry;
  }

  private void schedule(
      Object key, String groupId, String memberId, long deadlineMs, String reason) {
    timers.schedule(
        key, deadlineMs, nowMs -> expiry.expired(groupId, memberId, member -> true, reason, nowMs));
  }

  /** Something was heard of a member. */
  void heard(String groupId, String memberId, int sessionMs, long nowMs) {
    Session key = new Session(groupId, memberId);
    schedule(key, groupId, memberId, nowMs + sessionMs, "its session ended");
  }

  /** A member was to be put out, and is still there. */
  void retry(String groupId, String memberId, long nowMs) {
    Session key = new Session(groupId, memberId);
    if (!timers.isScheduled(key)) {
      schedule(key, groupId, memberId, nowMs + RETRY_MS, "its time was up");
    }
  }

  /** A member has taken a step, which is in the log. */
  void reconciled(String groupId, ConsumerMember member, long nowMs) {
    Revocation key = new Revocation(groupId, member.memberId());
    if (member.assignment().state() != ConsumerAssignment.State.UNREVOKED_PARTITIONS) {
      timers.cancel(key);
      return;
    }
    int epoch = member.epoch();
    int timeoutMs = member.subscription().rebalanceTimeoutMs();
    String reason = "it has not left epoch %d within %d ms".formatted(epoch, timeoutMs);
    timers.schedule(
        key,
        nowMs + timeoutMs,
        now ->
            expiry.expired(groupId, member.memberId(), late -> late.epoch() == epoch, reason, now));
  }

  /** A classic member has been told to join again; how often does not matter. */
  void awaitJoin(String groupId, ConsumerMember member, long nowMs) {
    Join key = new Join(groupId, member.memberId());
    if (!timers.isScheduled(key)) {
      long deadlineMs = nowMs + member.subscription().rebalanceTimeoutMs();
      schedule(key, groupId, member.memberId(), deadlineMs, "it did not join again in time");
    }
  }

  /** A classic member has joined, and is to ask for its assignment. */
  void awaitSync(String groupId, ConsumerMember member, long nowMs) {
    joined(groupId, member.memberId());
    Sync key = new Sync(groupId, member.memberId());
    long deadlineMs = nowMs + member.subscription().rebalanceTimeoutMs();
    schedule(key, groupId, member.memberId(), deadlineMs, "it did not sync in time");
  }

  private void joined(String groupId, String memberId) {
    timers.cancel(new Join(groupId, memberId));
  }

  void synced(String groupId, String memberId) {
    timers.cancel(new Sync(groupId, memberId));
  }

  /** Nothing is expected of it any more. */
  void cancel(String groupId, String memberId) {
    timers.cancel(new Session(groupId, memberId));
    timers.cancel(new Revocation(groupId, memberId));
    joined(groupId, memberId);
    synced(groupId, memberId);
  }
}
