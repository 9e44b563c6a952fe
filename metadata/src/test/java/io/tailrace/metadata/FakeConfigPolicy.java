package io.tailrace.metadata;

import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Knows {@code retention.ms}, a number, and {@code cleanup.policy}, a list. */
final class FakeConfigPolicy implements ConfigPolicy {

  @Override
  public @Nullable String check(byte type, String name, Map<String, String> overrides) {
    for (Map.Entry<String, String> override : overrides.entrySet()) {
      switch (override.getKey()) {
        case "retention.ms" -> {
          if (!override.getValue().matches("-?\\d+")) {
            return "retention.ms=" + override.getValue() + " is no number";
          }
        }
        case "cleanup.policy" -> {
          if (!override.getValue().matches("(compact|delete)(,(compact|delete))*")) {
            return "cleanup.policy=" + override.getValue();
          }
        }
        default -> {
          return "unknown config " + override.getKey();
        }
      }
    }
    return null;
  }

  @Override
  public List<CreatableTopicConfigs> describe(Map<String, String> overrides) {
    return List.of(
        new CreatableTopicConfigs()
            .name("retention.ms")
            .value(overrides.getOrDefault("retention.ms", "604800000")));
  }

  @Override
  public boolean isList(byte type, String name) {
    return name.equals("cleanup.policy");
  }

  @Override
  public @Nullable String defaultValue(byte type, String name) {
    return name.equals("cleanup.policy") ? "delete" : null;
  }
}
