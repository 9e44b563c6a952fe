package io.tailrace.broker.config;

import static io.tailrace.broker.config.ConfigRange.atLeast;
import static io.tailrace.broker.config.ConfigRange.between;
import static io.tailrace.broker.config.ConfigRange.listOf;
import static io.tailrace.broker.config.ConfigRange.oneOf;
import static io.tailrace.broker.config.ConfigType.BOOLEAN;
import static io.tailrace.broker.config.ConfigType.DOUBLE;
import static io.tailrace.broker.config.ConfigType.INT;
import static io.tailrace.broker.config.ConfigType.LIST;
import static io.tailrace.broker.config.ConfigType.LONG;
import static io.tailrace.broker.config.ConfigType.STRING;

import io.tailrace.broker.config.ConfigRange.Between;
import java.util.List;

/** The broker settings that are the defaults of topic settings. */
public final class LogDefaultConfigs {
  static final ConfigTable TABLE = new ConfigTable();

  private static final long HOUR_MS = 3_600_000;
  private static final long WEEK_MS = 7 * 24 * HOUR_MS;

  public static final ConfigKey<Integer> LOG_SEGMENT_BYTES =
      add(
          ConfigKey.of("log.segment.bytes", INT, 1 << 30)
              .range(atLeast(1 << 20))
              .live()
              .doc("Size at which a log segment is closed and a new one begun."));

  public static final ConfigKey<Integer> LOG_ROLL_HOURS =
      add(
          ConfigKey.of("log.roll.hours", INT, 168)
              .range(atLeast(1))
              .doc("As log.roll.ms, in hours; counts where log.roll.ms is not set."));

  public static final ConfigKey<Long> LOG_ROLL_MS =
      add(
          ConfigKey.of("log.roll.ms", LONG, WEEK_MS)
              .range(atLeast(1))
              .orElse(LOG_ROLL_HOURS, HOUR_MS)
              .live()
              .doc("Age at which a log segment is closed and a new one begun."));

  public static final ConfigKey<Integer> LOG_ROLL_JITTER_HOURS =
      add(
          ConfigKey.of("log.roll.jitter.hours", INT, 0)
              .range(atLeast(0))
              .doc("As log.roll.jitter.ms, in hours; counts where log.roll.jitter.ms is not set."));

  public static final ConfigKey<Long> LOG_ROLL_JITTER_MS =
      add(
          ConfigKey.of("log.roll.jitter.ms", LONG, 0L)
              .range(atLeast(0))
              .orElse(LOG_ROLL_JITTER_HOURS, HOUR_MS)
              .live()
              .doc(
                  "Up to this much is taken off log.roll.ms at random, so that segments do not all"
                      + " roll at once."));

  public static final ConfigKey<Integer> LOG_INDEX_SIZE_MAX_BYTES =
      add(
          ConfigKey.of("log.index.size.max.bytes", INT, 10 << 20)
              .range(atLeast(4))
              .live()
              .doc("Size of an offset index at which its segment is closed."));

  public static final ConfigKey<Integer> LOG_INDEX_INTERVAL_BYTES =
      add(
          ConfigKey.of("log.index.interval.bytes", INT, 4096)
              .range(atLeast(0))
              .live()
              .doc("Bytes of log between two entries of its index."));

  public static final ConfigKey<Long> LOG_FLUSH_INTERVAL_MESSAGES =
      add(
          ConfigKey.of("log.flush.interval.messages", LONG, Long.MAX_VALUE)
              .range(atLeast(1))
              .live()
              .doc(
                  "Records that may gather in a partition before it is synced to the disk. With 1,"
                      + " a write is acknowledged only once it survives a power loss."));

  public static final ConfigKey<Long> LOG_FLUSH_SCHEDULER_INTERVAL_MS =
      add(
          ConfigKey.of("log.flush.scheduler.interval.ms", LONG, Long.MAX_VALUE)
              .range(atLeast(0))
              .doc("Counts as log.flush.interval.ms where that is not set."));

  public static final ConfigKey<Long> LOG_FLUSH_INTERVAL_MS =
      add(
          ConfigKey.of("log.flush.interval.ms", LONG, Long.MAX_VALUE)
              .range(atLeast(0))
              .orElse(LOG_FLUSH_SCHEDULER_INTERVAL_MS)
              .live()
              .doc("Time that a record may wait before its partition is synced to the disk."));

  public static final ConfigKey<Integer> MESSAGE_MAX_BYTES =
      add(
          ConfigKey.of("message.max.bytes", INT, 1_048_588)
              .range(atLeast(0))
              .live()
              .doc("Largest record batch a producer may send, as compressed."));

  public static final ConfigKey<String> LOG_MESSAGE_TIMESTAMP_TYPE =
      add(
          ConfigKey.of("log.message.timestamp.type", STRING, "CreateTime")
              .range(oneOf("CreateTime", "LogAppendTime"))
              .live()
              .doc("Whether records keep the producer's time or get the broker's on arrival."));

  public static final ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS =
      add(
          ConfigKey.of("log.message.timestamp.before.max.ms", LONG, Long.MAX_VALUE)
              .range(atLeast(0))
              .live()
              .doc("How far a record's CreateTime may lie behind the broker's clock."));

  public static final ConfigKey<Long> LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS =
      add(
          ConfigKey.of("log.message.timestamp.after.max.ms", LONG, HOUR_MS)
              .range(atLeast(0))
              .live()
              .doc("How far a record's CreateTime may lie ahead of the broker's clock."));

  public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS =
      add(
          ConfigKey.of("min.insync.replicas", INT, 1)
              .range(atLeast(1))
              .live()
              .doc("In-sync replicas that a write with acks=all needs to be accepted."));

  public static final ConfigKey<String> COMPRESSION_TYPE =
      add(
          ConfigKey.of("compression.type", STRING, "producer")
              .range(oneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"))
              .live()
              .later()
              .doc("Codec batches are stored with; 'producer' keeps each as it was sent."));

  public static final ConfigKey<Integer> COMPRESSION_GZIP_LEVEL =
      add(
          ConfigKey.of("compression.gzip.level", INT, -1)
              .range(ConfigRange.orElse(-1, new Between(1, 9)))
              .live()
              .later()
              .doc("Level for compression.type=gzip."));

  public static final ConfigKey<Integer> COMPRESSION_LZ4_LEVEL =
      add(
          ConfigKey.of("compression.lz4.level", INT, 9)
              .range(between(1, 17))
              .live()
              .later()
              .doc("Level for compression.type=lz4."));

  public static final ConfigKey<Integer> COMPRESSION_ZSTD_LEVEL =
      add(
          ConfigKey.of("compression.zstd.level", INT, 3)
              .range(between(-131_072, 22))
              .live()
              .later()
              .doc("Level for compression.type=zstd."));

  public static final ConfigKey<List<String>> LOG_CLEANUP_POLICY =
      add(
          ConfigKey.of("log.cleanup.policy", LIST, List.of("delete"))
              .range(listOf("compact", "delete"))
              .live()
              .doc("What happens to old segments: deleted by age and size, or compacted by key."));

  public static final ConfigKey<Long> LOG_RETENTION_BYTES =
      add(
          ConfigKey.of("log.retention.bytes", LONG, -1L)
              .live()
              .doc("Size of a partition above which its oldest segments go; -1 for no limit."));

  public static final ConfigKey<Integer> LOG_RETENTION_HOURS =
      add(
          ConfigKey.of("log.retention.hours", INT, 168)
              .doc("As log.retention.ms, in hours; counts where neither ms nor minutes is set."));

  public static final ConfigKey<Integer> LOG_RETENTION_MINUTES =
      add(
          ConfigKey.of("log.retention.minutes", INT, 10_080)
              .doc("As log.retention.ms, in minutes; counts where log.retention.ms is not set."));

  public static final ConfigKey<Long> LOG_RETENTION_MS =
      add(
          ConfigKey.of("log.retention.ms", LONG, WEEK_MS)
              .range(ConfigRange.orElse(-1, new Between(1, Long.MAX_VALUE)))
              .orElse(LOG_RETENTION_MINUTES, 60_000)
              .orElse(LOG_RETENTION_HOURS, HOUR_MS)
              .live()
              .doc("Age above which segments go; -1 for no limit."));

  public static final ConfigKey<Long> LOG_SEGMENT_DELETE_DELAY_MS =
      add(
          ConfigKey.of("log.segment.delete.delay.ms", LONG, 60_000L)
              .range(atLeast(0))
              .live()
              .doc("Time between taking a segment out of its log and deleting its files."));

  public static final ConfigKey<Long> LOG_CLEANER_DELETE_RETENTION_MS =
      add(
          ConfigKey.of("log.cleaner.delete.retention.ms", LONG, 24 * HOUR_MS)
              .range(atLeast(0))
              .live()
              .doc("Time that compaction keeps the marker of a deleted key."));

  public static final ConfigKey<Long> LOG_CLEANER_MIN_COMPACTION_LAG_MS =
      add(
          ConfigKey.of("log.cleaner.min.compaction.lag.ms", LONG, 0L)
              .range(atLeast(0))
              .live()
              .doc("Time that a record stays before compaction may remove it."));

  public static final ConfigKey<Long> LOG_CLEANER_MAX_COMPACTION_LAG_MS =
      add(
          ConfigKey.of("log.cleaner.max.compaction.lag.ms", LONG, Long.MAX_VALUE)
              .range(atLeast(1))
              .live()
              .doc("Time after which compaction must have looked at a record."));

  public static final ConfigKey<Double> LOG_CLEANER_MIN_CLEANABLE_RATIO =
      add(
          ConfigKey.of("log.cleaner.min.cleanable.ratio", DOUBLE, 0.5)
              .range(between(0, 1))
              .live()
              .doc("Share of a log not yet compacted from which compaction is worth its while."));

  public static final ConfigKey<Boolean> LOG_PREALLOCATE =
      add(
          ConfigKey.of("log.preallocate", BOOLEAN, false)
              .live()
              .later()
              .doc("Whether a new segment gets its full size on the disk at once."));

  public static final ConfigKey<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE =
      add(
          ConfigKey.of("unclean.leader.election.enable", BOOLEAN, false)
              .live()
              .later()
              .doc("Whether a replica that lacks records may lead if no other is left."));

  public static final ConfigKey<Long> LOG_LOCAL_RETENTION_MS =
      add(
          ConfigKey.of("log.local.retention.ms", LONG, -2L)
              .range(atLeast(-2))
              .live()
              .later()
              .doc("With tiered storage, age kept on the broker's disk; -2 as log.retention.ms."));

  public static final ConfigKey<Long> LOG_LOCAL_RETENTION_BYTES =
      add(
          ConfigKey.of("log.local.retention.bytes", LONG, -2L)
              .range(atLeast(-2))
              .live()
              .later()
              .doc("With tiered storage, size kept on the broker's disk; -2 as retention.bytes."));

  private LogDefaultConfigs() {}

  private static <T> ConfigKey<T> add(ConfigKey<T> key) {
    return TABLE.add(key);
  }
}
