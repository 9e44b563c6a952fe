package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Makes a classic group a consumer group in place (KIP-848), for a consumer that wants to join it.
 * The classic members stay, each with what it was assigned last, which is also the target; they
 * have the generation for their epoch, and so are behind as soon as the new one has joined, and are
 * told to rebalance. For the shard's thread.
 *
 * <p>The group is made by its records, so a load finds the same.
 */
final class OnlineUpgrade {
  private final GroupContext context;
  private final TopicsHash topicsHash;

  OnlineUpgrade(GroupContext context, TopicsHash topicsHash) {
    this.context = context;
    this.topicsHash = topicsHash;
  }

  /**
   * @param records gets the end of the classic group and the beginning of the other
   * @return the group as it will be once these are in the log
   * @throws CoordinatorException GROUP_ID_NOT_FOUND if it has to stay a classic one
   */
  ConsumerGroup upgrade(ClassicGroup classic, List<CoordinatorRecord> records) {
    check(classic);
    List<CoordinatorRecord> beginning = beginning(classic, members(classic));
    classic.addTombstones(records);
    records.addAll(beginning);
    Map<String, Group> upgraded = new HashMap<>();
    ConsumerReplay replay = new ConsumerReplay(upgraded);
    beginning.forEach(replay::replay);
    if (upgraded.get(classic.groupId()) instanceof ConsumerGroup group) {
      return group;
    }
    throw new IllegalStateException("no group came of the records of an upgrade");
  }

  private void check(ClassicGroup classic) {
    GroupSettings settings = context.settings().get();
    if (!settings.migration().upgrades()) {
      throw refusal(classic, "online upgrade is disabled");
    }
    if (!classic.protocolType().equals(Group.CONSUMER_PROTOCOL)) {
      throw refusal(classic, "its members are no consumers");
    }
    if (classic.members().size() > settings.consumerMaxSize()) {
      throw refusal(classic, "it has more members than a consumer group may have");
    }
  }

  private static CoordinatorException refusal(ClassicGroup classic, String reason) {
    return new CoordinatorException(
        ErrorCode.GROUP_ID_NOT_FOUND,
        "Cannot upgrade classic group %s to consumer group: %s."
            .formatted(classic.groupId(), reason));
  }

  private List<ConsumerMember> members(ClassicGroup classic) {
    List<ConsumerMember> members = new ArrayList<>();
    Map<UUID, Set<Integer>> given = new HashMap<>();
    for (ClassicMember member : classic.members().all()) {
      try {
        Map<UUID, Set<Integer>> assigned = assigned(classic, member);
        if (!areDisjoint(given, assigned)) {
          throw refusal(classic, "its leader has assigned a partition to two members");
        }
        ConsumerProtocolSubscription says =
            ConsumerProtocol.subscription(subscription(classic, member));
        members.add(
            new ConsumerMember(
                member.id(),
                ConsumerSubscription.of(member, says),
                ConsumerAssignment.of(classic.generation(), assigned)));
      } catch (MalformedMessageException e) {
        throw refusal(classic, "what its members say is malformed: " + e.getMessage());
      }
    }
    members.sort((one, other) -> one.memberId().compareTo(other.memberId()));
    return members;
  }

  private Map<UUID, Set<Integer>> assigned(ClassicGroup classic, ClassicMember member) {
    if (member.assignment().length == 0) {
      return Map.of();
    }
    ConsumerProtocolAssignment assignment = ConsumerProtocol.assignment(member.assignment());
    byte[] userData = assignment.userData();
    if (userData != null && userData.length > 0) {
      throw refusal(
          classic,
          "its assignor adds data of its own to assignments, which would be lost;"
              + " switch to one of Kafka's assignors first");
    }
    return ConsumerProtocol.partitions(assignment, context.topics().get());
  }

  private static boolean areDisjoint(
      Map<UUID, Set<Integer>> given, Map<UUID, Set<Integer>> assigned) {
    boolean disjoint = true;
    for (Map.Entry<UUID, Set<Integer>> topic : assigned.entrySet()) {
      Set<Integer> others = given.computeIfAbsent(topic.getKey(), id -> new HashSet<>());
      for (int partition : topic.getValue()) {
        disjoint &= others.add(partition);
      }
    }
    return disjoint;
  }

  /**
   * That for the protocol of the generation. The first rebalance of a group has none yet, and who
   * has joined since may not know it: then that for the one they would choose now.
   */
  private static byte[] subscription(ClassicGroup classic, ClassicMember member) {
    byte[] chosen = member.terms().subscription(classic.protocol());
    byte[] voted =
        chosen != null
            ? chosen
            : member.terms().subscription(ProtocolVote.winner(classic.members().terms()));
    if (voted == null) {
      throw new IllegalStateException("a protocol was chosen that not all know");
    }
    return voted;
  }

  private List<CoordinatorRecord> beginning(ClassicGroup classic, List<ConsumerMember> members) {
    String groupId = classic.groupId();
    int generation = classic.generation();
    TreeSet<String> topics = new TreeSet<>();
    members.forEach(member -> topics.addAll(member.subscription().topics()));
    List<CoordinatorRecord> records = new ArrayList<>();
    members.forEach(member -> records.add(ConsumerRecords.subscription(groupId, member)));
    long hash = topicsHash.of(topics, context.topics().get());
    records.add(ConsumerRecords.groupEpoch(groupId, generation, hash));
    members.forEach(member ->
        records.add(
            ConsumerRecords.target(groupId, member.memberId(), member.assignment().toTarget())));
    records.add(ConsumerRecords.targetEpoch(groupId, generation, 0));
    members.forEach(member -> records.add(ConsumerRecords.currentAssignment(groupId, member)));
    return records;
  }
}
