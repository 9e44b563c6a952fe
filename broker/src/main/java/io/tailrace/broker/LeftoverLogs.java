package io.tailrace.broker;

import io.tailrace.log.LogManager;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.MetadataLog;
import io.tailrace.metadata.TopicImage;
import io.tailrace.protocol.KafkaUuid;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Partition folders that no topic of the cluster belongs to, found at start. Those of a topic that
 * is known to have been deleted are deleted too: the broker had died before it came to that. All
 * others are kept, under a name that nobody uses: metadata that lacks them may be what is wrong.
 */
final class LeftoverLogs {
  private static final Logger LOG = System.getLogger(LeftoverLogs.class.getName());

  private final LogManager logs;

  LeftoverLogs(LogManager logs) {
    this.logs = logs;
  }

  void settle(ClusterImage image, Set<UUID> deletedTopics) {
    for (String name : logs.names()) {
      try {
        settle(name, image, deletedTopics);
      } catch (IOException e) {
        throw new BrokerStartException(
            "folder " + logs.directory().resolve(name) + ": " + e.getMessage(), e);
      }
    }
  }

  private void settle(String name, ClusterImage image, Set<UUID> deletedTopics) throws IOException {
    if (logs.isAsLeft(name) && belongsTo(image, name, null)) {
      return;
    }
    UUID topicId = topicId(name);
    if (name.equals(MetadataLog.NAME) || belongsTo(image, name, topicId)) {
      return;
    }
    if (topicId != null && deletedTopics.contains(topicId)) {
      LOG.log(Level.INFO, "{0} belongs to a deleted topic: deleting it", name);
      logs.delete(name);
    } else {
      LOG.log(
          Level.WARNING,
          "{0} belongs to no topic of this broker: kept as {1}",
          name,
          logs.setAside(name));
    }
  }

  /** A folder that has lost its topic id is taken for what it is called. */
  private static boolean belongsTo(ClusterImage image, String name, @Nullable UUID topicId) {
    int dash = name.lastIndexOf('-');
    TopicImage topic = dash < 0 ? null : image.topic(name.substring(0, dash));
    if (topic == null || (topicId != null && !topicId.equals(topic.id()))) {
      return false;
    }
    try {
      return topic.partition(Integer.parseInt(name.substring(dash + 1))) != null;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private @Nullable UUID topicId(String name) throws IOException {
    String text = logs.topicId(name);
    try {
      return text == null ? null : KafkaUuid.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
