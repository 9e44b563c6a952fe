package io.tailrace.metadata;

import io.tailrace.metadata.ConfigEdits.Edit;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConfigRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Decides on an IncrementalAlterConfigs (KIP-339) or AlterConfigs (KIP-133) request, with Kafka's
 * rules and error codes. Each resource is changed wholly or not at all, whatever becomes of the
 * others.
 */
final class AlterConfigs<R> implements Operation<R> {
  /** Longest config value in characters; the same limit as Kafka's. */
  private static final int MAX_VALUE_LENGTH = Short.MAX_VALUE;

  private final List<ConfigEdits> resources;
  private final boolean validateOnly;
  private final ConfigPolicy policy;
  private final Function<List<Result>, R> response;

  /** What became of one resource, in the order of the request. */
  record Result(ConfigResource resource, ErrorCode code, @Nullable String message) {}

  AlterConfigs(
      List<ConfigEdits> resources,
      boolean validateOnly,
      ConfigPolicy policy,
      Function<List<Result>, R> response) {
    this.resources = resources;
    this.validateOnly = validateOnly;
    this.policy = policy;
    this.response = response;
  }

  @Override
  public Change<R> decide(ClusterImage image) {
    Map<ConfigResource, Integer> mentions = new HashMap<>();
    resources.forEach(edits -> mentions.merge(edits.resource(), 1, Integer::sum));
    List<Message> records = new ArrayList<>();
    List<Result> results = new ArrayList<>();
    for (ConfigEdits edits : resources) {
      try {
        if (mentions.getOrDefault(edits.resource(), 0) > 1) {
          throw new Rejection(ErrorCode.INVALID_REQUEST, "the request names this resource twice");
        }
        records.addAll(alter(edits, image));
        results.add(new Result(edits.resource(), ErrorCode.NONE, null));
      } catch (Rejection e) {
        results.add(new Result(edits.resource(), e.code(), e.reason()));
      }
    }
    return new Change<>(validateOnly ? List.of() : records, response.apply(results));
  }

  private List<Message> alter(ConfigEdits edits, ClusterImage image) throws Rejection {
    ConfigResource resource = edits.resource();
    checkResource(resource, image);
    checkEdits(edits.edits());
    Map<String, String> current = image.configs(resource);
    Map<String, String> overrides = edits.replacesAll() ? new TreeMap<>() : new TreeMap<>(current);
    for (Edit edit : edits.edits()) {
      String value = edited(resource, edit, overrides.get(edit.name()));
      if (value == null) {
        overrides.remove(edit.name());
      } else {
        overrides.put(edit.name(), value);
      }
    }
    String problem = policy.check(resource.type(), resource.name(), Map.copyOf(overrides));
    if (problem != null) {
      // Kafka answers so for brokers (KAFKA-13609).
      boolean broker = resource.type() == ConfigResource.BROKER;
      throw new Rejection(broker ? ErrorCode.INVALID_REQUEST : ErrorCode.INVALID_CONFIG, problem);
    }
    return records(edits, current, overrides);
  }

  private static void checkResource(ConfigResource resource, ClusterImage image) throws Rejection {
    String name = resource.name();
    switch (resource.type()) {
      case ConfigResource.TOPIC -> {
        if (name.isEmpty()) {
          throw invalid("configs can't be set for all topics: name one");
        }
        String invalid = TopicNames.invalidReason(name);
        if (invalid != null) {
          throw new Rejection(ErrorCode.INVALID_TOPIC_EXCEPTION, invalid);
        }
        if (image.topic(name) == null) {
          throw new Rejection(
              ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no topic is called '" + name + "'");
        }
      }
      case ConfigResource.BROKER -> {
        boolean known =
            image.brokers().keySet().stream().anyMatch(id -> Integer.toString(id).equals(name));
        if (!name.isEmpty() && !known) {
          throw invalid(
              "'%s' is no broker: the brokers are %s, and the empty name stands for all of them"
                  .formatted(name, image.brokers().keySet()));
        }
      }
      case ConfigResource.GROUP -> {
        if (name.isEmpty()) {
          throw invalid("configs can't be set for all groups: name one");
        }
      }
      case ConfigResource.CLIENT_METRICS -> {}
      case ConfigResource.BROKER_LOGGER -> throw invalid("log levels can't be altered");
      default -> throw invalid("unknown resource type " + resource.type());
    }
  }

  private static void checkEdits(List<Edit> edits) throws Rejection {
    Set<String> names = new HashSet<>();
    for (Edit edit : edits) {
      if (!names.add(edit.name())) {
        throw invalid("the request names config '" + edit.name() + "' twice");
      }
      if (edit.operation() < ConfigEdits.SET || edit.operation() > ConfigEdits.SUBTRACT) {
        throw invalid("unknown operation %d on '%s'".formatted(edit.operation(), edit.name()));
      }
      if (edit.value() == null && edit.operation() != ConfigEdits.DELETE) {
        throw invalid("config '" + edit.name() + "' has no value: delete it instead");
      }
    }
  }

  private @Nullable String edited(ConfigResource resource, Edit edit, @Nullable String current)
      throws Rejection {
    return switch (edit.operation()) {
      case ConfigEdits.SET -> checkValue(edit.name(), edit.value());
      case ConfigEdits.DELETE -> null;
      default -> checkValue(edit.name(), editedList(resource, edit, current));
    };
  }

  private String editedList(ConfigResource resource, Edit edit, @Nullable String current)
      throws Rejection {
    if (!policy.isList(resource.type(), edit.name())) {
      throw new Rejection(
          ErrorCode.INVALID_CONFIG,
          "config '%s' is no list: set it instead of appending or subtracting"
              .formatted(edit.name()));
    }
    String from = current == null ? policy.defaultValue(resource.type(), edit.name()) : current;
    List<String> items = new ArrayList<>(split(from));
    for (String item : split(edit.value())) {
      if (edit.operation() == ConfigEdits.SUBTRACT) {
        items.remove(item);
      } else if (!items.contains(item)) {
        items.add(item);
      }
    }
    return String.join(",", items);
  }

  private static List<String> split(@Nullable String list) {
    List<String> items = new ArrayList<>();
    for (String item : Objects.requireNonNullElse(list, "").split(",", -1)) {
      if (!item.isBlank()) {
        items.add(item.strip());
      }
    }
    return items;
  }

  /** A value that may be stored, whatever it means. */
  static String checkValue(String name, @Nullable String value) throws Rejection {
    if (value == null) {
      throw new Rejection(
          ErrorCode.INVALID_CONFIG, "config '" + name + "' has no value: leave it out instead");
    }
    if (value.length() > MAX_VALUE_LENGTH) {
      throw new Rejection(
          ErrorCode.INVALID_CONFIG,
          "the value of config '%s' has %d characters; at most %d are allowed"
              .formatted(name, value.length(), MAX_VALUE_LENGTH));
    }
    return value;
  }

  private static List<Message> records(
      ConfigEdits edits, Map<String, String> current, Map<String, String> overrides) {
    // A broker reloads what it is told to set, even to the same value: a changed key store
    // file has an unchanged name (KAFKA-14136).
    boolean always = edits.resource().type() == ConfigResource.BROKER;
    Set<String> edited = new TreeSet<>();
    edits.edits().forEach(edit -> edited.add(edit.name()));
    Set<String> names = new TreeSet<>(current.keySet());
    names.addAll(edited);
    List<Message> records = new ArrayList<>();
    for (String name : names) {
      String value = overrides.get(name);
      if ((always && edited.contains(name)) || !Objects.equals(value, current.get(name))) {
        records.add(record(edits.resource(), name, value));
      }
    }
    return records;
  }

  private static ConfigRecord record(ConfigResource resource, String name, @Nullable String value) {
    return new ConfigRecord()
        .resourceType(resource.type())
        .resourceName(resource.name())
        .name(name)
        .value(value);
  }

  private static Rejection invalid(String message) {
    return new Rejection(ErrorCode.INVALID_REQUEST, message);
  }

  @Override
  public R refuse(ErrorCode code, String message) {
    return response.apply(
        resources.stream().map(edits -> new Result(edits.resource(), code, message)).toList());
  }
}
