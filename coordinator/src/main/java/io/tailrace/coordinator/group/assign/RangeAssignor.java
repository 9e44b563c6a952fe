package io.tailrace.coordinator.group.assign;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Kafka's {@code range}: of each topic a member has neighbouring partitions. Members that subscribe
 * to the same topics have the same indexes of topics with equally many partitions, so that these
 * can be joined. Who is first is decided by the instance ids of static members, then by the member
 * ids of the others: a static member has its own again after a restart.
 */
public final class RangeAssignor implements PartitionAssignor {
  public static final String NAME = "range";

  private static final Comparator<@Nullable String> NULLS_LAST =
      Comparator.nullsLast(Comparator.<String>naturalOrder());

  private static final Comparator<MemberSpec> ORDER =
      Comparator.comparing(MemberSpec::instanceId, NULLS_LAST).thenComparing(MemberSpec::memberId);

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Map<String, Assignment> assign(
      List<MemberSpec> members, Map<UUID, Integer> partitionCounts) {
    List<MemberSpec> ordered = new ArrayList<>(members);
    ordered.sort(ORDER);
    Map<UUID, Ranges> topics = new HashMap<>();
    for (MemberSpec member : ordered) {
      for (UUID topic : member.topics()) {
        topics.computeIfAbsent(topic, id -> new Ranges(partitionCounts.getOrDefault(id, 0)))
            .takers++;
      }
    }
    Map<String, Assignment> result = new TreeMap<>();
    for (MemberSpec member : ordered) {
      Map<UUID, Set<Integer>> share = new HashMap<>();
      for (UUID topic : member.topics()) {
        Ranges ranges = topics.get(topic);
        if (ranges != null) {
          share.put(topic, ranges.next());
        }
      }
      result.put(member.memberId(), new Assignment(share));
    }
    return result;
  }

  /** Cuts a topic into as many ranges as it has takers; the first ones may be longer by one. */
  private static final class Ranges {
    private final int partitions;
    private int takers;
    private int served;
    private int start;

    Ranges(int partitions) {
      this.partitions = partitions;
    }

    TreeSet<Integer> next() {
      int length = partitions / takers + (served < partitions % takers ? 1 : 0);
      TreeSet<Integer> range = new TreeSet<>();
      for (int partition = start; partition < start + length; partition++) {
        range.add(partition);
      }
      served++;
      start += length;
      return range;
    }
  }
}
