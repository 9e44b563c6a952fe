package io.tailrace.broker.config;

import static io.tailrace.broker.config.ConfigRange.atLeast;
import static io.tailrace.broker.config.ConfigRange.listOf;
import static io.tailrace.broker.config.ConfigRange.oneOf;
import static io.tailrace.broker.config.ConfigType.INT;
import static io.tailrace.broker.config.ConfigType.LIST;
import static io.tailrace.broker.config.ConfigType.LONG;
import static io.tailrace.broker.config.ConfigType.SHORT;
import static io.tailrace.broker.config.ConfigType.STRING;

import java.util.List;

/** The broker settings about consumer groups and their offsets. */
public final class GroupConfigs {
  static final ConfigTable TABLE = new ConfigTable();

  public static final ConfigKey<Integer> OFFSETS_TOPIC_NUM_PARTITIONS =
      add(
          ConfigKey.of("offsets.topic.num.partitions", INT, 50)
              .range(atLeast(1))
              .doc("Partitions of __consumer_offsets; must not change once it is there."));

  public static final ConfigKey<Short> OFFSETS_TOPIC_REPLICATION_FACTOR =
      add(
          ConfigKey.of("offsets.topic.replication.factor", SHORT, (short) 1)
              .range(atLeast(1))
              .doc("Replicas of __consumer_offsets. Kafka's default, 3, needs three brokers."));

  public static final ConfigKey<Integer> OFFSETS_TOPIC_SEGMENT_BYTES =
      add(
          ConfigKey.of("offsets.topic.segment.bytes", INT, 104_857_600)
              .range(atLeast(1 << 20))
              .doc("Segment size of __consumer_offsets; small ones are compacted sooner."));

  public static final ConfigKey<Integer> OFFSET_METADATA_MAX_BYTES =
      add(
          ConfigKey.of("offset.metadata.max.bytes", INT, 4096)
              .range(atLeast(0))
              .doc("Longest metadata that a client may commit with an offset."));

  public static final ConfigKey<Integer> OFFSETS_RETENTION_MINUTES =
      add(
          ConfigKey.of("offsets.retention.minutes", INT, 7 * 24 * 60)
              .range(atLeast(1))
              .doc(
                  "Offsets of a group without members are forgotten after so long; those of a"
                      + " consumer without a group, so long after the commit."));

  public static final ConfigKey<Long> OFFSETS_RETENTION_CHECK_INTERVAL_MS =
      add(
          ConfigKey.of("offsets.retention.check.interval.ms", LONG, 600_000L)
              .range(atLeast(1))
              .doc("How often is looked for offsets to forget."));

  public static final ConfigKey<Integer> GROUP_MIN_SESSION_TIMEOUT_MS =
      add(
          ConfigKey.of("group.min.session.timeout.ms", INT, 6_000)
              .range(atLeast(0))
              .doc("Shortest session timeout that a member of a classic group may ask for."));

  public static final ConfigKey<Integer> GROUP_MAX_SESSION_TIMEOUT_MS =
      add(
          ConfigKey.of("group.max.session.timeout.ms", INT, 1_800_000)
              .range(atLeast(0))
              .doc("Longest session timeout that a member of a classic group may ask for."));

  public static final ConfigKey<Integer> GROUP_INITIAL_REBALANCE_DELAY_MS =
      add(
          ConfigKey.of("group.initial.rebalance.delay.ms", INT, 3_000)
              .range(atLeast(0))
              .doc("How long an empty classic group waits for more members to join."));

  public static final ConfigKey<Integer> GROUP_MAX_SIZE =
      add(
          ConfigKey.of("group.max.size", INT, Integer.MAX_VALUE)
              .range(atLeast(1))
              .doc("Members of a classic group."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_SESSION_TIMEOUT_MS =
      add(
          ConfigKey.of("group.consumer.session.timeout.ms", INT, 45_000)
              .range(atLeast(1))
              .doc("A member of a consumer group (KIP-848) that is silent for so long is out."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS =
      add(
          ConfigKey.of("group.consumer.min.session.timeout.ms", INT, 45_000)
              .range(atLeast(1))
              .doc("Least value of a group's own consumer.session.timeout.ms."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS =
      add(
          ConfigKey.of("group.consumer.max.session.timeout.ms", INT, 60_000)
              .range(atLeast(1))
              .doc("Greatest value of a group's own consumer.session.timeout.ms."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.heartbeat.interval.ms", INT, 5_000)
              .range(atLeast(1))
              .doc("How often members of consumer groups are told to send heartbeats."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.min.heartbeat.interval.ms", INT, 5_000)
              .range(atLeast(1))
              .doc("Least value of a group's own consumer.heartbeat.interval.ms."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.max.heartbeat.interval.ms", INT, 15_000)
              .range(atLeast(1))
              .doc("Greatest value of a group's own consumer.heartbeat.interval.ms."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.assignment.interval.ms", INT, 1_000)
              .range(atLeast(0))
              .live()
              .doc(
                  "Partitions of a consumer group are shared out anew no more often than this, so"
                      + " that many changes at once cost one assignment (KIP-1263)."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.min.assignment.interval.ms", INT, 0)
              .range(atLeast(0))
              .doc("Least value of a group's own consumer.assignment.interval.ms."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.max.assignment.interval.ms", INT, 15_000)
              .range(atLeast(0))
              .doc("Greatest value of a group's own consumer.assignment.interval.ms."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_MAX_SIZE =
      add(
          ConfigKey.of("group.consumer.max.size", INT, Integer.MAX_VALUE)
              .range(atLeast(1))
              .doc("Members of a consumer group."));

  public static final ConfigKey<List<String>> GROUP_CONSUMER_ASSIGNORS =
      add(
          ConfigKey.of("group.consumer.assignors", LIST, List.of("uniform", "range"))
              .range(listOf("uniform", "range"))
              .doc("Assignors that consumer groups may use; the first is the default."));

  public static final ConfigKey<String> GROUP_CONSUMER_MIGRATION_POLICY =
      add(
          ConfigKey.of("group.consumer.migration.policy", STRING, "bidirectional")
              .range(oneOf("bidirectional", "upgrade", "downgrade", "disabled"))
              .doc(
                  "Which groups change their protocol when a member of the other one joins, or the"
                      + " last one of their own leaves."));

  public static final ConfigKey<Integer> GROUP_CONSUMER_REGEX_REFRESH_INTERVAL_MS =
      add(
          ConfigKey.of("group.consumer.regex.refresh.interval.ms", INT, 600_000)
              .range(atLeast(10_000))
              .doc("How often subscriptions by regular expression are resolved anew."));

  private GroupConfigs() {}

  /**
   * The rules that concern two settings.
   *
   * @throws ConfigException for the first that is broken
   */
  static void check(BrokerConfig config) {
    check(
        config,
        GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS,
        GROUP_CONSUMER_SESSION_TIMEOUT_MS,
        GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS);
    check(
        config,
        GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS,
        GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS,
        GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS);
    check(
        config,
        GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS,
        GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS,
        GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS);
    if (config.get(GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS)
        >= config.get(GROUP_CONSUMER_SESSION_TIMEOUT_MS)) {
      throw new ConfigException(
          GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS.name(),
          GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS
              + " must be less than "
              + GROUP_CONSUMER_SESSION_TIMEOUT_MS);
    }
  }

  private static void check(
      BrokerConfig config, ConfigKey<Integer> min, ConfigKey<Integer> key, ConfigKey<Integer> max) {
    notLess(config, max, min);
    notLess(config, key, min);
    notLess(config, max, key);
  }

  private static void notLess(
      BrokerConfig config, ConfigKey<Integer> larger, ConfigKey<Integer> smaller) {
    if (config.get(larger) < config.get(smaller)) {
      throw new ConfigException(
          larger.name(), larger + " must be greater than or equal to " + smaller);
    }
  }

  private static <T> ConfigKey<T> add(ConfigKey<T> key) {
    return TABLE.add(key);
  }
}
