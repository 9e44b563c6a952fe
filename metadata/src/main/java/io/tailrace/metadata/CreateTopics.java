package io.tailrace.metadata;

import io.tailrace.env.Randomness;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConfigRecord;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.tailrace.protocol.message.TopicRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Decides on a CreateTopics request (KIP-4, 464, 525), with Kafka's rules and error codes. */
final class CreateTopics implements Operation<CreateTopicsResponse> {
  /** Partitions that one request may create; the same limit as Kafka's. */
  static final int MAX_PARTITIONS_PER_REQUEST = 10_000;

  private final CreateTopicsRequest request;
  private final boolean withConfigs;
  private final ControllerSettings settings;
  private final ConfigPolicy policy;
  private final Randomness randomness;

  CreateTopics(
      CreateTopicsRequest request,
      boolean withConfigs,
      ControllerSettings settings,
      ConfigPolicy policy,
      Randomness randomness) {
    this.request = request;
    this.withConfigs = withConfigs;
    this.settings = settings;
    this.policy = policy;
    this.randomness = randomness;
  }

  @Override
  public Change<CreateTopicsResponse> decide(ClusterImage image) {
    if (askedPartitions() > MAX_PARTITIONS_PER_REQUEST) {
      return new Change<>(
          List.of(),
          refuse(
              ErrorCode.POLICY_VIOLATION,
              "one request may create at most %d partitions, this one asks for %d: ask for fewer topics or partitions at a time"
                  .formatted(MAX_PARTITIONS_PER_REQUEST, askedPartitions())));
    }
    ReplicaPlacer placer = new ReplicaPlacer(image);
    Set<String> duplicates = duplicateNames();
    Map<String, String> newNames = new HashMap<>();
    Map<String, CreatableTopicResult> results = new LinkedHashMap<>();
    List<Message> records = new ArrayList<>();
    for (CreatableTopic topic : request.topics()) {
      if (results.containsKey(topic.name())) {
        continue;
      }
      CreatableTopicResult result;
      try {
        checkName(topic.name(), image, duplicates, newNames);
        result = create(topic, placer, records);
        newNames.put(TopicNames.unify(topic.name()), topic.name());
      } catch (Rejection e) {
        result = rejected(topic.name(), e.code(), e.reason());
      }
      results.put(topic.name(), result);
    }
    CreateTopicsResponse response =
        new CreateTopicsResponse().topics(List.copyOf(results.values()));
    return new Change<>(request.validateOnly() ? List.of() : records, response);
  }

  private long askedPartitions() {
    long sum = 0;
    for (CreatableTopic topic : request.topics()) {
      if (!topic.assignments().isEmpty()) {
        sum += topic.assignments().size();
      } else if (topic.numPartitions() == -1) {
        sum += settings.defaultPartitions();
      } else {
        sum += Math.max(0, topic.numPartitions());
      }
    }
    return sum;
  }

  private Set<String> duplicateNames() {
    Set<String> names = new HashSet<>();
    Set<String> duplicates = new HashSet<>();
    for (CreatableTopic topic : request.topics()) {
      if (!names.add(topic.name())) {
        duplicates.add(topic.name());
      }
    }
    return duplicates;
  }

  private static void checkName(
      String name, ClusterImage image, Set<String> duplicates, Map<String, String> newNames)
      throws Rejection {
    if (duplicates.contains(name)) {
      throw new Rejection(ErrorCode.INVALID_REQUEST, "the request names this topic twice");
    }
    if (name.equals(TopicNames.CLUSTER_METADATA)) {
      throw new Rejection(
          ErrorCode.INVALID_REQUEST, name + " holds the cluster's metadata and can't be created");
    }
    if (image.topic(name) != null) {
      throw new Rejection(ErrorCode.TOPIC_ALREADY_EXISTS, "topic '" + name + "' already exists");
    }
    String invalid = TopicNames.invalidReason(name);
    if (invalid != null) {
      throw new Rejection(ErrorCode.INVALID_TOPIC_EXCEPTION, invalid);
    }
    String collision = image.topicCollidingWith(name);
    if (collision == null) {
      collision = newNames.get(TopicNames.unify(name));
    }
    if (collision != null) {
      throw new Rejection(
          ErrorCode.INVALID_TOPIC_EXCEPTION,
          "topic '%s' collides with topic '%s': metric names do not tell '.' from '_', so choose another name"
              .formatted(name, collision));
    }
  }

  private CreatableTopicResult create(
      CreatableTopic topic, ReplicaPlacer placer, List<Message> records) throws Rejection {
    Map<String, String> overrides = overrides(topic);
    List<int[]> replicas =
        topic.assignments().isEmpty() ? placed(topic, placer) : assigned(topic, placer);
    // An id would name a topic that never comes to be.
    UUID id = request.validateOnly() ? Message.ZERO_UUID : randomness.uuid();
    records.add(new TopicRecord().name(topic.name()).topicId(id));
    overrides.forEach((name, value) ->
        records.add(
            new ConfigRecord()
                .resourceType(ConfigResource.TOPIC)
                .resourceName(topic.name())
                .name(name)
                .value(value)));
    for (int i = 0; i < replicas.size(); i++) {
      records.add(placer.newPartition(id, i, replicas.get(i)));
    }
    CreatableTopicResult result =
        new CreatableTopicResult()
            .name(topic.name())
            .topicId(id)
            .errorMessage(null)
            .numPartitions(replicas.size())
            .replicationFactor((short) replicas.getFirst().length);
    return withConfigs ? result.configs(policy.describe(overrides)) : result;
  }

  private Map<String, String> overrides(CreatableTopic topic) throws Rejection {
    Map<String, String> overrides = new TreeMap<>();
    for (CreatableTopicConfig config : topic.configs()) {
      overrides.put(config.name(), AlterConfigs.checkValue(config.name(), config.value()));
    }
    String problem =
        overrides.isEmpty()
            ? null
            : policy.check(ConfigResource.TOPIC, topic.name(), Map.copyOf(overrides));
    if (problem != null) {
      throw new Rejection(ErrorCode.INVALID_CONFIG, problem);
    }
    return overrides;
  }

  private List<int[]> placed(CreatableTopic topic, ReplicaPlacer placer) throws Rejection {
    int factor = topic.replicationFactor();
    if (factor == 0 || factor < -1) {
      throw new Rejection(
          ErrorCode.INVALID_REPLICATION_FACTOR,
          "replication factor %d: it must be at least 1, or -1 for the default".formatted(factor));
    }
    int partitions = topic.numPartitions();
    if (partitions == 0 || partitions < -1) {
      throw new Rejection(
          ErrorCode.INVALID_PARTITIONS,
          "%d partitions: a topic has at least 1; use -1 for the default".formatted(partitions));
    }
    return placer.place(
        0,
        partitions == -1 ? settings.defaultPartitions() : partitions,
        factor == -1 ? settings.defaultReplicationFactor() : factor);
  }

  private static List<int[]> assigned(CreatableTopic topic, ReplicaPlacer placer) throws Rejection {
    if (topic.replicationFactor() != -1 || topic.numPartitions() != -1) {
      throw new Rejection(
          ErrorCode.INVALID_REQUEST,
          "with a manual assignment, partition count and replication factor must be -1");
    }
    List<CreatableReplicaAssignment> assignments = new ArrayList<>(topic.assignments());
    assignments.sort(Comparator.comparingInt(CreatableReplicaAssignment::partitionIndex));
    for (int i = 0; i < assignments.size(); i++) {
      if (assignments.get(i).partitionIndex() != i) {
        throw new Rejection(
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "the partitions must be numbered from 0 on, each once: %d comes where %d should"
                .formatted(assignments.get(i).partitionIndex(), i));
      }
    }
    List<int[]> replicas = assignments.stream().map(CreatableReplicaAssignment::brokerIds).toList();
    placer.check(0, replicas, replicas.getFirst().length);
    return replicas;
  }

  @Override
  public CreateTopicsResponse refuse(ErrorCode code, String message) {
    Set<String> names = new LinkedHashSet<>();
    request.topics().forEach(topic -> names.add(topic.name()));
    return new CreateTopicsResponse()
        .topics(names.stream().map(name -> rejected(name, code, message)).toList());
  }

  private static CreatableTopicResult rejected(String name, ErrorCode code, String message) {
    return new CreatableTopicResult().name(name).errorCode(code.code()).errorMessage(message);
  }
}
