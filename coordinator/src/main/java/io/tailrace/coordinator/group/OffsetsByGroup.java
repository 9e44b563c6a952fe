package io.tailrace.coordinator.group;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Offsets by group, topic and partition; no level has empty entries. For one thread. */
final class OffsetsByGroup {
  private final Map<String, Map<String, OffsetsOfTopic>> groups = new HashMap<>();

  /** By topic; a view, to be read only. */
  Map<String, OffsetsOfTopic> group(String groupId) {
    return groups.getOrDefault(groupId, Map.of());
  }

  Set<String> groupIds() {
    return Collections.unmodifiableSet(groups.keySet());
  }

  @Nullable CommittedOffset get(String groupId, String topic, int partition) {
    OffsetsOfTopic offsets = group(groupId).get(topic);
    return offsets == null ? null : offsets.get(partition);
  }

  void put(String groupId, String topic, CommittedOffset offset) {
    groups
        .computeIfAbsent(groupId, id -> new HashMap<>())
        .computeIfAbsent(topic, name -> new OffsetsOfTopic())
        .put(offset);
  }

  void remove(String groupId, String topic, int partition) {
    Map<String, OffsetsOfTopic> topics = groups.get(groupId);
    OffsetsOfTopic offsets = topics == null ? null : topics.get(topic);
    if (topics == null || offsets == null) {
      return;
    }
    offsets.remove(partition);
    if (offsets.all().isEmpty()) {
      topics.remove(topic);
      if (topics.isEmpty()) {
        groups.remove(groupId);
      }
    }
  }
}
