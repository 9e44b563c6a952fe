package io.tailrace.coordinator.group;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Topics of one moment; a change makes others. */
final class ConsumerTestTopics implements Topics {
  private final Map<String, Topic> byName;
  private final Map<UUID, Topic> byId = new HashMap<>();

  ConsumerTestTopics() {
    this(new TreeMap<>());
  }

  private ConsumerTestTopics(Map<String, Topic> byName) {
    this.byName = byName;
    byName.values().forEach(topic -> byId.put(topic.id(), topic));
  }

  /** A topic that is there keeps its id. */
  ConsumerTestTopics with(String name, int partitions) {
    Topic before = byName.get(name);
    return with(
        name, before == null ? UUID.nameUUIDFromBytes(name.getBytes()) : before.id(), partitions);
  }

  ConsumerTestTopics with(String name, UUID id, int partitions) {
    Map<String, Topic> copy = new TreeMap<>(byName);
    copy.put(name, new Topic(name, id, partitions));
    return new ConsumerTestTopics(copy);
  }

  ConsumerTestTopics without(String name) {
    Map<String, Topic> copy = new TreeMap<>(byName);
    copy.remove(name);
    return new ConsumerTestTopics(copy);
  }

  UUID id(String name) {
    return byName.get(name).id();
  }

  @Override
  public @Nullable Topic topic(String name) {
    return byName.get(name);
  }

  @Override
  public @Nullable Topic topic(UUID id) {
    return byId.get(id);
  }

  @Override
  public Collection<Topic> all() {
    return byName.values();
  }
}
