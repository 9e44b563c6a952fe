package io.tailrace.log;

import java.util.List;
import java.util.Map;

/**
 * The topic settings that say which records of a log may go. Names, units and defaults are Kafka's.
 *
 * @param delete {@code cleanup.policy} contains {@code delete}: old segments are deleted
 * @param compact {@code cleanup.policy} contains {@code compact}: the newest value per key is kept
 * @param retentionMs {@code retention.ms}: age at which a segment is deleted; −1: never
 * @param retentionBytes {@code retention.bytes}: size up to which a log is kept; negative: any
 * @param fileDeleteDelayMs {@code file.delete.delay.ms}: between the end of a segment and that of
 *     its files
 * @param deleteRetentionMs {@code delete.retention.ms}: how long a tombstone outlives its cleaning
 * @param minCompactionLagMs {@code min.compaction.lag.ms}: younger records are not compacted
 * @param maxCompactionLagMs {@code max.compaction.lag.ms}: age at which records are, in any case
 * @param minCleanableDirtyRatio {@code min.cleanable.dirty.ratio}: share of a log's bytes that must
 *     be new before it is compacted
 */
public record CleanupConfig(
    boolean delete,
    boolean compact,
    long retentionMs,
    long retentionBytes,
    long fileDeleteDelayMs,
    long deleteRetentionMs,
    long minCompactionLagMs,
    long maxCompactionLagMs,
    double minCleanableDirtyRatio) {

  private static final String DELETE = "delete";
  private static final String COMPACT = "compact";
  private static final long DAY_MS = 24 * 60 * 60 * 1000L;

  public CleanupConfig {
    LogConfig.atLeast("retention.ms", retentionMs, -1);
    LogConfig.atLeast("file.delete.delay.ms", fileDeleteDelayMs, 0);
    LogConfig.atLeast("delete.retention.ms", deleteRetentionMs, 0);
    LogConfig.atLeast("min.compaction.lag.ms", minCompactionLagMs, 0);
    LogConfig.atLeast("max.compaction.lag.ms", maxCompactionLagMs, 1);
    if (!(minCleanableDirtyRatio >= 0 && minCleanableDirtyRatio <= 1)) {
      throw new IllegalArgumentException(
          "min.cleanable.dirty.ratio=" + minCleanableDirtyRatio + " is not between 0 and 1");
    }
  }

  /** See {@link LogConfig#of}. */
  static CleanupConfig of(Map<String, String> config) {
    List<String> policies =
        List.of(config.getOrDefault("cleanup.policy", DELETE).trim().split("\\s*,\\s*"));
    for (String policy : policies) {
      if (!policy.isEmpty() && !policy.equals(DELETE) && !policy.equals(COMPACT)) {
        throw new IllegalArgumentException(
            "cleanup.policy=" + policy + " is neither delete nor compact");
      }
    }
    return new CleanupConfig(
        policies.contains(DELETE),
        policies.contains(COMPACT),
        LogConfig.number(config, "retention.ms", 7 * DAY_MS, Long.MAX_VALUE),
        LogConfig.number(config, "retention.bytes", -1, Long.MAX_VALUE),
        LogConfig.number(config, "file.delete.delay.ms", 60_000, Long.MAX_VALUE),
        LogConfig.number(config, "delete.retention.ms", DAY_MS, Long.MAX_VALUE),
        LogConfig.number(config, "min.compaction.lag.ms", 0, Long.MAX_VALUE),
        LogConfig.number(config, "max.compaction.lag.ms", Long.MAX_VALUE, Long.MAX_VALUE),
        ratio(config, "min.cleanable.dirty.ratio", 0.5));
  }

  private static double ratio(Map<String, String> config, String name, double absent) {
    String value = config.get(name);
    try {
      return value == null ? absent : Double.parseDouble(value.trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + "=" + value + " is not a number", e);
    }
  }
}
