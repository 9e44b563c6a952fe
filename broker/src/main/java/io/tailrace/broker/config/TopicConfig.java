package io.tailrace.broker.config;

import io.tailrace.broker.config.ConfigEntry.Synonym;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The values of a topic's settings: those set on it, over the broker's defaults. Immutable. */
public final class TopicConfig {
  private final BrokerConfig broker;
  private final Map<String, String> overrides;
  private final Map<String, Object> values = new HashMap<>();

  private TopicConfig(BrokerConfig broker, Map<String, String> overrides) {
    this.broker = broker;
    this.overrides = Map.copyOf(overrides);
    for (ConfigKey<?> key : TopicConfigs.TABLE.keys()) {
      values.put(key.name(), resolve(key));
    }
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
  @SuppressWarnings("unchecked") // values holds for each name what its key has parsed
  public <T> T get(ConfigKey<T> key) {
    Object value = values.get(key.name());
    if (value == null) {
      throw new IllegalArgumentException(key + " is not a topic setting");
    }
    return (T) value;
  }

  /** What is set on the topic itself, as given. */
  public Map<String, String> overrides() {
    return overrides;
  }

  /** All settings as DescribeConfigs shows them, sorted by name. */
  public List<ConfigEntry> describe() {
    List<ConfigEntry> entries = new ArrayList<>();
    for (ConfigKey<?> key : TopicConfigs.TABLE.keys()) {
      entries.add(describe(key));
    }
    return entries;
  }

  private <T> ConfigEntry describe(ConfigKey<T> key) {
    List<Synonym> synonyms = new ArrayList<>();
    if (overrides.containsKey(key.name())) {
      synonyms.add(new Synonym(key.name(), key.format(get(key)), ConfigSource.TOPIC_CONFIG));
    }
    ConfigKey<T> brokerKey = key.brokerKey();
    if (brokerKey != null) {
      synonyms.addAll(broker.synonyms(brokerKey));
    } else {
      String text = BrokerConfig.defaultText(key);
      synonyms.add(new Synonym(key.name(), text, ConfigSource.DEFAULT_CONFIG));
    }
    return new ConfigEntry(key, key.format(get(key)), List.copyOf(synonyms));
  }

  private <T> T resolve(ConfigKey<T> key) {
    String text = overrides.get(key.name());
    if (text != null) {
      return key.parse(text);
    }
    @Nullable ConfigKey<T> brokerKey = key.brokerKey();
    return brokerKey != null ? broker.get(brokerKey) : key.defaultValue();
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
