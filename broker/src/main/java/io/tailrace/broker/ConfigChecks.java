package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.ConfigChange;
import io.tailrace.broker.config.ConfigEntry;
import io.tailrace.broker.config.ConfigKey;
import io.tailrace.broker.config.ConfigType;
import io.tailrace.broker.config.GroupConfig;
import io.tailrace.broker.config.TopicConfig;
import io.tailrace.broker.config.TopicConfigs;
import io.tailrace.metadata.ConfigPolicy;
import io.tailrace.metadata.ConfigResource;
import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicConfigs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Tells the controller what the broker's settings allow. */
record ConfigChecks(Supplier<BrokerConfig> config) implements ConfigPolicy {

  @Override
  public @Nullable String check(
      byte resourceType, String resourceName, Map<String, String> overrides) {
    Map<String, @Nullable String> proposed = new HashMap<>(overrides);
    ConfigChange.Refusal refusal =
        switch (resourceType) {
          case ConfigResource.TOPIC -> ConfigChange.checkTopic(config.get(), proposed);
          case ConfigResource.GROUP -> ConfigChange.checkGroup(config.get(), overrides);
          default -> ConfigChange.checkBroker(config.get(), resourceName, proposed);
        };
    return refusal == null ? null : refusal.message();
  }

  @Override
  public List<CreatableTopicConfigs> describe(Map<String, String> overrides) {
    List<CreatableTopicConfigs> described = new ArrayList<>();
    for (ConfigEntry entry : TopicConfig.of(config.get(), overrides).describe()) {
      described.add(
          new CreatableTopicConfigs()
              .name(entry.key().name())
              .value(entry.value())
              .readOnly(entry.readOnly())
              .configSource(entry.source().id())
              .isSensitive(entry.key().sensitive()));
    }
    return described;
  }

  @Override
  public boolean isList(byte resourceType, String configName) {
    ConfigKey<?> key = find(resourceType, configName);
    return key != null && key.type() == ConfigType.LIST;
  }

  @Override
  public @Nullable String defaultValue(byte resourceType, String configName) {
    ConfigKey<?> key = find(resourceType, configName);
    return key == null ? null : key.defaultText();
  }

  private static @Nullable ConfigKey<?> find(byte resourceType, String name) {
    return switch (resourceType) {
      case ConfigResource.TOPIC -> TopicConfigs.TABLE.find(name);
      case ConfigResource.GROUP -> GroupConfig.TABLE.find(name);
      default -> BrokerConfigs.TABLE.find(name);
    };
  }
}
