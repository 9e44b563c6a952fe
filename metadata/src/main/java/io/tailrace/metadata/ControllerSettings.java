package io.tailrace.metadata;

import java.util.Map;

/**
 * What the controller takes from the broker's configuration.
 *
 * @param defaultPartitions {@code num.partitions}
 * @param defaultReplicationFactor {@code default.replication.factor}
 * @param deleteTopicEnable {@code delete.topic.enable}
 * @param internalTopics how the broker's own topics are made when first used, by name
 * @param features levels finalized when the metadata log has none of that feature yet
 */
public record ControllerSettings(
    int defaultPartitions,
    short defaultReplicationFactor,
    boolean deleteTopicEnable,
    Map<String, InternalTopic> internalTopics,
    Map<String, Short> features) {

  public static final String METADATA_VERSION = "metadata.version";

  /** The level of Kafka 4.3, {@code 4.3-IV0}: it says in which versions records are written. */
  public static final short METADATA_VERSION_4_3 = 30;

  /** Partitions, replicas and config overrides of a topic that the broker makes for itself. */
  public record InternalTopic(
      int partitions, short replicationFactor, Map<String, String> configs) {}

  /** Kafka's defaults. */
  public static ControllerSettings defaults() {
    return new ControllerSettings(
        1, (short) 1, true, Map.of(), Map.of(METADATA_VERSION, METADATA_VERSION_4_3));
  }
}
