package io.tailrace.metadata;

import java.util.Set;
import java.util.UUID;

/**
 * What lies between two images, so that a listener need not compare 100,000 topics.
 *
 * @param topics ids of the topics created, or with a partition added or changed
 * @param deletedTopics ids of the topics that the image before has and the image after hasn't
 * @param configs resources whose overrides were set, changed or deleted
 */
public record ImageChanges(
    Set<UUID> topics, Set<UUID> deletedTopics, Set<ConfigResource> configs) {}
