package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.protocol.message.CreatePartitionsResponse.CreatePartitionsTopicResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Decides on a CreatePartitions request (KIP-195), with Kafka's rules and error codes. */
final class CreatePartitions implements Operation<CreatePartitionsResponse> {
  private final CreatePartitionsRequest request;

  CreatePartitions(CreatePartitionsRequest request) {
    this.request = request;
  }

  @Override
  public Change<CreatePartitionsResponse> decide(ClusterImage image) {
    Map<String, Integer> mentions = new HashMap<>();
    request.topics().forEach(topic -> mentions.merge(topic.name(), 1, Integer::sum));
    ReplicaPlacer placer = new ReplicaPlacer(image);
    List<Message> records = new ArrayList<>();
    Map<String, CreatePartitionsTopicResult> results = new LinkedHashMap<>();
    for (CreatePartitionsTopic topic : request.topics()) {
      try {
        if (mentions.getOrDefault(topic.name(), 0) > 1) {
          throw new Rejection(ErrorCode.INVALID_REQUEST, "the request names this topic twice");
        }
        records.addAll(grow(topic, image, placer, records.size()));
        results.put(topic.name(), result(topic.name(), ErrorCode.NONE, null));
      } catch (Rejection e) {
        results.put(topic.name(), result(topic.name(), e.code(), e.reason()));
      }
    }
    return new Change<>(
        request.validateOnly() ? List.of() : records,
        new CreatePartitionsResponse().results(List.copyOf(results.values())));
  }

  private static List<Message> grow(
      CreatePartitionsTopic asked, ClusterImage image, ReplicaPlacer placer, int askedBefore)
      throws Rejection {
    TopicImage topic = image.topic(asked.name());
    if (topic == null) {
      throw new Rejection(
          ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "no topic is called '" + asked.name() + "'");
    }
    int current = topic.partitions().size();
    if (asked.count() <= current) {
      throw new Rejection(
          ErrorCode.INVALID_PARTITIONS,
          "topic '%s' has %d partitions: the new count must be larger than that, not %d"
              .formatted(topic.name(), current, asked.count()));
    }
    int additional = asked.count() - current;
    if (additional > CreateTopics.MAX_PARTITIONS_PER_REQUEST - askedBefore) {
      throw new Rejection(
          ErrorCode.POLICY_VIOLATION,
          "one request may create at most %d partitions: ask for fewer at a time"
              .formatted(CreateTopics.MAX_PARTITIONS_PER_REQUEST));
    }
    int replicationFactor = topic.partitions().getFirst().replicas().length;
    List<int[]> replicas =
        asked.assignments() == null
            ? placer.place(current, additional, replicationFactor)
            : assigned(asked.assignments(), additional);
    if (asked.assignments() != null) {
      placer.check(current, replicas, replicationFactor);
    }
    List<Message> records = new ArrayList<>(additional);
    for (int i = 0; i < additional; i++) {
      records.add(placer.newPartition(topic.id(), current + i, replicas.get(i)));
    }
    return records;
  }

  private static List<int[]> assigned(List<CreatePartitionsAssignment> assignments, int additional)
      throws Rejection {
    if (assignments.size() != additional) {
      throw new Rejection(
          ErrorCode.INVALID_REPLICA_ASSIGNMENT,
          "%d partitions are to be added, but %d are assigned"
              .formatted(additional, assignments.size()));
    }
    return assignments.stream().map(CreatePartitionsAssignment::brokerIds).toList();
  }

  @Override
  public CreatePartitionsResponse refuse(ErrorCode code, String message) {
    Map<String, CreatePartitionsTopicResult> results = new LinkedHashMap<>();
    for (CreatePartitionsTopic topic : request.topics()) {
      results.put(topic.name(), result(topic.name(), code, message));
    }
    return new CreatePartitionsResponse().results(List.copyOf(results.values()));
  }

  private static CreatePartitionsTopicResult result(
      String name, ErrorCode code, @Nullable String message) {
    return new CreatePartitionsTopicResult()
        .name(name)
        .errorCode(code.code())
        .errorMessage(message);
  }
}
