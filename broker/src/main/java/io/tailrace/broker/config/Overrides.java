package io.tailrace.broker.config;

import io.tailrace.broker.config.ConfigEntry.Synonym;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The values of the settings of one resource: those set on it, over the broker's defaults. Names
 * that the table does not have are ignored. Immutable.
 */
final class Overrides {
  private final ConfigTable table;
  private final ConfigSource source;
  private final BrokerConfig broker;
  private final Map<String, String> texts;
  private final Map<String, Object> values = new HashMap<>();

  /**
   * @param source where DescribeConfigs says that the overrides come from
   * @param texts what is set on the resource, by name
   * @throws ConfigException for the first that can't be taken
   */
  Overrides(
      ConfigTable table, ConfigSource source, BrokerConfig broker, Map<String, String> texts) {
    this.table = table;
    this.source = source;
    this.broker = broker;
    this.texts = Map.copyOf(texts);
    for (ConfigKey<?> key : table.keys()) {
      values.put(key.name(), resolve(key));
    }
  }

  private <T> T resolve(ConfigKey<T> key) {
    String text = texts.get(key.name());
    if (text != null) {
      return key.parse(text);
    }
    @Nullable ConfigKey<T> brokerKey = key.brokerKey();
    return brokerKey != null ? broker.get(brokerKey) : key.defaultValue();
  }

  /** What is set on the resource itself, as given. */
  Map<String, String> texts() {
    return texts;
  }

  /** The value that counts. */
  @SuppressWarnings("unchecked") // values holds for each name what its key has parsed
  <T> T get(ConfigKey<T> key) {
    Object value = values.get(key.name());
    if (value == null) {
      throw new IllegalArgumentException(key + " is not a setting of this kind of resource");
    }
    return (T) value;
  }

  /** All settings as DescribeConfigs shows them, sorted by name. */
  List<ConfigEntry> describe() {
    List<ConfigEntry> entries = new ArrayList<>();
    for (ConfigKey<?> key : table.keys()) {
      entries.add(describe(key));
    }
    return entries;
  }

  private <T> ConfigEntry describe(ConfigKey<T> key) {
    List<Synonym> synonyms = new ArrayList<>();
    if (texts.containsKey(key.name())) {
      synonyms.add(new Synonym(key.name(), key.format(get(key)), source));
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
}
