package io.tailrace.metadata;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * All metadata of the cluster as of one offset of the metadata log. Immutable: readers take the
 * reference once per request and see one state. Changes only by records, through {@link
 * ClusterDelta}; images share what did not change.
 */
public final class ClusterImage {
  private final String clusterId;
  private final long nextOffset;
  private final SortedMap<String, Short> features;
  private final SortedMap<Integer, BrokerImage> brokers;
  private final ShardedMap<UUID, TopicImage> topicsById;
  private final ShardedMap<String, TopicImage> topicsByName;
  private final ShardedMap<String, String> topicByUnifiedName;
  private final ShardedMap<ConfigResource, Map<String, String>> configs;
  private final long nextProducerId;

  ClusterImage(
      String clusterId,
      long nextOffset,
      SortedMap<String, Short> features,
      SortedMap<Integer, BrokerImage> brokers,
      ShardedMap<UUID, TopicImage> topicsById,
      ShardedMap<String, TopicImage> topicsByName,
      ShardedMap<String, String> topicByUnifiedName,
      ShardedMap<ConfigResource, Map<String, String>> configs,
      long nextProducerId) {
    this.clusterId = clusterId;
    this.nextOffset = nextOffset;
    this.features = features;
    this.brokers = brokers;
    this.topicsById = topicsById;
    this.topicsByName = topicsByName;
    this.topicByUnifiedName = topicByUnifiedName;
    this.configs = configs;
    this.nextProducerId = nextProducerId;
  }

  /** The image before the first record. */
  public static ClusterImage empty(String clusterId) {
    return new ClusterImage(
        clusterId,
        0,
        new TreeMap<>(),
        new TreeMap<>(),
        ShardedMap.empty(),
        ShardedMap.empty(),
        ShardedMap.empty(),
        ShardedMap.empty(),
        0);
  }

  public String clusterId() {
    return clusterId;
  }

  /** Offset in the metadata log behind the last record that this image holds. */
  public long nextOffset() {
    return nextOffset;
  }

  /** Finalized feature levels by name (KIP-584), sorted; {@code metadata.version} among them. */
  public SortedMap<String, Short> features() {
    return features;
  }

  /** All registered brokers by id, the fenced ones too. */
  public SortedMap<Integer, BrokerImage> brokers() {
    return brokers;
  }

  /** Brokers that may lead partitions and that clients may be told of, by id. */
  public List<BrokerImage> activeBrokers() {
    return brokers.values().stream().filter(BrokerImage::isActive).toList();
  }

  public @Nullable TopicImage topic(String name) {
    return topicsByName.get(name);
  }

  public @Nullable TopicImage topic(UUID id) {
    return topicsById.get(id);
  }

  public int topicCount() {
    return topicsById.size();
  }

  /** All topics, in no particular order. */
  public Iterable<TopicImage> topics() {
    return topicsById.values();
  }

  /** Overrides of a resource by config name; empty if it has none. */
  public Map<String, String> configs(ConfigResource resource) {
    Map<String, String> overrides = configs.get(resource);
    return overrides == null ? Map.of() : overrides;
  }

  /** All resources that have overrides, in no particular order. */
  Iterator<Map.Entry<ConfigResource, Map<String, String>>> configs() {
    return configs.entries();
  }

  /** First producer id that no block handed out holds. */
  public long nextProducerId() {
    return nextProducerId;
  }

  /** A topic whose name differs from this one only in {@code .} for {@code _}, null if none. */
  @Nullable String topicCollidingWith(String name) {
    String other = topicByUnifiedName.get(TopicNames.unify(name));
    return other == null || other.equals(name) ? null : other;
  }

  ClusterDelta change() {
    return new ClusterDelta(
        this,
        topicsById.change(),
        topicsByName.change(),
        topicByUnifiedName.change(),
        configs.change());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClusterImage that
        && clusterId.equals(that.clusterId)
        && nextOffset == that.nextOffset
        && features.equals(that.features)
        && brokers.equals(that.brokers)
        && topicsById.equals(that.topicsById)
        && topicsByName.equals(that.topicsByName)
        && topicByUnifiedName.equals(that.topicByUnifiedName)
        && configs.equals(that.configs)
        && nextProducerId == that.nextProducerId;
  }

  @Override
  public int hashCode() {
    return Objects.hash(clusterId, nextOffset);
  }

  @Override
  public String toString() {
    return "ClusterImage(clusterId=%s, nextOffset=%d, features=%s, brokers=%s, topics=%s, configs=%s, nextProducerId=%d)"
        .formatted(clusterId, nextOffset, features, brokers, topicsById, configs, nextProducerId);
  }
}
