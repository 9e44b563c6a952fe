package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberKey;
import io.tailrace.protocol.message.ConsumerGroupTargetAssignmentMemberValue;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The target assignments of the groups, as the records tell them. */
final class Targets {
  private final Map<String, Map<String, Set<String>>> byGroup = new TreeMap<>();

  void apply(List<Entry> records) {
    GroupCodec codec = new GroupCodec();
    for (Entry entry : records) {
      ByteBuffer value = entry.value() == null ? null : ByteBuffer.wrap(entry.value());
      CoordinatorRecord record = codec.decode(ByteBuffer.wrap(entry.key()), value);
      if (record != null && record.key() instanceof ConsumerGroupTargetAssignmentMemberKey key) {
        Map<String, Set<String>> targets =
            byGroup.computeIfAbsent(key.groupId(), id -> new TreeMap<>());
        if (record.value() instanceof ConsumerGroupTargetAssignmentMemberValue target) {
          targets.put(key.memberId(), partitions(target));
        } else {
          targets.remove(key.memberId());
        }
      }
    }
  }

  private static Set<String> partitions(ConsumerGroupTargetAssignmentMemberValue target) {
    Set<String> partitions = new HashSet<>();
    for (var topic : target.topicPartitions()) {
      for (int partition : topic.partitions()) {
        partitions.add(topic.topicId() + "-" + partition);
      }
    }
    return partitions;
  }

  /** Of a consumer group that has had members. */
  boolean isWithoutMembers(String groupId) {
    Map<String, Set<String>> targets = byGroup.get(groupId);
    return targets != null && targets.isEmpty();
  }

  /** Of a consumer group that has members. */
  boolean isWithMembers(String groupId) {
    return !byGroup.getOrDefault(groupId, Map.of()).isEmpty();
  }

  /**
   * Why these are no valid choice beside others: a partition that those share out is missing, or is
   * there twice, or, where all share in it, somebody has more than those give to anyone.
   *
   * @return null if they are one
   */
  String objection(Targets others) {
    for (String group : others.byGroup.keySet()) {
      Map<String, Set<String>> mine = byGroup.getOrDefault(group, Map.of());
      Map<String, Set<String>> theirs = others.byGroup.get(group);
      Set<String> all = new HashSet<>();
      for (Set<String> share : mine.values()) {
        for (String partition : share) {
          if (!all.add(partition)) {
            return partition + " is given to two: " + mine;
          }
        }
      }
      Set<String> wanted = new HashSet<>();
      theirs.values().forEach(wanted::addAll);
      if (!all.containsAll(wanted)) {
        return "some is missing: " + mine + "\n Kafka: " + theirs;
      }
      boolean allShare = mine.values().stream().noneMatch(Set::isEmpty);
      if (allShare && largest(mine) > largest(theirs) && all.equals(wanted)) {
        return "less even: " + mine + "\n Kafka: " + theirs;
      }
    }
    return null;
  }

  private static int largest(Map<String, Set<String>> targets) {
    return targets.values().stream().mapToInt(Set::size).max().orElse(0);
  }
}
