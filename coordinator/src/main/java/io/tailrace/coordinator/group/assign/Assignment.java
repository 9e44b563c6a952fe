package io.tailrace.coordinator.group.assign;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * Partitions by topic id; in order, no topic without one. Does not change.
 *
 * @param partitions their indexes
 */
public record Assignment(Map<UUID, Set<Integer>> partitions) {
  public static final Assignment EMPTY = new Assignment(Map.of());

  /** Copies what it is given. */
  public Assignment(Map<UUID, Set<Integer>> partitions) {
    Map<UUID, Set<Integer>> copy = new TreeMap<>();
    partitions.forEach((topic, indexes) -> {
      if (!indexes.isEmpty()) {
        copy.put(topic, Collections.unmodifiableSet(new TreeSet<>(indexes)));
      }
    });
    this.partitions = Collections.unmodifiableMap(copy);
  }

  public Set<Integer> of(UUID topic) {
    return partitions.getOrDefault(topic, Set.of());
  }
}
