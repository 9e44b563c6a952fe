package io.tailrace.broker.config;

import java.util.List;
import java.util.Map;

/** The values of a topic's settings: those set on it, over the broker's defaults. Immutable. */
public final class TopicConfig {
  private final Overrides values;

  private TopicConfig(BrokerConfig broker, Map<String, String> overrides) {
    values = new Overrides(TopicConfigs.TABLE, ConfigSource.TOPIC_CONFIG, broker, overrides);
    checkTogether();
  }

  /**
   * The settings of a topic. Names that are no topic settings are ignored: {@link ConfigChange}
   * refuses them where they come in.
   *
   * @param overrides what is set on the topic, by name
   * @throws ConfigException for the first that can't be taken
   */
  public static TopicConfig of(BrokerConfig broker, Map<String, String> overrides) {
    return new TopicConfig(broker, overrides);
  }

  /** The value that counts. */
  public <T> T get(ConfigKey<T> key) {
    return values.get(key);
  }

  /** What is set on the topic itself, as given. */
  public Map<String, String> overrides() {
    return values.texts();
  }

  /** All settings as DescribeConfigs shows them, sorted by name. */
  public List<ConfigEntry> describe() {
    return values.describe();
  }

  /** The rules that concern two settings. */
  private void checkTogether() {
    long minLag = get(TopicConfigs.MIN_COMPACTION_LAG_MS);
    long maxLag = get(TopicConfigs.MAX_COMPACTION_LAG_MS);
    if (minLag > maxLag) {
      throw new ConfigException(
          TopicConfigs.MIN_COMPACTION_LAG_MS.name(),
          "conflict topic config setting min.compaction.lag.ms ("
              + minLag
              + ") > max.compaction.lag.ms ("
              + maxLag
              + ")");
    }
    if (get(TopicConfigs.REMOTE_STORAGE_ENABLE)) {
      throw new ConfigException(
          TopicConfigs.REMOTE_STORAGE_ENABLE.name(),
          "Tiered Storage functionality is disabled in the broker."
              + " Topic cannot be configured with remote log storage.");
    }
  }
}
