package io.tailrace.broker.config;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The settings of one kind of resource, sorted by name. Filled by the class that owns it. */
public final class ConfigTable {
  private final Map<String, ConfigKey<?>> keys = new TreeMap<>();

  /** Begins with the settings of other tables. */
  ConfigTable(ConfigTable... others) {
    for (ConfigTable other : others) {
      keys.putAll(other.keys);
    }
  }

  <T> ConfigKey<T> add(ConfigKey<T> key) {
    if (keys.put(key.name(), key) != null) {
      throw new IllegalStateException(key + " is defined twice");
    }
    return key;
  }

  /** The setting of that name; null if there is none. */
  public @Nullable ConfigKey<?> find(String name) {
    return keys.get(name);
  }

  public Collection<ConfigKey<?>> keys() {
    return Collections.unmodifiableCollection(keys.values());
  }

  /**
   * The names that give the same value as {@code name}, itself among them: a value under any of
   * them must displace one from a weaker source under another.
   */
  public Set<String> alternatives(String name) {
    for (ConfigKey<?> key : keys.values()) {
      Set<String> group = new LinkedHashSet<>(Set.of(key.name()));
      key.fallbacks().forEach(fallback -> group.add(fallback.key().name()));
      if (group.size() > 1 && group.contains(name)) {
        return group;
      }
    }
    return Set.of(name);
  }

  /** The name most like {@code unknown}, for "did you mean"; null if none is close. */
  public @Nullable String nearest(String unknown) {
    String best = null;
    int bestDistance = Math.max(2, unknown.length() / 4) + 1;
    for (String name : keys.keySet()) {
      int distance = editDistance(name, unknown, bestDistance);
      if (distance < bestDistance) {
        best = name;
        bestDistance = distance;
      }
    }
    return best;
  }

  /** Levenshtein distance; {@code limit} if it is not smaller. */
  private static int editDistance(String a, String b, int limit) {
    if (Math.abs(a.length() - b.length()) >= limit) {
      return limit;
    }
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return Math.min(row[b.length()], limit);
  }
}
