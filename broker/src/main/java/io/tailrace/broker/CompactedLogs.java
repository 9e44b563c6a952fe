package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.CleanerConfigs;
import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.CleanerSettings;
import io.tailrace.log.DataDirectories;
import io.tailrace.log.LogCleaner;
import io.tailrace.log.LogManager;

/** The logs of the topics that are compacted at the moment, for the cleaner. */
final class CompactedLogs implements LogCleaner.Logs {
  private final Partitions partitions;
  private final DataDirectories directories;

  CompactedLogs(Partitions partitions, DataDirectories directories) {
    this.partitions = partitions;
    this.directories = directories;
  }

  @Override
  public void forEachCompacted(Visitor visitor) {
    for (Partitions.Topic topic : partitions.topics()) {
      for (Partition partition : topic.partitions()) {
        if (partition != null && partition.produceRules().requireKeys()) {
          show(partition, visitor);
        }
      }
    }
  }

  private void show(Partition partition, Visitor visitor) {
    LogManager folder = directories.logsWith(partition.toString());
    if (folder != null) {
      visitor.log(folder, partition.toString(), partition::log);
    }
  }

  static CleanerSettings settings(BrokerConfig config) {
    return new CleanerSettings(
        config.get(CleanerConfigs.LOG_CLEANER_ENABLE),
        config.get(CleanerConfigs.LOG_CLEANER_THREADS),
        config.get(CleanerConfigs.LOG_CLEANER_DEDUPE_BUFFER_SIZE),
        config.get(CleanerConfigs.LOG_CLEANER_IO_BUFFER_LOAD_FACTOR),
        config.get(CleanerConfigs.LOG_CLEANER_IO_BUFFER_SIZE),
        config.get(CleanerConfigs.LOG_CLEANER_IO_MAX_BYTES_PER_SECOND),
        config.get(CleanerConfigs.LOG_CLEANER_BACKOFF_MS));
  }
}
