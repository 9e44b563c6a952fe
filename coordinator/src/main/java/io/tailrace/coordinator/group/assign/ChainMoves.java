package io.tailrace.coordinator.group.assign;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;

/**
 * Evens out what no single move can: one member gives a partition to a second, which gives one of
 * another topic to a third, and so on. The first ends with one less, the last with one more. After
 * that no way of sharing out is more even, unless there were very many chains.
 */
final class ChainMoves {
  private static final int MAX_CHAINS = 100;
  private static final int NOBODY = -1;
  private static final int NONE = -1;

  private final Shares shares;
  private final List<MemberSpec> members;
  private final Map<UUID, List<Integer>> subscribers;

  /**
   * Members from whom no chain leads to one with two less, and all they could give something to.
   * What others move does not change that.
   */
  private final Set<Integer> settled = new HashSet<>();

  /** How a chain gets to a member. */
  private record Link(int giver, UUID topic, int partition) {}

  /**
   * @param subscribers of each topic, as indexes of members
   */
  ChainMoves(Shares shares, List<MemberSpec> members, Map<UUID, List<Integer>> subscribers) {
    this.shares = shares;
    this.members = members;
    this.subscribers = subscribers;
  }

  void run() {
    int from = largest();
    for (int chains = 0; from != NOBODY && chains < MAX_CHAINS; from = largest()) {
      if (moveFrom(from)) {
        chains++;
      }
    }
  }

  private int largest() {
    int largest = NOBODY;
    for (int member = 0; member < members.size(); member++) {
      if (!settled.contains(member)
          && (largest == NOBODY || shares.size(member) > shares.size(largest))) {
        largest = member;
      }
    }
    return largest;
  }

  /** Takes the shortest chain; if there is none, settles all who were asked. */
  private boolean moveFrom(int from) {
    Map<Integer, Link> links = new HashMap<>();
    links.put(from, new Link(NOBODY, new UUID(0, 0), 0));
    Set<UUID> asked = new HashSet<>();
    Queue<Integer> givers = new ArrayDeque<>(List.of(from));
    while (!givers.isEmpty()) {
      int giver = givers.remove();
      if (shares.size(giver) <= shares.size(from) - 2) {
        move(giver, from, links);
        return true;
      }
      for (UUID topic : members.get(giver).topics()) {
        int partition = asked.contains(topic) ? NONE : lastOf(giver, topic);
        if (partition != NONE) {
          asked.add(topic);
          for (int taker : subscribers.getOrDefault(topic, List.of())) {
            Link link = new Link(giver, topic, partition);
            if (!settled.contains(taker) && links.putIfAbsent(taker, link) == null) {
              givers.add(taker);
            }
          }
        }
      }
    }
    settled.addAll(links.keySet());
    return false;
  }

  private int lastOf(int member, UUID topic) {
    int[] owned = shares.owned(member, topic);
    return owned.length == 0 ? NONE : owned[owned.length - 1];
  }

  private void move(int last, int from, Map<Integer, Link> links) {
    int taker = last;
    while (taker != from) {
      Link link = links.get(taker);
      if (link == null) {
        throw new IllegalStateException("a chain is broken");
      }
      shares.give(link.topic(), link.partition(), taker);
      taker = link.giver();
    }
  }
}
