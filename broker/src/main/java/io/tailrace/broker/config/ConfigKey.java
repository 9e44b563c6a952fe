package io.tailrace.broker.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The one definition of a setting. Immutable; compared by identity. */
public final class ConfigKey<T> {

  /** Another name under which the value may be given, in another unit perhaps. */
  record Fallback<T>(ConfigKey<? extends T> key, long factor) {}

  private final String name;
  private final ConfigType<T> type;
  private final T defaultValue;
  private final String defaultText;
  private final ConfigRange<? super T> range;
  private final boolean live;
  private final boolean effective;
  private final List<Fallback<?>> fallbacks;
  private final @Nullable ConfigKey<T> brokerKey;
  private final String documentation;

  private ConfigKey(Definition<T> definition, String documentation) {
    this.name = definition.name;
    this.type = definition.type;
    this.defaultValue = definition.defaultValue;
    this.defaultText = definition.defaultText;
    this.range = definition.range;
    this.live = definition.live;
    this.effective = definition.effective;
    this.fallbacks = List.copyOf(definition.fallbacks);
    this.brokerKey = definition.brokerKey;
    this.documentation = documentation;
  }

  /** Kafka's name. */
  public String name() {
    return name;
  }

  public ConfigType<T> type() {
    return type;
  }

  /** The value where nothing is set. */
  public T defaultValue() {
    return defaultValue;
  }

  /** The default as text; in words where it depends on the machine. */
  public String defaultText() {
    return defaultText;
  }

  /** The allowed values in words; empty if all values of the type are. */
  public String rangeText() {
    return range.text();
  }

  /** Whether a change through AlterConfigs takes effect without a restart. */
  public boolean live() {
    return live;
  }

  /** False if the value is stored and described, but nothing acts on it yet. */
  public boolean effective() {
    return effective;
  }

  /** Whether the value must not be shown to anybody. */
  public boolean sensitive() {
    return type == ConfigType.PASSWORD;
  }

  /** For a topic setting: the broker setting that is its default; null if there is none. */
  public @Nullable ConfigKey<T> brokerKey() {
    return brokerKey;
  }

  /** One or two sentences on what the setting does. */
  public String documentation() {
    return documentation;
  }

  List<Fallback<?>> fallbacks() {
    return fallbacks;
  }

  /**
   * Reads and checks a value.
   *
   * @throws ConfigException if it has another type or is out of range
   */
  public T parse(String text) {
    T value = type.parse(name, text);
    check(value);
    return value;
  }

  void check(T value) {
    String fault = range.fault(value);
    if (fault != null) {
      throw new ConfigException(name, sensitive() ? "[hidden]" : format(value), fault);
    }
  }

  /** A value as text. */
  public String format(T value) {
    return type.format(value);
  }

  @Override
  public String toString() {
    return name;
  }

  /** Starts the definition of a setting. */
  static <T> Definition<T> of(String name, ConfigType<T> type, T defaultValue) {
    return new Definition<>(name, type, defaultValue);
  }

  /** Starts the definition of a topic setting whose default is a broker setting. */
  static <T> Definition<T> of(String name, ConfigKey<T> brokerKey) {
    Definition<T> definition = new Definition<>(name, brokerKey.type, brokerKey.defaultValue);
    definition.brokerKey = brokerKey;
    definition.range = brokerKey.range;
    definition.effective = brokerKey.effective;
    return definition.live();
  }

  /** A setting being defined; ends with {@link #doc}. */
  static final class Definition<T> {
    private final String name;
    private final ConfigType<T> type;
    private final T defaultValue;
    private final List<Fallback<?>> fallbacks = new ArrayList<>();
    private String defaultText;
    private ConfigRange<? super T> range = ConfigRange.any();
    private boolean live;
    private boolean effective = true;
    private @Nullable ConfigKey<T> brokerKey;

    private Definition(String name, ConfigType<T> type, T defaultValue) {
      this.name = name;
      this.type = type;
      this.defaultValue = defaultValue;
      this.defaultText = type.format(defaultValue);
    }

    Definition<T> range(ConfigRange<? super T> allowed) {
      this.range = allowed;
      return this;
    }

    /** What the reference says about a default that depends on the machine. */
    Definition<T> defaultText(String words) {
      this.defaultText = words;
      return this;
    }

    Definition<T> live() {
      this.live = true;
      return this;
    }

    /** Stored and described; a later release acts on it. */
    Definition<T> later() {
      this.effective = false;
      return this;
    }

    /** Another setting that gives the value, times {@code factor}, where this one is not set. */
    Definition<T> orElse(ConfigKey<? extends T> key) {
      fallbacks.add(new Fallback<>(key, 1));
      return this;
    }

    /** As {@link #orElse(ConfigKey)} for a number in a larger unit; negative stays −1. */
    Definition<T> orElse(ConfigKey<Integer> key, long factor) {
      fallbacks.add(new Fallback<>(key, factor));
      return this;
    }

    ConfigKey<T> doc(String sentences) {
      return new ConfigKey<>(this, sentences);
    }
  }
}
