package io.tailrace.metadata;

import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.BrokerRegistrationChangeRecord;
import io.tailrace.protocol.message.ConfigRecord;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.FenceBrokerRecord;
import io.tailrace.protocol.message.NoOpRecord;
import io.tailrace.protocol.message.PartitionChangeRecord;
import io.tailrace.protocol.message.PartitionRecord;
import io.tailrace.protocol.message.ProducerIdsRecord;
import io.tailrace.protocol.message.RegisterBrokerRecord;
import io.tailrace.protocol.message.RemoveTopicRecord;
import io.tailrace.protocol.message.TopicRecord;
import io.tailrace.protocol.message.UnfenceBrokerRecord;
import io.tailrace.protocol.message.UnregisterBrokerRecord;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Records applied to an image, on the way to the next image. For one thread and one {@link #build}.
 *
 * <p>A record that contradicts what is there, or that this version of Tailrace does not know, is an
 * {@link MetadataRecordException}: skipping it would make another cluster of it.
 */
final class ClusterDelta {
  private final ClusterImage base;
  private final ShardedMap.Builder<UUID, TopicImage> topicsById;
  private final ShardedMap.Builder<String, TopicImage> topicsByName;
  private final ShardedMap.Builder<String, String> topicByUnifiedName;
  private final ShardedMap.Builder<ConfigResource, Map<String, String>> configs;
  private final TreeMap<String, Short> features;
  private final BrokersDelta brokers;
  private final Map<UUID, TopicDelta> touchedTopics = new LinkedHashMap<>();
  private final Set<String> createdNames = new HashSet<>();
  private final Map<ConfigResource, Map<String, String>> touchedConfigs = new HashMap<>();
  private final Set<UUID> deletedTopics = new HashSet<>();
  private long nextProducerId;
  private long nextOffset;

  ClusterDelta(
      ClusterImage base,
      ShardedMap.Builder<UUID, TopicImage> topicsById,
      ShardedMap.Builder<String, TopicImage> topicsByName,
      ShardedMap.Builder<String, String> topicByUnifiedName,
      ShardedMap.Builder<ConfigResource, Map<String, String>> configs) {
    this.base = base;
    this.topicsById = topicsById;
    this.topicsByName = topicsByName;
    this.topicByUnifiedName = topicByUnifiedName;
    this.configs = configs;
    this.features = new TreeMap<>(base.features());
    this.brokers = new BrokersDelta(base.brokers());
    this.nextProducerId = base.nextProducerId();
    this.nextOffset = base.nextOffset();
  }

  /** Offset of the record that is applied next. */
  long nextOffset() {
    return nextOffset;
  }

  /** Jumps over offsets that hold no metadata record, as those of control batches. */
  void skipTo(long offset) {
    nextOffset = offset;
  }

  void apply(Message record) {
    switch (record) {
      case FeatureLevelRecord feature -> applyFeature(feature);
      case TopicRecord topic -> createTopic(topic);
      case PartitionRecord partition -> topic(partition.topicId()).put(partition);
      case PartitionChangeRecord change -> topic(change.topicId()).change(change);
      case RemoveTopicRecord removal -> removeTopic(removal);
      case ConfigRecord config -> applyConfig(config);
      case ProducerIdsRecord block -> applyProducerIds(block);
      case RegisterBrokerRecord broker -> brokers.register(broker);
      case BrokerRegistrationChangeRecord change -> brokers.change(change);
      case FenceBrokerRecord fence -> brokers.setFenced(fence.id(), fence.epoch(), true);
      case UnfenceBrokerRecord unfence -> brokers.setFenced(unfence.id(), unfence.epoch(), false);
      case UnregisterBrokerRecord gone -> brokers.remove(gone.brokerId(), gone.brokerEpoch());
      case NoOpRecord _ -> {}
      default ->
          throw new MetadataRecordException(
              record.getClass().getSimpleName() + " is not supported by this version of Tailrace");
    }
    nextOffset++;
  }

  private void applyFeature(FeatureLevelRecord feature) {
    if (feature.featureLevel() == 0) {
      features.remove(feature.name());
    } else {
      features.put(feature.name(), feature.featureLevel());
    }
  }

  private void createTopic(TopicRecord topic) {
    boolean nameTaken =
        topicsByName.get(topic.name()) != null || createdNames.contains(topic.name());
    if (nameTaken || find(topic.topicId()) != null) {
      throw new MetadataRecordException(
          "topic %s with id %s is there already".formatted(topic.name(), topic.topicId()));
    }
    createdNames.add(topic.name());
    touchedTopics.put(topic.topicId(), new TopicDelta(topic.name(), topic.topicId()));
  }

  private TopicDelta topic(UUID id) {
    TopicDelta topic = find(id);
    if (topic == null) {
      throw new MetadataRecordException("there is no topic with id " + id);
    }
    return topic;
  }

  private @Nullable TopicDelta find(UUID id) {
    TopicDelta touched = touchedTopics.get(id);
    TopicImage image = topicsById.get(id);
    if (touched == null && image != null) {
      touched = new TopicDelta(image);
      touchedTopics.put(id, touched);
    }
    return touched;
  }

  private void removeTopic(RemoveTopicRecord removal) {
    TopicDelta topic = topic(removal.topicId());
    touchedTopics.remove(topic.id());
    createdNames.remove(topic.name());
    topicsById.remove(topic.id());
    topicsByName.remove(topic.name());
    topicByUnifiedName.remove(TopicNames.unify(topic.name()));
    touchedConfigs.put(ConfigResource.topic(topic.name()), new HashMap<>());
    deletedTopics.add(topic.id());
  }

  private void applyConfig(ConfigRecord config) {
    ConfigResource resource = new ConfigResource(config.resourceType(), config.resourceName());
    Map<String, String> overrides =
        touchedConfigs.computeIfAbsent(
            resource,
            key -> {
              Map<String, String> current = configs.get(key);
              return current == null ? new HashMap<>() : new HashMap<>(current);
            });
    String value = config.value();
    if (value == null) {
      overrides.remove(config.name());
    } else {
      overrides.put(config.name(), value);
    }
  }

  private void applyProducerIds(ProducerIdsRecord block) {
    if (block.nextProducerId() <= nextProducerId) {
      throw new MetadataRecordException(
          "the next producer id goes back from %d to %d"
              .formatted(nextProducerId, block.nextProducerId()));
    }
    nextProducerId = block.nextProducerId();
  }

  /** Ids of all topics that records removed, those created by records of this delta too. */
  Set<UUID> deletedTopics() {
    return deletedTopics;
  }

  /** What the records touched, as seen from the base image. */
  ImageChanges changes() {
    Set<UUID> deleted = new HashSet<>(deletedTopics);
    deleted.removeIf(id -> base.topic(id) == null);
    return new ImageChanges(
        Set.copyOf(touchedTopics.keySet()),
        Set.copyOf(deleted),
        Set.copyOf(touchedConfigs.keySet()));
  }

  ClusterImage build() {
    for (TopicDelta touched : touchedTopics.values()) {
      TopicImage topic = touched.build();
      topicsById.put(topic.id(), topic);
      topicsByName.put(topic.name(), topic);
      if (topic.name().indexOf('.') >= 0 || topic.name().indexOf('_') >= 0) {
        topicByUnifiedName.put(TopicNames.unify(topic.name()), topic.name());
      }
    }
    touchedConfigs.forEach((resource, overrides) -> {
      if (overrides.isEmpty()) {
        configs.remove(resource);
      } else {
        configs.put(resource, Map.copyOf(overrides));
      }
    });
    return new ClusterImage(
        base.clusterId(),
        nextOffset,
        Collections.unmodifiableSortedMap(features),
        Collections.unmodifiableSortedMap(brokers.build()),
        topicsById.build(),
        topicsByName.build(),
        topicByUnifiedName.build(),
        configs.build(),
        nextProducerId);
  }
}
