package io.tailrace.broker.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A setting as DescribeConfigs shows it.
 *
 * @param value null if it must not be shown
 * @param synonyms all places that give a value, the one that counts first
 */
public record ConfigEntry(ConfigKey<?> key, @Nullable String value, List<Synonym> synonyms) {

  /** A place that gives a value for a setting, under this or another name. */
  public record Synonym(String name, @Nullable String value, ConfigSource source) {}

  /** Where the value comes from. */
  public ConfigSource source() {
    return synonyms.getFirst().source();
  }

  /** Whether it can't be changed through the protocol. */
  public boolean readOnly() {
    return !key.live();
  }
}
