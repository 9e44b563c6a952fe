package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.ConsumerPartitionOwners.Owner;
import io.tailrace.coordinator.group.ConsumerSubscriptions.ResolvedRegex;
import io.tailrace.coordinator.group.assign.Assignment;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A group of the consumer protocol (KIP-848). It has an epoch, raised whenever partitions are to be
 * shared out anew; a target assignment for one such epoch; and members, each on its way to its part
 * of the target. Changes by the setters alone, which apply records; for the shard's thread.
 */
final class ConsumerGroup implements Group {
  /** That of a joining member is 0: whoever is in the group has a later one from the first. */
  private static final int FIRST_EPOCH = 1;

  private final String groupId;
  private final Map<String, ConsumerMember> members = new TreeMap<>();
  private final Map<String, String> memberIdByInstance = new HashMap<>();
  private final Map<String, Assignment> targets = new HashMap<>();
  private final ConsumerSubscriptions subscriptions = new ConsumerSubscriptions();
  private final ConsumerPartitionOwners owners = new ConsumerPartitionOwners();
  private final ConsumerTopicLookups lookups = new ConsumerTopicLookups();
  private int epoch = FIRST_EPOCH;
  private long metadataHash;
  private int targetEpoch = FIRST_EPOCH;
  private long targetMs;
  private boolean hasPartitionMetadata;

  ConsumerGroup(String groupId) {
    this.groupId = groupId;
  }

  @Override
  public String groupId() {
    return groupId;
  }

  @Override
  public String type() {
    return CONSUMER;
  }

  @Override
  public String protocolType() {
    return "consumer";
  }

  @Override
  public String state() {
    if (members.isEmpty()) {
      return "Empty";
    }
    if (epoch > targetEpoch) {
      return "Assigning";
    }
    return members.values().stream()
            .allMatch(member -> member.assignment().reconciledTo(targetEpoch))
        ? "Stable"
        : "Reconciling";
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty();
  }

  /** Not known, as in Kafka: offsets age from their commits. */
  @Override
  public long emptySinceMs() {
    return -1;
  }

  @Override
  public Set<String> subscribedTopics() {
    return subscriptions.topicNames();
  }

  @Override
  public boolean isSubscribedTo(String topic) {
    return !isEmpty() && subscriptions.contains(topic);
  }

  /** Raised whenever the partitions are to be shared out anew. */
  int epoch() {
    return epoch;
  }

  /** Of the subscribed topics, as of {@link #epoch}. */
  long metadataHash() {
    return metadataHash;
  }

  /** The group's epoch that the target assignment is for. */
  int targetEpoch() {
    return targetEpoch;
  }

  /** When the target assignment was computed, in wall-clock ms; 0 if there is none. */
  long targetMs() {
    return targetMs;
  }

  Assignment target(String memberId) {
    return targets.getOrDefault(memberId, Assignment.EMPTY);
  }

  /** A member that a static one is about to replace leaves it its target. */
  Assignment target(ConsumerMember member) {
    ConsumerMember replaced = staticMember(member.instanceId());
    return target(replaced == null ? member.memberId() : replaced.memberId());
  }

  ConsumerSubscriptions subscriptions() {
    return subscriptions;
  }

  ConsumerTopicLookups lookups() {
    return lookups;
  }

  /** By member id. */
  Collection<ConsumerMember> members() {
    return Collections.unmodifiableCollection(members.values());
  }

  Set<String> memberIds() {
    return Collections.unmodifiableSet(members.keySet());
  }

  @Nullable ConsumerMember member(String memberId) {
    return members.get(memberId);
  }

  /**
   * @throws CoordinatorException UNKNOWN_MEMBER_ID
   */
  ConsumerMember existingMember(String memberId) {
    ConsumerMember member = members.get(memberId);
    if (member == null) {
      throw new CoordinatorException(
          ErrorCode.UNKNOWN_MEMBER_ID,
          "Member %s is not a member of group %s.".formatted(memberId, groupId));
    }
    return member;
  }

  @Nullable ConsumerMember staticMember(@Nullable String instanceId) {
    String memberId = instanceId == null ? null : memberIdByInstance.get(instanceId);
    return memberId == null ? null : members.get(memberId);
  }

  @Nullable Owner owner(UUID topic, int partition) {
    return owners.of(topic, partition);
  }

  /** Whether the log has a record of the kind that Kafka 4.1 replaced by the metadata hash. */
  boolean hasPartitionMetadata() {
    return hasPartitionMetadata;
  }

  void epoch(int newEpoch, long newMetadataHash) {
    epoch = newEpoch;
    metadataHash = newMetadataHash;
  }

  void targetEpoch(int newEpoch, long wallMs) {
    targetEpoch = newEpoch;
    targetMs = wallMs;
  }

  void target(String memberId, @Nullable Assignment target) {
    if (target == null) {
      targets.remove(memberId);
    } else {
      targets.put(memberId, target);
    }
  }

  boolean hasTargets() {
    return !targets.isEmpty();
  }

  boolean hasTarget(String memberId) {
    return targets.containsKey(memberId);
  }

  void put(ConsumerMember member) {
    ConsumerMember before = members.put(member.memberId(), member);
    replace(before, member);
    if (before != null && before.instanceId() != null) {
      memberIdByInstance.remove(before.instanceId(), before.memberId());
    }
    if (member.instanceId() != null) {
      memberIdByInstance.put(member.instanceId(), member.memberId());
    }
  }

  void remove(ConsumerMember member) {
    members.remove(member.memberId());
    replace(member, null);
    if (member.instanceId() != null) {
      memberIdByInstance.remove(member.instanceId(), member.memberId());
    }
  }

  private void replace(@Nullable ConsumerMember before, @Nullable ConsumerMember after) {
    ConsumerMember any = before == null ? after : before;
    if (any != null) {
      subscriptions.replace(
          before == null ? null : before.subscription(),
          after == null ? null : after.subscription());
      owners.replace(
          any.memberId(),
          before == null ? null : before.assignment(),
          after == null ? null : after.assignment());
    }
  }

  void regex(String regex, @Nullable ResolvedRegex resolved) {
    if (resolved == null) {
      subscriptions.forget(regex);
    } else {
      subscriptions.resolve(regex, resolved);
    }
  }

  void hasPartitionMetadata(boolean has) {
    hasPartitionMetadata = has;
  }

  @Override
  public void checkCommit(
      String memberId,
      @Nullable String instanceId,
      int memberEpoch,
      boolean transactional,
      short version) {
    ConsumerCommits.check(this, memberId, instanceId, memberEpoch, transactional, version);
  }

  @Override
  public void checkCommitOf(String memberId, int memberEpoch, Topics.Topic topic, int partition) {
    ConsumerMember member = members.get(memberId);
    if (member != null) {
      ConsumerCommits.checkPartition(member, memberEpoch, topic, partition);
    }
  }

  @Override
  public void checkFetch(@Nullable String memberId, int memberEpoch) {
    if (memberId != null || memberEpoch >= 0) {
      ConsumerCommits.checkEpoch(existingMember(memberId == null ? "" : memberId), memberEpoch);
    }
  }

  /** Members of this protocol stay by their heartbeats alone. */
  @Override
  public void committed(String memberId, long nowMs) {}

  @Override
  public void checkDelete() {
    if (!members.isEmpty()) {
      throw new CoordinatorException(
          ErrorCode.NON_EMPTY_GROUP, "Group %s still has members.".formatted(groupId));
    }
  }

  @Override
  public void addTombstones(List<CoordinatorRecord> records) {
    ConsumerRecords.addGroupTombstones(this, records);
  }
}
