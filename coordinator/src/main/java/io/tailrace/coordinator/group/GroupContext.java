package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.Timers;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the parts of one {@link GroupShard} have in common.
 *
 * @param settings the broker's, now
 * @param groupConfigs the dynamic configs of a group (ConfigResource GROUP) by name, now
 * @param topics the cluster's topics, now
 * @param newId makes member ids; random
 * @param groups all groups of the shard by id, of both protocols
 */
record GroupContext(
    Supplier<GroupSettings> settings,
    Function<String, Map<String, String>> groupConfigs,
    Supplier<Topics> topics,
    Supplier<UUID> newId,
    Timers timers,
    Map<String, Group> groups) {

  GroupContext(
      Supplier<GroupSettings> settings,
      Function<String, Map<String, String>> groupConfigs,
      Supplier<Topics> topics,
      Supplier<UUID> newId,
      Timers timers) {
    this(settings, groupConfigs, topics, newId, timers, new HashMap<>());
  }

  @Nullable Group group(String groupId) {
    return groups.get(groupId);
  }
}
