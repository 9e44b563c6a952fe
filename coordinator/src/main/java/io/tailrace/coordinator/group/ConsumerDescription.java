package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.Assignment;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.Member;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** A consumer group as ConsumerGroupDescribe shows it. */
final class ConsumerDescription {
  private static final byte CLASSIC_MEMBER = 0;
  private static final byte CONSUMER_MEMBER = 1;

  private ConsumerDescription() {}

  /**
   * @param assignors the supported ones, the first is the default
   */
  static DescribedGroup of(ConsumerGroup group, Topics topics, List<String> assignors) {
    List<Member> members = new ArrayList<>();
    for (ConsumerMember member : group.members()) {
      members.add(member(member, group.target(member.memberId()).partitions(), topics));
    }
    return new DescribedGroup()
        .groupId(group.groupId())
        .groupState(group.state())
        .groupEpoch(group.epoch())
        .assignmentEpoch(group.targetEpoch())
        .assignorName(group.subscriptions().preferredAssignor(assignors))
        .members(members);
  }

  private static Member member(
      ConsumerMember member, Map<UUID, Set<Integer>> target, Topics topics) {
    ConsumerSubscription subscription = member.subscription();
    return new Member()
        .memberId(member.memberId())
        .instanceId(subscription.instanceId())
        .rackId(subscription.rackId())
        .memberEpoch(member.epoch())
        .clientId(subscription.clientId())
        .clientHost(subscription.clientHost())
        .subscribedTopicNames(new ArrayList<>(subscription.topics()))
        .subscribedTopicRegex(subscription.regex())
        .assignment(assignment(owned(member.assignment()), topics))
        .targetAssignment(assignment(target, topics))
        .memberType(subscription.usesClassicProtocol() ? CLASSIC_MEMBER : CONSUMER_MEMBER);
  }

  /** With what it is still to give up. */
  private static Map<UUID, Set<Integer>> owned(ConsumerAssignment assignment) {
    Map<UUID, Set<Integer>> owned = new TreeMap<>();
    for (var part : List.of(assignment.assigned(), assignment.revoking())) {
      part.forEach((topic, since) ->
          owned.computeIfAbsent(topic, id -> new TreeSet<>()).addAll(since.keySet()));
    }
    return owned;
  }

  /** A topic that has been deleted has no name, and is left out. */
  private static Assignment assignment(Map<UUID, Set<Integer>> partitions, Topics topics) {
    List<TopicPartitions> named = new ArrayList<>();
    partitions.forEach((id, indexes) -> {
      Topics.Topic topic = topics.topic(id);
      if (topic != null) {
        named.add(
            new TopicPartitions()
                .topicId(id)
                .topicName(topic.name())
                .partitions(ConsumerAssignment.ints(indexes)));
      }
    });
    return new Assignment().topicPartitions(named);
  }
}
