package io.tailrace.broker.config;

import java.util.List;
import java.util.Map;

/**
 * The values of a group's own settings (KIP-848): those set on it, over the broker's. Immutable.
 */
public final class GroupConfig {
  public static final ConfigTable TABLE = new ConfigTable();

  public static final ConfigKey<Integer> CONSUMER_SESSION_TIMEOUT_MS =
      add("consumer.session.timeout.ms", GroupConfigs.GROUP_CONSUMER_SESSION_TIMEOUT_MS);

  public static final ConfigKey<Integer> CONSUMER_HEARTBEAT_INTERVAL_MS =
      add("consumer.heartbeat.interval.ms", GroupConfigs.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS);

  public static final ConfigKey<Integer> CONSUMER_ASSIGNMENT_INTERVAL_MS =
      add("consumer.assignment.interval.ms", GroupConfigs.GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS);

  private final BrokerConfig broker;
  private final Overrides values;

  private GroupConfig(BrokerConfig broker, Map<String, String> overrides) {
    this.broker = broker;
    values = new Overrides(TABLE, ConfigSource.GROUP_CONFIG, broker, overrides);
  }

  /** What may be set now; what was set before under other settings of the broker is kept. */
  void check() {
    between(
        CONSUMER_SESSION_TIMEOUT_MS,
        broker.get(GroupConfigs.GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS),
        broker.get(GroupConfigs.GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS));
    between(
        CONSUMER_HEARTBEAT_INTERVAL_MS,
        broker.get(GroupConfigs.GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS),
        broker.get(GroupConfigs.GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS));
    between(
        CONSUMER_ASSIGNMENT_INTERVAL_MS,
        broker.get(GroupConfigs.GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS),
        broker.get(GroupConfigs.GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS));
    if (values.get(CONSUMER_SESSION_TIMEOUT_MS) <= values.get(CONSUMER_HEARTBEAT_INTERVAL_MS)) {
      throw new ConfigException(
          CONSUMER_SESSION_TIMEOUT_MS.name(),
          "consumer.session.timeout.ms must be greater than consumer.heartbeat.interval.ms");
    }
  }

  private void between(ConfigKey<Integer> key, int min, int max) {
    int value = values.get(key);
    if (value < min || value > max) {
      throw new ConfigException(
          key.name(),
          "%s is %d, but the broker's settings allow %d to %d"
              .formatted(key.name(), value, min, max));
    }
  }

  /**
   * The settings of a group. Names that are no group settings are ignored: {@link ConfigChange}
   * refuses them where they come in.
   *
   * @throws ConfigException for the first that can't be taken
   */
  public static GroupConfig of(BrokerConfig broker, Map<String, String> overrides) {
    return new GroupConfig(broker, overrides);
  }

  /** All settings as DescribeConfigs shows them, sorted by name. */
  public List<ConfigEntry> describe() {
    return values.describe();
  }

  private static <T> ConfigKey<T> add(String name, ConfigKey<T> brokerKey) {
    return TABLE.add(ConfigKey.of(name, brokerKey).doc(brokerKey.documentation()));
  }
}
