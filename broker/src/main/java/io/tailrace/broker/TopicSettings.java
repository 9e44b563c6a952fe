package io.tailrace.broker;

import io.tailrace.broker.config.TopicConfig;
import io.tailrace.broker.config.TopicConfigs;
import io.tailrace.broker.partition.ProduceRules;
import io.tailrace.log.CleanupConfig;
import io.tailrace.log.LogConfig;

/** A topic's settings in the forms that its log and its producers' batches are judged by. */
final class TopicSettings {
  private static final String LOG_APPEND_TIME = "LogAppendTime";
  private static final String COMPACT = "compact";
  private static final String DELETE = "delete";

  private TopicSettings() {}

  static ProduceRules produceRules(TopicConfig config) {
    return new ProduceRules(
        config.get(TopicConfigs.MAX_MESSAGE_BYTES),
        isLogAppendTime(config),
        config.get(TopicConfigs.MESSAGE_TIMESTAMP_BEFORE_MAX_MS),
        config.get(TopicConfigs.MESSAGE_TIMESTAMP_AFTER_MAX_MS),
        config.get(TopicConfigs.CLEANUP_POLICY).contains(COMPACT),
        config.get(TopicConfigs.DEEP_VALIDATION));
  }

  static LogConfig logConfig(TopicConfig config) {
    return new LogConfig(
        config.get(TopicConfigs.SEGMENT_BYTES),
        config.get(TopicConfigs.SEGMENT_MS),
        config.get(TopicConfigs.SEGMENT_JITTER_MS),
        config.get(TopicConfigs.SEGMENT_INDEX_BYTES),
        config.get(TopicConfigs.INDEX_INTERVAL_BYTES),
        config.get(TopicConfigs.FLUSH_MESSAGES),
        config.get(TopicConfigs.FLUSH_MS),
        config.get(TopicConfigs.MAX_MESSAGE_BYTES),
        isLogAppendTime(config),
        cleanup(config));
  }

  private static CleanupConfig cleanup(TopicConfig config) {
    return new CleanupConfig(
        config.get(TopicConfigs.CLEANUP_POLICY).contains(DELETE),
        config.get(TopicConfigs.CLEANUP_POLICY).contains(COMPACT),
        config.get(TopicConfigs.RETENTION_MS),
        config.get(TopicConfigs.RETENTION_BYTES),
        config.get(TopicConfigs.FILE_DELETE_DELAY_MS),
        config.get(TopicConfigs.DELETE_RETENTION_MS),
        config.get(TopicConfigs.MIN_COMPACTION_LAG_MS),
        config.get(TopicConfigs.MAX_COMPACTION_LAG_MS),
        config.get(TopicConfigs.MIN_CLEANABLE_DIRTY_RATIO));
  }

  private static boolean isLogAppendTime(TopicConfig config) {
    return config.get(TopicConfigs.MESSAGE_TIMESTAMP_TYPE).equals(LOG_APPEND_TIME);
  }
}
