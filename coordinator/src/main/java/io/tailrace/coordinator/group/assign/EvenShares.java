package io.tailrace.coordinator.group.assign;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;

/**
 * Shares for members that all subscribe to the same topics. All get {@code total / members}
 * partitions, and as many of them as it takes get one more. No partition moves that need not: those
 * who have the most keep the odd ones.
 */
final class EvenShares {
  private final Shares shares;
  private final int members;
  private final int share;

  /** How many members may still have one more than their share. */
  private int spare;

  EvenShares(Shares shares, int members) {
    this.shares = shares;
    this.members = members;
    this.share = shares.partitions() / members;
    this.spare = shares.partitions() % members;
  }

  void fill() {
    for (int member = 0; member < members; member++) {
      keep(member);
    }
    Queue<Integer> takers = membersOfSize(0, share - 1);
    for (UUID topic : shares.topics()) {
      for (int partition : shares.unassigned(topic)) {
        if (takers.isEmpty()) {
          takers = membersOfSize(share, share);
        }
        give(topic, partition, takers);
      }
    }
  }

  /** What it gives up is taken from all its topics alike, so that these stay spread. */
  private void keep(int member) {
    List<List<Integer>> byTopic = new ArrayList<>();
    int owned = 0;
    for (UUID topic : shares.topics()) {
      List<Integer> keepable = shares.keepable(member, topic);
      byTopic.add(keepable);
      owned += keepable.size();
    }
    int limit = share;
    if (owned > share && spare > 0) {
      limit++;
      spare--;
    }
    int left = Math.min(limit, owned);
    for (int rank = 0; left > 0; rank++) {
      left -= keepOneEach(member, byTopic, rank, left);
    }
  }

  private int keepOneEach(int member, List<List<Integer>> byTopic, int rank, int atMost) {
    int kept = 0;
    int index = 0;
    for (UUID topic : shares.topics()) {
      List<Integer> keepable = byTopic.get(index++);
      if (kept < atMost && rank < keepable.size()) {
        shares.give(topic, keepable.get(rank), member);
        kept++;
      }
    }
    return kept;
  }

  private Queue<Integer> membersOfSize(int least, int most) {
    Queue<Integer> found = new ArrayDeque<>();
    for (int member = 0; member < members; member++) {
      if (shares.size(member) >= least && shares.size(member) <= most) {
        found.add(member);
      }
    }
    return found;
  }

  /** In turn, so that neighbouring partitions go to different members. */
  private void give(UUID topic, int partition, Queue<Integer> takers) {
    int member = takers.remove();
    shares.give(topic, partition, member);
    if (shares.size(member) < share) {
      takers.add(member);
    }
  }
}
