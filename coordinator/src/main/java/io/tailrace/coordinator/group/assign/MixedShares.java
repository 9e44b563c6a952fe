package io.tailrace.coordinator.group.assign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * Shares for members that subscribe to different topics. All keep what they have; what nobody has
 * goes to the subscriber with the least; then partitions move from a subscriber of their topic with
 * more to one with less, and last along {@link ChainMoves chains} of them.
 */
final class MixedShares {
  /**
   * Each pass over the topics settles most of what is left; where subscriptions overlap like the
   * links of a long chain the rest may take very many, and is not worth the time.
   */
  private static final int MAX_PASSES = 16;

  private final Shares shares;
  private final List<MemberSpec> members;
  private final Map<UUID, List<Integer>> subscribers = new HashMap<>();

  /** Those with the fewest subscribers first: there is the least choice. */
  private final List<UUID> topics;

  MixedShares(Shares shares, List<MemberSpec> members) {
    this.shares = shares;
    this.members = members;
    for (int member = 0; member < members.size(); member++) {
      for (UUID topic : members.get(member).topics()) {
        subscribers.computeIfAbsent(topic, id -> new ArrayList<>()).add(member);
      }
    }
    this.topics = new ArrayList<>(shares.topics());
    topics.sort(Comparator.comparingInt(topic -> subscribersOf(topic).size()));
  }

  private List<Integer> subscribersOf(UUID topic) {
    return subscribers.getOrDefault(topic, List.of());
  }

  void fill() {
    for (int member = 0; member < members.size(); member++) {
      for (UUID topic : shares.topics()) {
        for (int partition : shares.keepable(member, topic)) {
          shares.give(topic, partition, member);
        }
      }
    }
    topics.forEach(this::giveUnassigned);
    boolean moved = true;
    for (int pass = 0; moved && pass < MAX_PASSES; pass++) {
      moved = false;
      for (UUID topic : topics) {
        moved |= level(topic);
      }
    }
    new ChainMoves(shares, members, subscribers).run();
  }

  private void giveUnassigned(UUID topic) {
    PriorityQueue<Integer> takers =
        new PriorityQueue<>(
            Comparator.<Integer>comparingInt(shares::size).thenComparing(Integer::compare));
    takers.addAll(subscribersOf(topic));
    for (int partition : shares.unassigned(topic)) {
      int member = takers.remove();
      shares.give(topic, partition, member);
      takers.add(member);
    }
  }

  private boolean level(UUID topic) {
    List<Integer> all = subscribersOf(topic);
    int least = least(all);
    if (all.stream().allMatch(member -> shares.size(member) - shares.size(least) <= 1)) {
      return false;
    }
    Map<Integer, List<Integer>> owned = new HashMap<>();
    for (int member : all) {
      for (int partition : shares.owned(member, topic)) {
        owned.computeIfAbsent(member, id -> new ArrayList<>()).add(partition);
      }
    }
    boolean moved = false;
    while (moveOne(topic, all, owned)) {
      moved = true;
    }
    return moved;
  }

  private int least(List<Integer> subscribed) {
    int least = subscribed.getFirst();
    for (int member : subscribed) {
      if (shares.size(member) < shares.size(least)) {
        least = member;
      }
    }
    return least;
  }

  private boolean moveOne(UUID topic, List<Integer> all, Map<Integer, List<Integer>> owned) {
    int to = least(all);
    int from = to;
    for (int member : all) {
      if (owned.containsKey(member) && shares.size(member) > shares.size(from)) {
        from = member;
      }
    }
    List<Integer> partitions = owned.get(from);
    if (partitions == null || shares.size(from) - shares.size(to) <= 1) {
      return false;
    }
    int partition = partitions.removeLast();
    if (partitions.isEmpty()) {
      owned.remove(from);
    }
    shares.give(topic, partition, to);
    owned.computeIfAbsent(to, id -> new ArrayList<>()).add(partition);
    return true;
  }
}
