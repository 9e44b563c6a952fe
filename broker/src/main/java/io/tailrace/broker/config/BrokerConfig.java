package io.tailrace.broker.config;

import io.tailrace.broker.config.ConfigEntry.Synonym;
import io.tailrace.broker.config.ConfigKey.Fallback;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values of the broker's settings: those given at start, and over them those set while it runs.
 * Immutable; a broker keeps the current one in a volatile field and replaces it whole.
 */
public final class BrokerConfig {

  /** Values given in one way, by name. */
  private record Layer(ConfigSource source, Map<String, String> texts) {}

  private final Layer fixed;
  private final Layer clusterWide;
  private final Layer own;
  private final Map<String, Object> values = new HashMap<>();
  private final List<Listener> listeners;
  private final List<Listener> advertisedListeners;
  private final Map<String, Integer> maxConnectionsPerIpOverrides;

  private BrokerConfig(
      Map<String, String> fixed, Map<String, String> clusterWide, Map<String, String> own) {
    this.fixed = new Layer(ConfigSource.STATIC_BROKER_CONFIG, Map.copyOf(fixed));
    this.clusterWide =
        new Layer(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG, Map.copyOf(clusterWide));
    this.own = new Layer(ConfigSource.DYNAMIC_BROKER_CONFIG, Map.copyOf(own));
    for (ConfigKey<?> key : BrokerConfigs.TABLE.keys()) {
      values.put(key.name(), resolve(key));
    }
    this.listeners = Listeners.parse(this);
    this.advertisedListeners = Listeners.parseAdvertised(this, listeners);
    this.maxConnectionsPerIpOverrides =
        ConnectionLimits.parse(get(BrokerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES));
    checkTogether();
  }

  /** The values of a broker for which nothing is set. */
  public static BrokerConfig defaults() {
    return parse(Map.of());
  }

  /**
   * Reads the settings given at start. Names that are no settings are ignored.
   *
   * @throws ConfigException for the first that can't be taken
   */
  public static BrokerConfig parse(Map<String, String> properties) {
    return new BrokerConfig(properties, Map.of(), Map.of());
  }

  /**
   * These settings with others set while the broker runs, instead of those set so before.
   *
   * @param clusterWide set for all brokers
   * @param own set for this broker; they count more
   * @throws ConfigException for the first that can't be taken
   */
  public BrokerConfig withDynamic(Map<String, String> clusterWide, Map<String, String> own) {
    return new BrokerConfig(fixed.texts, clusterWide, own);
  }

  /** The value that counts. */
  @SuppressWarnings("unchecked") // values holds for each name what its key has parsed
  public <T> T get(ConfigKey<T> key) {
    Object value = values.get(key.name());
    if (value == null) {
      throw new IllegalArgumentException(key + " is not a broker setting");
    }
    return (T) value;
  }

  /** Whether a value was given, under this or another name. */
  public boolean isSet(ConfigKey<?> key) {
    return synonyms(key).getFirst().source() != ConfigSource.DEFAULT_CONFIG;
  }

  /** The settings given at start, as given. */
  public Map<String, String> originals() {
    return fixed.texts;
  }

  /** The settings set for all brokers while they run, as given. */
  public Map<String, String> clusterWide() {
    return clusterWide.texts;
  }

  /** The settings set for this broker while it runs, as given. */
  public Map<String, String> own() {
    return own.texts;
  }

  /** Where to listen; at least one, each with a name of its own. */
  public List<Listener> listeners() {
    return listeners;
  }

  /**
   * What clients are told, one for each of {@link #listeners} in their order. The host is empty if
   * the listener is on all interfaces and nothing is given: the broker then puts in the name of its
   * machine. Port 0 stands for the one the listener got.
   */
  public List<Listener> advertisedListeners() {
    return advertisedListeners;
  }

  /** The data folders, as given; at least one. */
  public List<String> dataDirectories() {
    return get(BrokerConfigs.LOG_DIRS);
  }

  /** Host or address to the number of connections it may have. */
  public Map<String, Integer> maxConnectionsPerIpOverrides() {
    return maxConnectionsPerIpOverrides;
  }

  /** All settings as DescribeConfigs shows them, sorted by name. */
  public List<ConfigEntry> describe() {
    List<ConfigEntry> entries = new ArrayList<>();
    for (ConfigKey<?> key : BrokerConfigs.TABLE.keys()) {
      entries.add(new ConfigEntry(key, text(key), synonyms(key)));
    }
    return entries;
  }

  private <T> @Nullable String text(ConfigKey<T> key) {
    return key.sensitive() ? null : key.format(get(key));
  }

  /** The places that give a value, the one that counts first, the default last. */
  List<Synonym> synonyms(ConfigKey<?> key) {
    List<Synonym> found = new ArrayList<>();
    for (Layer layer : List.of(own, clusterWide, fixed)) {
      addSynonym(found, layer, key, key.sensitive());
      for (Fallback<?> fallback : key.fallbacks()) {
        addSynonym(found, layer, fallback.key(), key.sensitive());
      }
    }
    found.add(new Synonym(key.name(), defaultText(key), ConfigSource.DEFAULT_CONFIG));
    return found;
  }

  static <T> @Nullable String defaultText(ConfigKey<T> key) {
    return key.sensitive() ? null : key.format(key.defaultValue());
  }

  private static void addSynonym(
      List<Synonym> found, Layer layer, ConfigKey<?> key, boolean sensitive) {
    String text = layer.texts.get(key.name());
    if (text != null) {
      found.add(new Synonym(key.name(), sensitive ? null : text, layer.source));
    }
  }

  private <T> T resolve(ConfigKey<T> key) {
    for (Layer layer : List.of(own, clusterWide, fixed)) {
      T value = resolve(key, layer.texts);
      if (value != null) {
        return value;
      }
    }
    return key.defaultValue();
  }

  private static <T> @Nullable T resolve(ConfigKey<T> key, Map<String, String> texts) {
    String text = texts.get(key.name());
    if (text != null) {
      return key.parse(text);
    }
    for (Fallback<?> fallback : key.fallbacks()) {
      String other = texts.get(fallback.key().name());
      if (other != null) {
        return convert(key, fallback, other);
      }
    }
    return null;
  }

  @SuppressWarnings("unchecked") // a factor other than 1 is only defined from int to long
  private static <T> T convert(ConfigKey<T> key, Fallback<?> fallback, String text) {
    Object value = fallback.key().parse(text);
    T converted = (T) (fallback.factor() == 1 ? value : scaled((Integer) value, fallback.factor()));
    try {
      key.check(converted);
    } catch (ConfigException e) {
      throw new ConfigException(fallback.key().name(), text, e.reason());
    }
    return converted;
  }

  private static Long scaled(int value, long factor) {
    return value < 0 ? -1 : value * factor;
  }

  /** The rules that concern two settings. */
  private void checkTogether() {
    List<String> directories = get(BrokerConfigs.LOG_DIRS);
    if (directories.isEmpty() || Set.copyOf(directories).size() < directories.size()) {
      throw new ConfigException(
          BrokerConfigs.LOG_DIRS.name(),
          key(BrokerConfigs.LOG_DIRS),
          "Must name at least one folder, and none twice");
    }
    String brokerId = fixed.texts.get(BrokerConfigs.BROKER_ID.name());
    if (brokerId != null && !get(BrokerConfigs.BROKER_ID).equals(get(BrokerConfigs.NODE_ID))) {
      throw new ConfigException(
          BrokerConfigs.BROKER_ID.name(),
          brokerId,
          "Must be the same as node.id, which is " + get(BrokerConfigs.NODE_ID));
    }
    if (get(BrokerConfigs.MAX_CONNECTIONS_PER_IP) == 0 && maxConnectionsPerIpOverrides.isEmpty()) {
      throw new ConfigException(
          BrokerConfigs.MAX_CONNECTIONS_PER_IP.name(),
          "0",
          "0 is allowed only beside max.connections.per.ip.overrides");
    }
    GroupConfigs.check(this);
    TopicConfig.of(this, Map.of());
  }

  private String key(ConfigKey<List<String>> key) {
    return key.format(get(key));
  }
}
