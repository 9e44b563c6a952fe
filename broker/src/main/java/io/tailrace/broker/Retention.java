package io.tailrace.broker;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.DataDirectories;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.LogManager;
import io.tailrace.log.PartitionLog;
import io.tailrace.protocol.KafkaUuid;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * Applies retention to all partitions whose {@code cleanup.policy} has {@code delete}, one after
 * the other; those that nobody has used yet stay closed. On housekeeping's thread.
 */
final class Retention {
  private static final Logger LOG = System.getLogger(Retention.class.getName());

  private final Partitions partitions;
  private final DataDirectories directories;

  Retention(Partitions partitions, DataDirectories directories) {
    this.partitions = partitions;
    this.directories = directories;
  }

  void apply(long wallMs) {
    for (Partitions.Topic topic : partitions.topics()) {
      for (Partition partition : topic.partitions()) {
        if (partition != null && !partition.isDeleted()) {
          applySafely(partition, wallMs);
        }
      }
    }
  }

  /** One that fails keeps no room for the others' records. */
  private void applySafely(Partition partition, long wallMs) {
    try {
      apply(partition, wallMs);
    } catch (LogException | IOException e) {
      // A log that is offline has said so; one that is being recovered has its turn later.
      LOG.log(Level.DEBUG, "no retention for {0} now: {1}", partition, e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: retention of " + partition + " failed", e);
    }
  }

  private void apply(Partition partition, long wallMs) throws LogException, IOException {
    LogConfig config = partition.logConfig();
    if (!config.cleanup().delete()) {
      return;
    }
    PartitionLog open = partition.logIfOpen();
    LogManager logs = directories.logsWith(partition.toString());
    if (open != null) {
      open.applyRetention(wallMs);
    } else if (logs == null) {
      // It was never used, or its folder is offline.
      return;
    } else if (logs.isOpen(partition.toString())) {
      // Recovered after a crash: the partition then commits what was found.
      partition.log().applyRetention(wallMs);
    } else {
      String topicId = KafkaUuid.toText(partition.topicId());
      logs.applyIdleRetention(partition.toString(), topicId, config, wallMs);
    }
  }
}
