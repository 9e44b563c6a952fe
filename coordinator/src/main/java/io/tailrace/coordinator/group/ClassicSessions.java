package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.Timers;
import org.jspecify.annotations.Nullable;

/** How long the members of classic groups may be silent. For the shard's thread. */
final class ClassicSessions {

  /** Told of a member, or one that was given an id, from whom nothing was heard. */
  interface Expiry {
    CoordinatorResult<@Nullable Void> expired(ClassicGroup group, String memberId, long nowMs);
  }

  private record Session(String groupId, String memberId) {}

  private final Timers timers;
  private final Expiry expiry;

  ClassicSessions(Timers timers, Expiry expiry) {
    this.timers = timers;
    this.expiry = expiry;
  }

  /** Something was heard of a member. */
  void extend(ClassicGroup group, ClassicMember member, long nowMs) {
    set(group, member.id(), nowMs + member.terms().sessionTimeoutMs());
  }

  void set(ClassicGroup group, String memberId, long deadlineMs) {
    timers.schedule(
        new Session(group.groupId(), memberId),
        deadlineMs,
        nowMs -> expiry.expired(group, memberId, nowMs));
  }

  void cancel(ClassicGroup group, String memberId) {
    timers.cancel(new Session(group.groupId(), memberId));
  }
}
