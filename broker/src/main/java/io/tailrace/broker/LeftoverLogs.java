package io.tailrace.broker;

import io.tailrace.log.DataDirectories;
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
 * is known to have been deleted are deleted too: the broker had died before it came to that. One
 * that has the name of a topic's partition, but an id that nobody has ever heard of, stays where it
 * is: that id may be damaged, and no empty log shall take the place of its data. All others are
 * kept, under a name that nobody uses: metadata that lacks them may be what is wrong.
 */
final class LeftoverLogs {
  private static final Logger LOG = System.getLogger(LeftoverLogs.class.getName());

  private final DataDirectories directories;

  LeftoverLogs(DataDirectories directories) {
    this.directories = directories;
  }

  void settle(ClusterImage image, Set<UUID> deletedTopics) {
    for (LogManager logs : directories.logs()) {
      for (String name : logs.names()) {
        try {
          settle(logs, name, image, deletedTopics);
        } catch (IOException e) {
          LOG.log(
              Level.WARNING,
              "{0} is left as it is, because its topic is not known: {1}",
              logs.directory().resolve(name),
              e.getMessage());
        }
      }
    }
    try {
      directories.checkEachInOne();
    } catch (IOException e) {
      throw new BrokerStartException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Of several directories one may have been away while its topics were deleted, and made anew. */
  private boolean isAsLeft(LogManager logs, String name) {
    return directories.logs().size() == 1 && logs.isAsLeft(name);
  }

  private void settle(LogManager logs, String name, ClusterImage image, Set<UUID> deletedTopics)
      throws IOException {
    if (isAsLeft(logs, name) && belongsTo(image, name, null)) {
      return;
    }
    UUID topicId = topicId(logs, name);
    if (name.equals(MetadataLog.NAME) || belongsTo(image, name, topicId)) {
      return;
    }
    if (topicId != null && deletedTopics.contains(topicId)) {
      LOG.log(Level.INFO, "{0} belongs to a deleted topic: deleting it", name);
      logs.delete(name, 0);
    } else if (belongsTo(image, name, null)) {
      LOG.log(
          Level.ERROR,
          "{0} holds the data of a topic with the unknown id {1}: not served. If its"
              + " partition.metadata is damaged, delete that file; else move the folder away",
          logs.directory().resolve(name),
          topicId == null ? "" : KafkaUuid.toText(topicId));
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

  private static @Nullable UUID topicId(LogManager logs, String name) throws IOException {
    String text = logs.topicId(name);
    try {
      return text == null ? null : KafkaUuid.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
