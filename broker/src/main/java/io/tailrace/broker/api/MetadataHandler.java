package io.tailrace.broker.api;

import io.tailrace.metadata.BrokerImage;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.Controller;
import io.tailrace.metadata.PartitionImage;
import io.tailrace.metadata.TopicImage;
import io.tailrace.metadata.TopicNames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseBroker;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponsePartition;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseTopic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Metadata v0–13. Where Kafka answers a topic that it is about to create with an error to be
 * retried, we wait for the creation and answer with the topic. A partition in a data folder that is
 * offline keeps its leader, because reads may go on; its replica is named as offline (v5).
 */
final class MetadataHandler implements ApiHandler {
  /** First version that may ask by id; v10 and v11 have the field, but no use for it (KIP-516). */
  private static final int TOPIC_IDS = 12;

  private static final int[] NONE = {};

  private final Supplier<ClusterImage> image;
  private final Controller controller;
  private final int brokerId;
  private final BooleanSupplier autoCreate;
  private final OfflineReplicas offlineReplicas;

  MetadataHandler(
      Supplier<ClusterImage> image,
      Controller controller,
      int brokerId,
      BooleanSupplier autoCreate,
      OfflineReplicas offlineReplicas) {
    this.image = image;
    this.controller = controller;
    this.brokerId = brokerId;
    this.autoCreate = autoCreate;
    this.offlineReplicas = offlineReplicas;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.METADATA;
  }

  @Override
  public void handle(ApiRequest request) {
    MetadataRequest body = request.read(new MetadataRequest());
    if (request.version() < TOPIC_IDS && hasUnnamedTopic(body)) {
      request.closeConnection("Metadata before v" + TOPIC_IDS + " asks for topics by name only");
      return;
    }
    Set<String> missing = missingTopics(body, request.version());
    if (missing.isEmpty() || !autoCreate.getAsBoolean() || !mayCreate(body, request.version())) {
      request.respond(answer(request, body, Map.of()));
      return;
    }
    controller
        .autoCreateTopics(missing)
        .thenAccept(created -> request.respond(answer(request, body, errors(created))));
  }

  private static boolean hasUnnamedTopic(MetadataRequest body) {
    List<MetadataRequestTopic> topics = body.topics();
    return topics != null
        && topics.stream()
            .anyMatch(it -> it.name() == null || !it.topicId().equals(Message.ZERO_UUID));
  }

  private static Map<String, ErrorCode> errors(CreateTopicsResponse response) {
    Map<String, ErrorCode> errors = new HashMap<>();
    for (CreatableTopicResult topic : response.topics()) {
      errors.put(topic.name(), ErrorCode.forCode(topic.errorCode()));
    }
    return errors;
  }

  /** Before v4 clients could not forbid it. */
  private static boolean mayCreate(MetadataRequest body, short version) {
    return version < 4 || body.allowAutoTopicCreation();
  }

  private Set<String> missingTopics(MetadataRequest body, short version) {
    Set<String> missing = new LinkedHashSet<>();
    ClusterImage now = image.get();
    for (MetadataRequestTopic topic : named(body, version)) {
      String name = topic.name();
      if (name != null && topic.topicId().equals(Message.ZERO_UUID) && now.topic(name) == null) {
        missing.add(name);
      }
    }
    return missing;
  }

  /** In v0 an empty list stood for all topics, since then null does. */
  private static boolean wantsAll(MetadataRequest body, short version) {
    return body.topics() == null || (version == 0 && body.topics().isEmpty());
  }

  private static List<MetadataRequestTopic> named(MetadataRequest body, short version) {
    List<MetadataRequestTopic> topics = body.topics();
    return topics == null || wantsAll(body, version) ? List.of() : topics;
  }

  private MetadataResponse answer(
      ApiRequest request, MetadataRequest body, Map<String, ErrorCode> creationErrors) {
    ClusterImage now = image.get();
    MetadataResponse response =
        new MetadataResponse()
            .clusterId(now.clusterId())
            .controllerId(brokerId)
            .brokers(brokers(now, request.session().listener()))
            .topics(topics(now, body, request.version(), creationErrors));
    if (body.includeClusterAuthorizedOperations()) {
      response.clusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
    }
    if (body.includeTopicAuthorizedOperations()) {
      response.topics().forEach(t -> t.topicAuthorizedOperations(AuthorizedOperations.TOPIC));
    }
    return response;
  }

  private static List<MetadataResponseBroker> brokers(ClusterImage now, String listener) {
    List<MetadataResponseBroker> brokers = new ArrayList<>();
    for (BrokerImage broker : now.activeBrokers()) {
      BrokerImage.Endpoint endpoint = broker.endpoint(listener);
      if (endpoint != null) {
        brokers.add(
            new MetadataResponseBroker()
                .nodeId(broker.id())
                .host(endpoint.host())
                .port(endpoint.port())
                .rack(broker.rack()));
      }
    }
    return brokers;
  }

  private List<MetadataResponseTopic> topics(
      ClusterImage now,
      MetadataRequest body,
      short version,
      Map<String, ErrorCode> creationErrors) {
    List<MetadataResponseTopic> topics = new ArrayList<>();
    if (wantsAll(body, version)) {
      for (TopicImage topic : now.topics()) {
        topics.add(describe(topic));
      }
      return topics;
    }
    Set<Object> seen = new LinkedHashSet<>();
    for (MetadataRequestTopic wanted : named(body, version)) {
      boolean byId = !wanted.topicId().equals(Message.ZERO_UUID);
      if (byId && seen.add(wanted.topicId())) {
        topics.add(byId(now, wanted.topicId()));
      } else if (!byId && wanted.name() != null && seen.add(wanted.name())) {
        topics.add(byName(now, wanted.name(), creationErrors.get(wanted.name())));
      }
    }
    return topics;
  }

  private MetadataResponseTopic byId(ClusterImage now, UUID id) {
    TopicImage topic = now.topic(id);
    return topic != null
        ? describe(topic)
        : new MetadataResponseTopic()
            .topicId(id)
            .name(null)
            .errorCode(ErrorCode.UNKNOWN_TOPIC_ID.code());
  }

  private MetadataResponseTopic byName(
      ClusterImage now, String name, @Nullable ErrorCode creationError) {
    TopicImage topic = now.topic(name);
    if (topic != null) {
      return describe(topic);
    }
    ErrorCode error = creationError;
    if (error == null || error == ErrorCode.NONE) {
      error =
          TopicNames.invalidReason(name) == null
              ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
              : ErrorCode.INVALID_TOPIC_EXCEPTION;
    }
    return new MetadataResponseTopic().name(name).errorCode(error.code());
  }

  private MetadataResponseTopic describe(TopicImage topic) {
    List<MetadataResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
    for (PartitionImage partition : topic.partitions()) {
      partitions.add(
          new MetadataResponsePartition()
              .partitionIndex(partition.index())
              .leaderId(partition.leader())
              .leaderEpoch(partition.leaderEpoch())
              .replicaNodes(partition.replicas())
              .isrNodes(partition.isr())
              .offlineReplicas(
                  offlineReplicas.isOffline(topic, partition.index()) ? new int[] {brokerId} : NONE)
              .errorCode(
                  partition.leader() == PartitionImage.NO_LEADER
                      ? ErrorCode.LEADER_NOT_AVAILABLE.code()
                      : ErrorCode.NONE.code()));
    }
    return new MetadataResponseTopic()
        .name(topic.name())
        .topicId(topic.id())
        .isInternal(TopicNames.isInternal(topic.name()))
        .partitions(partitions);
  }
}
