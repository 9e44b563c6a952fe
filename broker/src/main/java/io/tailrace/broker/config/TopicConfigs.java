package io.tailrace.broker.config;

import static io.tailrace.broker.config.ConfigRange.atLeast;
import static io.tailrace.broker.config.ConfigType.BOOLEAN;
import static io.tailrace.broker.config.ConfigType.LIST;

import java.util.List;

/** The settings of a topic, under Kafka's names. All can be changed while the broker runs. */
public final class TopicConfigs {
  public static final ConfigTable TABLE = new ConfigTable();

  public static final ConfigKey<Integer> SEGMENT_BYTES =
      add("segment.bytes", LogDefaultConfigs.LOG_SEGMENT_BYTES);
  public static final ConfigKey<Long> SEGMENT_MS = add("segment.ms", LogDefaultConfigs.LOG_ROLL_MS);
  public static final ConfigKey<Long> SEGMENT_JITTER_MS =
      add("segment.jitter.ms", LogDefaultConfigs.LOG_ROLL_JITTER_MS);
  public static final ConfigKey<Integer> SEGMENT_INDEX_BYTES =
      add("segment.index.bytes", LogDefaultConfigs.LOG_INDEX_SIZE_MAX_BYTES);
  public static final ConfigKey<Integer> INDEX_INTERVAL_BYTES =
      add("index.interval.bytes", LogDefaultConfigs.LOG_INDEX_INTERVAL_BYTES);
  public static final ConfigKey<Long> FLUSH_MESSAGES =
      add("flush.messages", LogDefaultConfigs.LOG_FLUSH_INTERVAL_MESSAGES);
  public static final ConfigKey<Long> FLUSH_MS =
      add("flush.ms", LogDefaultConfigs.LOG_FLUSH_INTERVAL_MS);
  public static final ConfigKey<Integer> MAX_MESSAGE_BYTES =
      add("max.message.bytes", LogDefaultConfigs.MESSAGE_MAX_BYTES);
  public static final ConfigKey<String> MESSAGE_TIMESTAMP_TYPE =
      add("message.timestamp.type", LogDefaultConfigs.LOG_MESSAGE_TIMESTAMP_TYPE);
  public static final ConfigKey<Long> MESSAGE_TIMESTAMP_BEFORE_MAX_MS =
      add("message.timestamp.before.max.ms", LogDefaultConfigs.LOG_MESSAGE_TIMESTAMP_BEFORE_MAX_MS);
  public static final ConfigKey<Long> MESSAGE_TIMESTAMP_AFTER_MAX_MS =
      add("message.timestamp.after.max.ms", LogDefaultConfigs.LOG_MESSAGE_TIMESTAMP_AFTER_MAX_MS);
  public static final ConfigKey<Integer> MIN_INSYNC_REPLICAS =
      add("min.insync.replicas", LogDefaultConfigs.MIN_INSYNC_REPLICAS);
  public static final ConfigKey<String> COMPRESSION_TYPE =
      add("compression.type", LogDefaultConfigs.COMPRESSION_TYPE);
  public static final ConfigKey<Integer> COMPRESSION_GZIP_LEVEL =
      add("compression.gzip.level", LogDefaultConfigs.COMPRESSION_GZIP_LEVEL);
  public static final ConfigKey<Integer> COMPRESSION_LZ4_LEVEL =
      add("compression.lz4.level", LogDefaultConfigs.COMPRESSION_LZ4_LEVEL);
  public static final ConfigKey<Integer> COMPRESSION_ZSTD_LEVEL =
      add("compression.zstd.level", LogDefaultConfigs.COMPRESSION_ZSTD_LEVEL);
  public static final ConfigKey<List<String>> CLEANUP_POLICY =
      add("cleanup.policy", LogDefaultConfigs.LOG_CLEANUP_POLICY);
  public static final ConfigKey<Long> RETENTION_BYTES =
      add("retention.bytes", LogDefaultConfigs.LOG_RETENTION_BYTES);
  public static final ConfigKey<Long> RETENTION_MS =
      TABLE.add(
          ConfigKey.of("retention.ms", LogDefaultConfigs.LOG_RETENTION_MS)
              .range(atLeast(-1))
              .doc(LogDefaultConfigs.LOG_RETENTION_MS.documentation()));
  public static final ConfigKey<Long> FILE_DELETE_DELAY_MS =
      add("file.delete.delay.ms", LogDefaultConfigs.LOG_SEGMENT_DELETE_DELAY_MS);
  public static final ConfigKey<Long> DELETE_RETENTION_MS =
      add("delete.retention.ms", LogDefaultConfigs.LOG_CLEANER_DELETE_RETENTION_MS);
  public static final ConfigKey<Long> MIN_COMPACTION_LAG_MS =
      add("min.compaction.lag.ms", LogDefaultConfigs.LOG_CLEANER_MIN_COMPACTION_LAG_MS);
  public static final ConfigKey<Long> MAX_COMPACTION_LAG_MS =
      add("max.compaction.lag.ms", LogDefaultConfigs.LOG_CLEANER_MAX_COMPACTION_LAG_MS);
  public static final ConfigKey<Double> MIN_CLEANABLE_DIRTY_RATIO =
      add("min.cleanable.dirty.ratio", LogDefaultConfigs.LOG_CLEANER_MIN_CLEANABLE_RATIO);
  public static final ConfigKey<Boolean> PREALLOCATE =
      add("preallocate", LogDefaultConfigs.LOG_PREALLOCATE);
  public static final ConfigKey<Boolean> UNCLEAN_LEADER_ELECTION_ENABLE =
      add("unclean.leader.election.enable", LogDefaultConfigs.UNCLEAN_LEADER_ELECTION_ENABLE);
  public static final ConfigKey<Long> LOCAL_RETENTION_MS =
      add("local.retention.ms", LogDefaultConfigs.LOG_LOCAL_RETENTION_MS);
  public static final ConfigKey<Long> LOCAL_RETENTION_BYTES =
      add("local.retention.bytes", LogDefaultConfigs.LOG_LOCAL_RETENTION_BYTES);

  public static final ConfigKey<Boolean> REMOTE_STORAGE_ENABLE =
      TABLE.add(
          ConfigKey.of("remote.storage.enable", BOOLEAN, false)
              .live()
              .later()
              .doc("Whether closed segments go to tiered storage; only false for now."));
  public static final ConfigKey<Boolean> REMOTE_LOG_COPY_DISABLE =
      TABLE.add(
          ConfigKey.of("remote.log.copy.disable", BOOLEAN, false)
              .live()
              .later()
              .doc("Whether tiered storage gets no further segments."));
  public static final ConfigKey<Boolean> REMOTE_LOG_DELETE_ON_DISABLE =
      TABLE.add(
          ConfigKey.of("remote.log.delete.on.disable", BOOLEAN, false)
              .live()
              .later()
              .doc("Whether turning tiered storage off deletes what it holds."));
  public static final ConfigKey<List<String>> LEADER_REPLICATION_THROTTLED_REPLICAS =
      throttled("leader.replication.throttled.replicas", "leader");
  public static final ConfigKey<List<String>> FOLLOWER_REPLICATION_THROTTLED_REPLICAS =
      throttled("follower.replication.throttled.replicas", "follower");

  /** Ours: Kafka always opens batches. */
  public static final ConfigKey<Boolean> DEEP_VALIDATION =
      TABLE.add(
          ConfigKey.of("tailrace.deep.validation", BOOLEAN, false)
              .live()
              .doc(
                  "Whether each batch is opened and its records are checked before it is stored;"
                      + " otherwise its header and checksum are."));

  private TopicConfigs() {}

  /** A setting described by the broker setting that is its default. */
  private static <T> ConfigKey<T> add(String name, ConfigKey<T> brokerKey) {
    return TABLE.add(ConfigKey.of(name, brokerKey).doc(brokerKey.documentation()));
  }

  private static ConfigKey<List<String>> throttled(String name, String side) {
    return TABLE.add(
        ConfigKey.of(name, LIST, List.<String>of())
            .range(new ConfigRange.ThrottledReplicas())
            .live()
            .later()
            .doc("Replicas whose traffic is throttled on the " + side + "'s side."));
  }
}
