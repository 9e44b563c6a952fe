package io.tailrace.broker.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks settings that come in through the protocol (CreateTopics, AlterConfigs,
 * IncrementalAlterConfigs) before they are stored.
 */
public final class ConfigChange {

  /** The error of the response, under Kafka's name for it. */
  public enum Kind {
    INVALID_CONFIG,
    INVALID_REQUEST
  }

  /** Why a change is refused. */
  public record Refusal(Kind kind, String message) {}

  private ConfigChange() {}

  /**
   * Checks what would be set on a topic. That the topic may be called so and is there is for the
   * caller to see.
   *
   * @param proposed all that would be set on it, by name
   * @return null if it can be stored
   */
  public static @Nullable Refusal checkTopic(
      BrokerConfig broker, Map<String, @Nullable String> proposed) {
    List<String> nulls = nullValues(proposed);
    if (!nulls.isEmpty()) {
      return invalid("Null value not supported for topic configs: " + String.join(",", nulls));
    }
    for (String name : proposed.keySet()) {
      if (TopicConfigs.TABLE.find(name) == null) {
        return invalid("Unknown topic config name: " + name);
      }
    }
    try {
      TopicConfig.of(broker, withoutNulls(proposed));
      return null;
    } catch (ConfigException e) {
      return invalid(e.getMessage());
    }
  }

  /**
   * Checks what would be set on a group.
   *
   * @param proposed all that would be set on it, by name
   * @return null if it can be stored
   */
  public static @Nullable Refusal checkGroup(BrokerConfig broker, Map<String, String> proposed) {
    for (String name : proposed.keySet()) {
      if (GroupConfig.TABLE.find(name) == null) {
        return invalid("Unknown group config name: " + name);
      }
    }
    try {
      GroupConfig.of(broker, proposed).check();
      return null;
    } catch (ConfigException e) {
      return invalid(e.getMessage());
    }
  }

  /**
   * Checks what would be set on this broker, or on all of them.
   *
   * @param resourceName the broker's id; empty for all brokers
   * @param proposed all that would be set on the resource, by name
   * @return null if it can be stored
   */
  public static @Nullable Refusal checkBroker(
      BrokerConfig broker, String resourceName, Map<String, @Nullable String> proposed) {
    int nodeId = broker.get(BrokerConfigs.NODE_ID);
    if (!resourceName.isEmpty() && !resourceName.equals(Integer.toString(nodeId))) {
      return new Refusal(
          Kind.INVALID_REQUEST,
          "Unexpected broker id, expected "
              + nodeId
              + " or empty string, but received "
              + resourceName);
    }
    List<String> fixed = new ArrayList<>();
    for (String name : proposed.keySet()) {
      ConfigKey<?> key = BrokerConfigs.TABLE.find(name);
      if (key == null) {
        return invalid("Unknown broker config name: " + name);
      }
      if (!key.live()) {
        fixed.add(name);
      }
    }
    if (!fixed.isEmpty()) {
      return invalid("Cannot update these configs dynamically: " + fixed);
    }
    List<String> nulls = nullValues(proposed);
    if (!nulls.isEmpty()) {
      return invalid("Null value not supported for broker configs: " + String.join(",", nulls));
    }
    try {
      Map<String, String> texts = withoutNulls(proposed);
      if (resourceName.isEmpty()) {
        broker.withDynamic(texts, broker.own());
      } else {
        broker.withDynamic(broker.clusterWide(), texts);
      }
      return null;
    } catch (ConfigException e) {
      return invalid(e.getMessage());
    }
  }

  private static List<String> nullValues(Map<String, @Nullable String> proposed) {
    List<String> names = new ArrayList<>();
    proposed.forEach((name, value) -> {
      if (value == null) {
        names.add(name);
      }
    });
    return names;
  }

  @SuppressWarnings("NullAway") // called once nullValues is empty
  private static Map<String, String> withoutNulls(Map<String, @Nullable String> proposed) {
    return proposed;
  }

  private static Refusal invalid(@Nullable String message) {
    return new Refusal(Kind.INVALID_CONFIG, message == null ? "" : message);
  }
}
