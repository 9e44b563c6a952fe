package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.coordinator.group.assign.MemberSpec;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/** Computes target assignments, and the records of what changes by them. */
final class TargetAssignments {
  private final Supplier<Topics> topics;
  private final ConsumerSettings settings;

  TargetAssignments(Supplier<Topics> topics, ConsumerSettings settings) {
    this.topics = topics;
    this.settings = settings;
  }

  /** Ids of those topics that exist. */
  Set<UUID> topicIds(Collection<String> names) {
    Topics now = topics.get();
    Set<UUID> ids = new TreeSet<>();
    for (String name : names) {
      Topics.Topic topic = now.topic(name);
      if (topic != null) {
        ids.add(topic.id());
      }
    }
    return ids;
  }

  /**
   * The group's target with a member as it is about to be: the one that holds, unless the group is
   * about to get to a later epoch and the last target is old enough.
   */
  TargetAssignment next(
      ConsumerGroup group,
      ConsumerMember member,
      ConsumerSubscriptions subscriptions,
      int epoch,
      long nowMs) {
    if (group.targetEpoch() >= epoch || !isDue(group, nowMs)) {
      return new TargetAssignment(group.targetEpoch(), group.target(member), List.of());
    }
    SortedMap<String, MemberSpec> specs = specs(group, member, subscriptions);
    Map<String, Assignment> shares =
        settings
            .assignor(subscriptions)
            .assign(List.copyOf(specs.values()), partitionCounts(specs.values()));
    List<CoordinatorRecord> records = new ArrayList<>();
    for (MemberSpec spec : specs.values()) {
      Assignment share = shares.getOrDefault(spec.memberId(), Assignment.EMPTY);
      if (!group.hasTarget(spec.memberId()) || !spec.target().equals(share)) {
        records.add(ConsumerRecords.target(group.groupId(), spec.memberId(), share));
      }
    }
    records.add(ConsumerRecords.targetEpoch(group.groupId(), epoch, nowMs));
    return new TargetAssignment(
        epoch, shares.getOrDefault(member.memberId(), Assignment.EMPTY), records);
  }

  /** Whether the last is old enough. A clock that was set back does not hold a group up. */
  boolean isDue(ConsumerGroup group, long nowMs) {
    long ageMs = nowMs - group.targetMs();
    return ageMs < 0 || ageMs >= settings.assignmentMs(group.groupId());
  }

  private SortedMap<String, MemberSpec> specs(
      ConsumerGroup group, ConsumerMember changed, ConsumerSubscriptions subscriptions) {
    Map<Set<String>, Set<UUID>> idsByNames = new HashMap<>();
    SortedMap<String, ConsumerMember> members = new TreeMap<>();
    group.members().forEach(member -> members.put(member.memberId(), member));
    ConsumerMember replaced = group.staticMember(changed.instanceId());
    if (replaced != null) {
      members.remove(replaced.memberId());
    }
    members.put(changed.memberId(), changed);
    SortedMap<String, MemberSpec> specs = new TreeMap<>();
    members.forEach((memberId, member) -> {
      Set<String> names = subscriptions.topicsOf(member.subscription());
      Set<UUID> ids = idsByNames.computeIfAbsent(names, this::topicIds);
      specs.put(memberId, new MemberSpec(memberId, member.instanceId(), ids, group.target(member)));
    });
    return specs;
  }

  private Map<UUID, Integer> partitionCounts(Collection<MemberSpec> members) {
    Topics now = topics.get();
    Map<UUID, Integer> counts = new HashMap<>();
    for (MemberSpec member : members) {
      for (UUID id : member.topics()) {
        Topics.Topic topic = now.topic(id);
        counts.put(id, topic == null ? 0 : topic.partitions());
      }
    }
    return counts;
  }
}
