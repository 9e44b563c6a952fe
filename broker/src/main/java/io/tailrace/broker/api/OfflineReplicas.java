package io.tailrace.broker.api;

import io.tailrace.metadata.TopicImage;

/** Which partitions of this broker are in a data folder that is offline. */
@FunctionalInterface
public interface OfflineReplicas {
  boolean isOffline(TopicImage topic, int partition);
}
