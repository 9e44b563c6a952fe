package io.tailrace.coordinator.group.assign;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** An assignment in the making. Members go by their index. */
final class Shares {
  private static final int NOBODY = -1;

  private final List<MemberSpec> members;
  private final SortedMap<UUID, int[]> owners = new TreeMap<>();
  private final int[] sizes;

  Shares(List<MemberSpec> members, Map<UUID, Integer> partitionCounts) {
    this.members = members;
    this.sizes = new int[members.size()];
    for (MemberSpec member : members) {
      for (UUID topic : member.topics()) {
        owners.computeIfAbsent(topic, id -> nobodys(partitionCounts.getOrDefault(id, 0)));
      }
    }
  }

  private static int[] nobodys(int partitions) {
    int[] nobodys = new int[partitions];
    Arrays.fill(nobodys, NOBODY);
    return nobodys;
  }

  /** Topics that somebody subscribes to, in order. */
  Set<UUID> topics() {
    return owners.keySet();
  }

  /** Of all topics. */
  int partitions() {
    return owners.values().stream().mapToInt(topic -> topic.length).sum();
  }

  int size(int member) {
    return sizes[member];
  }

  /** Indexes of a topic's partitions that nobody has yet. */
  int[] unassigned(UUID topic) {
    return ownedBy(NOBODY, topic);
  }

  int[] owned(int member, UUID topic) {
    return ownedBy(member, topic);
  }

  private int[] ownedBy(int owner, UUID topic) {
    int[] topicOwners = topicOwners(topic);
    int[] owned = new int[topicOwners.length];
    int count = 0;
    for (int partition = 0; partition < topicOwners.length; partition++) {
      if (topicOwners[partition] == owner) {
        owned[count++] = partition;
      }
    }
    return Arrays.copyOf(owned, count);
  }

  /** Of what a member was to have before, what it may have still and nobody has yet. */
  List<Integer> keepable(int member, UUID topic) {
    int[] topicOwners = topicOwners(topic);
    List<Integer> keepable = new ArrayList<>();
    if (members.get(member).topics().contains(topic)) {
      for (int partition : members.get(member).target().of(topic)) {
        if (partition < topicOwners.length && topicOwners[partition] == NOBODY) {
          keepable.add(partition);
        }
      }
    }
    return keepable;
  }

  /** Gives a partition to a member, and takes it from who has it. */
  void give(UUID topic, int partition, int member) {
    int[] topicOwners = topicOwners(topic);
    int before = topicOwners[partition];
    if (before != NOBODY) {
      sizes[before]--;
    }
    topicOwners[partition] = member;
    sizes[member]++;
  }

  private int[] topicOwners(UUID topic) {
    int[] topicOwners = owners.get(topic);
    if (topicOwners == null) {
      throw new IllegalArgumentException("nobody subscribes to topic " + topic);
    }
    return topicOwners;
  }

  Map<String, Assignment> result() {
    List<Map<UUID, Set<Integer>>> shares = new ArrayList<>();
    members.forEach(member -> shares.add(new HashMap<>()));
    owners.forEach((topic, topicOwners) -> {
      for (int partition = 0; partition < topicOwners.length; partition++) {
        if (topicOwners[partition] != NOBODY) {
          shares
              .get(topicOwners[partition])
              .computeIfAbsent(topic, id -> new TreeSet<>())
              .add(partition);
        }
      }
    });
    Map<String, Assignment> result = new TreeMap<>();
    for (int member = 0; member < members.size(); member++) {
      result.put(members.get(member).memberId(), new Assignment(shares.get(member)));
    }
    return result;
  }
}
