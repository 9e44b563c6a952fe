package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a request of either protocol changes of a member of a consumer group, and what follows: the
 * group's epoch is raised if the partitions are to be shared out anew, they are if it is time, and
 * the member gets closer to its target. Nothing of this holds before the records are in the log.
 */
final class ConsumerMemberChange {
  private final ConsumerGroups groups;
  private final ConsumerGroup group;
  private final ConsumerMember member;
  private final long nowMs;
  private final List<CoordinatorRecord> records;
  private ConsumerSubscriptions subscriptions;
  private boolean subscriptionChanged;
  private final int epoch;

  /**
   * @param before the member as it has been
   * @param says what it says of itself from now on
   * @param upgrades whether the group was a classic one: what its leader assigned may be less than
   *     there is by now, and is nothing while it rebalances
   * @param records gets what changes
   */
  ConsumerMemberChange(
      ConsumerGroups groups,
      ConsumerGroup group,
      ConsumerMember before,
      ConsumerSubscription says,
      boolean upgrades,
      long nowMs,
      List<CoordinatorRecord> records) {
    this.groups = groups;
    this.group = group;
    this.member = before.with(says);
    this.nowMs = nowMs;
    this.records = records;
    this.subscriptions = group.subscriptions();
    this.epoch = subscribe(before, upgrades);
  }

  private int subscribe(ConsumerMember before, boolean upgrades) {
    RegexSubscriptions.Change regexChange = RegexSubscriptions.Change.NONE;
    boolean namesChanged = false;
    if (!member.equals(before)) {
      records.add(ConsumerRecords.subscription(group.groupId(), member));
      subscriptions = subscriptions.with(before.subscription(), member.subscription());
      regexChange = groups.regexes().change(group, before, member, subscriptions, records);
      namesChanged = !member.subscription().topics().equals(before.subscription().topics());
    }
    groups.regexes().scheduleRefresh(group, subscriptions, nowMs);
    subscriptionChanged = namesChanged || regexChange != RegexSubscriptions.Change.NONE;
    return nextEpoch(upgrades || namesChanged || regexChange == RegexSubscriptions.Change.RESOLVED);
  }

  /** Looks at the topics if there is reason to, and raises the epoch if they have changed. */
  private int nextEpoch(boolean toBeRaised) {
    if (!toBeRaised && !group.lookups().areTopicsDue(group.epoch())) {
      return group.epoch();
    }
    int next = groups.bumpEpoch(group, subscriptions, toBeRaised, nowMs, records);
    group.lookups().topicsFound(next);
    if (group.hasPartitionMetadata()) {
      records.add(ConsumerRecords.noPartitionMetadata(group.groupId()));
    }
    return next;
  }

  /** With what it says now, before it is reconciled. */
  ConsumerMember member() {
    return member;
  }

  /** The group's, from now on. */
  int epoch() {
    return epoch;
  }

  /**
   * Finds the target that holds from now on, and brings the member closer to it.
   *
   * @param owned what the member says it has; null if it does not say
   * @return the member as it is then; the same if there was nothing to do
   */
  ConsumerMember reconcile(@Nullable List<TopicPartitions> owned) {
    TargetAssignment target = groups.targets().next(group, member, subscriptions, epoch, nowMs);
    records.addAll(target.records());
    if (!subscriptionChanged && member.assignment().reconciledTo(target.epoch())) {
      return member;
    }
    ConsumerAssignment next =
        new Reconciler(
                group,
                member.assignment(),
                target.epoch(),
                target.ofMember(),
                groups.targets().topicIds(subscriptions.topicsOf(member.subscription())),
                owned)
            .next(subscriptionChanged);
    if (next.equals(member.assignment())) {
      return member;
    }
    ConsumerMember reconciled = member.with(next);
    records.add(ConsumerRecords.currentAssignment(group.groupId(), reconciled));
    return reconciled;
  }
}
