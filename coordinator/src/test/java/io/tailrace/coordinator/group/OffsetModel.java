package io.tailrace.coordinator.group;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;

/** What {@link OffsetStore} and its like should do, as plainly as it can be said. */
final class OffsetModel {
  record Place(String group, String topic, int partition) {}

  /**
   * @param at its number among all commits
   */
  record Value(long at, long offset, long commitMs, long expireMs) {}

  final Map<Place, Value> committed = new HashMap<>();
  final Map<Long, Map<Place, Value>> pending = new HashMap<>();

  /** The groups that exist. */
  final Set<String> groups = new TreeSet<>();

  private long commits;

  void commit(Place place, long offset, long nowMs, long retentionMs) {
    groups.add(place.group());
    long expireMs = retentionMs < 0 ? -1 : nowMs + retentionMs;
    committed.put(place, new Value(commits++, offset, nowMs, expireMs));
  }

  void commitInTransaction(long producerId, Place place, long offset, long nowMs) {
    groups.add(place.group());
    pending
        .computeIfAbsent(producerId, id -> new HashMap<>())
        .put(place, new Value(commits++, offset, nowMs, -1));
  }

  void endTransaction(long producerId, boolean commit) {
    Map<Place, Value> ended = pending.remove(producerId);
    if (ended != null && commit) {
      ended.forEach(
          (place, value) -> committed.merge(place, value, (a, b) -> a.at() > b.at() ? a : b));
    }
  }

  boolean isPending(Place place) {
    return pending.values().stream().anyMatch(places -> places.containsKey(place));
  }

  boolean hasOffsets(String group) {
    return committed.keySet().stream().anyMatch(place -> place.group().equals(group))
        || hasPending(group);
  }

  private boolean hasPending(String group) {
    return pending.values().stream()
        .flatMap(places -> places.keySet().stream())
        .anyMatch(place -> place.group().equals(group));
  }

  void remove(BiPredicate<Place, Value> which) {
    committed.entrySet().removeIf(entry -> which.test(entry.getKey(), entry.getValue()));
    pending
        .values()
        .forEach(places ->
            places.entrySet().removeIf(entry -> which.test(entry.getKey(), entry.getValue())));
  }

  void deleteGroup(String group) {
    remove((place, value) -> place.group().equals(group));
    groups.remove(group);
  }

  /**
   * @param known the groups as they are
   */
  void expire(Map<String, OffsetTestGroup> known, long nowMs, long retentionMs) {
    committed
        .entrySet()
        .removeIf(entry -> {
          Place place = entry.getKey();
          OffsetTestGroup group = known.get(place.group());
          Value value = entry.getValue();
          boolean waited =
              !group.protocolType.isEmpty() && group.isEmpty() && group.type.equals(Group.CLASSIC);
          long sinceMs = waited ? group.emptySinceMs : value.commitMs();
          boolean over =
              value.expireMs() < 0 ? nowMs - sinceMs >= retentionMs : nowMs >= value.expireMs();
          return over && !isPending(place) && !group.subscribed.contains(place.topic());
        });
    groups.removeIf(group -> known.get(group).isEmpty() && !hasOffsets(group));
  }
}
