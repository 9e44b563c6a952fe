package io.tailrace.coordinator.group.assign;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Kafka's {@code uniform}: all members have the same number of partitions, give or take one; among
 * such assignments one that moves few partitions; each topic is spread over many members.
 */
public final class UniformAssignor implements PartitionAssignor {
  public static final String NAME = "uniform";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Assignment> assign(
      List<MemberSpec> members, Map<UUID, Integer> partitionCounts) {
    Shares shares = new Shares(members, partitionCounts);
    if (members.isEmpty()) {
      return Map.of();
    }
    Set<UUID> topics = members.getFirst().topics();
    if (members.stream().allMatch(member -> member.topics().equals(topics))) {
      new EvenShares(shares, members.size()).fill();
    } else {
      new MixedShares(shares, members).fill();
    }
    return shares.result();
  }
}
