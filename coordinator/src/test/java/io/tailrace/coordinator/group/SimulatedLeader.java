package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the leader of a classic group does: shares the partitions out among those who subscribe to
 * their topics, each to the one with the fewest. A cooperative one lets members keep what they have
 * as far as that is fair, and gives nobody what another still has.
 */
final class SimulatedLeader {

  /** A member as the leader is told of it. */
  record Member(String id, ConsumerProtocolSubscription says) {

    private boolean has(String topic, int partition) {
      for (var owned : says.ownedPartitions()) {
        for (int index : owned.partitions()) {
          if (owned.topic().equals(topic) && index == partition) {
            return true;
          }
        }
      }
      return false;
    }
  }

  private final ConsumerTestTopics topics;
  private final boolean cooperative;
  private final Map<String, Map<String, List<Integer>>> shares = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();

  SimulatedLeader(ConsumerTestTopics topics, boolean cooperative) {
    this.topics = topics;
    this.cooperative = cooperative;
  }

  static List<Member> members(JoinGroupResponse response) {
    return response.members().stream()
        .map(it -> new Member(it.memberId(), ConsumerProtocol.subscription(it.metadata())))
        .toList();
  }

  List<SyncGroupRequestAssignment> assign(List<Member> members) {
    members.forEach(member -> {
      shares.put(member.id(), new HashMap<>());
      sizes.put(member.id(), 0);
    });
    for (Topics.Topic topic : topics.all()) {
      for (int partition = 0; partition < topic.partitions(); partition++) {
        give(topic.name(), partition, members);
      }
    }
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    shares.forEach((memberId, share) -> {
      List<ConsumerProtocolAssignment.TopicPartition> named = new ArrayList<>();
      share.forEach((topic, partitions) ->
          named.add(
              new ConsumerProtocolAssignment.TopicPartition()
                  .topic(topic)
                  .partitions(ConsumerAssignment.ints(partitions))));
      assignments.add(
          new SyncGroupRequestAssignment()
              .memberId(memberId)
              .assignment(
                  SimulatedClassic.versioned(
                      new ConsumerProtocolAssignment().assignedPartitions(named), (short) 1)));
    });
    return assignments;
  }

  private void give(String topic, int partition, List<Member> members) {
    Member taker = null;
    Set<String> owners = new HashSet<>();
    for (Member member : members) {
      if (member.has(topic, partition)) {
        owners.add(member.id());
      }
      if (member.says().topics().contains(topic)
          && (taker == null || rank(member, topic, partition) < rank(taker, topic, partition))) {
        taker = member;
      }
    }
    if (taker == null) {
      return;
    }
    sizes.merge(taker.id(), 1, Integer::sum);
    owners.remove(taker.id());
    if (!cooperative || owners.isEmpty()) {
      shares.get(taker.id()).computeIfAbsent(topic, name -> new ArrayList<>()).add(partition);
    }
  }

  /** Who has it may have two more than others. */
  private int rank(Member member, String topic, int partition) {
    boolean keeps = cooperative && member.has(topic, partition);
    return 2 * sizes.get(member.id()) - (keeps ? 5 : 0);
  }
}
