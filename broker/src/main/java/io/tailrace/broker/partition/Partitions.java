package io.tailrace.broker.partition;

import java.util.Collection;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The partitions that this broker leads, by topic name and topic id. Read by all threads; changed
 * only by the controller's thread, as the cluster image changes.
 */
public final class Partitions {
  private final ConcurrentHashMap<String, Topic> byName = new ConcurrentHashMap<>();
  private final ConcurrentHashMap<UUID, Topic> byId = new ConcurrentHashMap<>();

  /**
   * A topic's partitions on this broker.
   *
   * @param partitions by partition index; null where another broker leads
   */
  public record Topic(String name, UUID id, @Nullable Partition[] partitions) {

    /** The partition of an index, or null if there is none here. */
    public @Nullable Partition partition(int index) {
      return index >= 0 && index < partitions.length ? partitions[index] : null;
    }
  }

  public @Nullable Topic topic(String name) {
    return byName.get(name);
  }

  public @Nullable Topic topic(UUID id) {
    return byId.get(id);
  }

  public Collection<Topic> topics() {
    return byName.values();
  }

  public @Nullable Partition partition(String topic, int index) {
    Topic found = topic(topic);
    return found == null ? null : found.partition(index);
  }

  /** Adds a topic, or replaces it when it has grown. */
  public void put(Topic topic) {
    byName.put(topic.name(), topic);
    byId.put(topic.id(), topic);
  }

  /** Removes a topic; those who wait on its partitions are woken. */
  public void remove(Topic topic) {
    byName.remove(topic.name(), topic);
    byId.remove(topic.id());
    for (Partition partition : topic.partitions()) {
      if (partition != null) {
        partition.markDeleted();
      }
    }
  }
}
