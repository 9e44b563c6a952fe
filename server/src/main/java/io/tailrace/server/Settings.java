package io.tailrace.server;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.ConfigException;
import io.tailrace.broker.config.ConfigKey;
import io.tailrace.broker.config.KafkaSettings;
import io.tailrace.broker.config.Listener;
import io.tailrace.server.PropertiesFile.Property;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the broker's settings from file, environment and command line; a later source counts
 * more. Keeps where each came from, so that a fault can be found.
 */
final class Settings {

  /** A value and the place that gave it, such as {@code server.properties:12}. */
  private record Setting(String value, String origin) {}

  private final Map<String, Setting> settings = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** All sources of a start, from the weakest to the strongest. */
  static Settings gather(StartOptions options, Map<String, String> environment) {
    Settings settings = new Settings();
    if (options.config() != null) {
      settings.addFile(Path.of(options.config()));
    }
    settings.addEnvironment(environment);
    settings.addOverrides(options.overrides());
    settings.addOptions(options);
    return settings;
  }

  /** What the user should know, though the broker can start. */
  List<String> warnings() {
    return warnings;
  }

  /** What the user may want to know. */
  List<String> notes() {
    return notes;
  }

  /**
   * The values of all settings.
   *
   * @throws StartException naming every setting at fault with its origin
   */
  BrokerConfig read() {
    Map<String, String> texts = new LinkedHashMap<>();
    settings.forEach((name, setting) -> {
      texts.put(name, setting.value);
      checkAlone(name, setting);
    });
    if (!faults.isEmpty()) {
      throw new StartException(faults);
    }
    try {
      BrokerConfig config = BrokerConfig.parse(texts);
      noteIneffective(config);
      return config;
    } catch (ConfigException e) {
      Setting setting = settings.get(e.setting());
      String origin = setting == null ? "" : setting.origin + ": ";
      throw new StartException(origin + e.getMessage());
    }
  }

  private void checkAlone(String name, Setting setting) {
    ConfigKey<?> key = BrokerConfigs.TABLE.find(name);
    if (key == null) {
      return;
    }
    try {
      key.parse(setting.value);
    } catch (ConfigException e) {
      String range = key.rangeText().isEmpty() ? "" : "allowed: " + key.rangeText() + "; ";
      faults.add(
          setting.origin
              + ": "
              + e.getMessage()
              + " ("
              + range
              + "default: "
              + key.defaultText()
              + ")");
    }
  }

  private void noteIneffective(BrokerConfig config) {
    List<String> names = new ArrayList<>();
    for (String name : settings.keySet()) {
      ConfigKey<?> key = BrokerConfigs.TABLE.find(name);
      if (key != null && !key.effective() && !config.get(key).equals(key.defaultValue())) {
        names.add(name);
      }
    }
    if (!names.isEmpty()) {
      warnings.add("without effect in this release: " + String.join(", ", names));
    }
  }

  private void addFile(Path file) {
    Map<String, Setting> layer = new LinkedHashMap<>();
    List<String> unused = new ArrayList<>();
    @Nullable KafkaSettings kafkas = null;
    for (Property property : PropertiesFile.read(file)) {
      String origin = file + ":" + property.line();
      if (BrokerConfigs.TABLE.find(property.name()) != null) {
        Setting earlier = layer.put(property.name(), new Setting(property.value(), origin));
        if (earlier != null) {
          warnings.add(origin + ": " + property.name() + " takes the place of " + earlier.origin);
        }
        continue;
      }
      if (kafkas == null) {
        kafkas = new KafkaSettings();
      }
      if (kafkas.contains(property.name())) {
        unused.add(property.name());
      } else {
        warnings.add(
            origin
                + ": "
                + property.name()
                + " is ignored: "
                + UnknownSetting.describe(property.name()));
      }
    }
    if (!unused.isEmpty()) {
      notes.add(
          file + ": Tailrace has no use for these settings of Kafka: " + String.join(", ", unused));
    }
    addLayer(layer);
  }

  private void addEnvironment(Map<String, String> environment) {
    Map<String, Setting> layer = new LinkedHashMap<>();
    environment.forEach((variable, value) -> {
      String name = EnvironmentVariables.settingName(variable);
      if (name != null) {
        addKnown(layer, name, new Setting(value, "environment variable " + variable));
      }
    });
    addLayer(layer);
  }

  private void addOverrides(List<String> overrides) {
    Map<String, Setting> layer = new LinkedHashMap<>();
    for (String override : overrides) {
      int equals = override.indexOf('=');
      if (equals <= 0) {
        faults.add("-o " + override + ": write it as -o name=value");
      } else {
        String name = override.substring(0, equals).strip();
        addKnown(layer, name, new Setting(override.substring(equals + 1), "-o " + override));
      }
    }
    addLayer(layer);
  }

  private void addOptions(StartOptions options) {
    Map<String, Setting> layer = new LinkedHashMap<>();
    putAddress(layer, BrokerConfigs.LISTENERS, "--listen", options.listen());
    putAddress(layer, BrokerConfigs.ADVERTISED_LISTENERS, "--advertise", options.advertise());
    if (options.data() != null) {
      String origin = "--data " + options.data();
      layer.put(BrokerConfigs.LOG_DIRS.name(), new Setting(options.data(), origin));
    }
    addLayer(layer);
  }

  private void putAddress(
      Map<String, Setting> layer, ConfigKey<?> key, String option, @Nullable String address) {
    if (address == null) {
      return;
    }
    String origin = option + " " + address;
    String listener = "PLAINTEXT://" + address;
    if (Listener.parse(listener) == null) {
      faults.add(origin + ": write it as HOST:PORT, such as 127.0.0.1:9092");
    } else {
      layer.put(key.name(), new Setting(listener, origin));
    }
  }

  private void addKnown(Map<String, Setting> layer, String name, Setting setting) {
    if (BrokerConfigs.TABLE.find(name) != null) {
      layer.put(name, setting);
    } else {
      faults.add(setting.origin + ": " + UnknownSetting.describe(name));
    }
  }

  /** Puts a stronger source over those before; any of the names of a value displaces all. */
  private void addLayer(Map<String, Setting> layer) {
    for (String name : layer.keySet()) {
      settings.keySet().removeAll(BrokerConfigs.TABLE.alternatives(name));
    }
    settings.putAll(layer);
  }
}
