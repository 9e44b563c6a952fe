package io.tailrace.coordinator.differential;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/**
 * What a Kafka broker does about offsets before and after its coordinator: turns topic ids into
 * names and back, and answers for partitions that do not exist.
 */
final class KafkaOffsetRequests {
  private static final BufferSupplier BUFFERS = BufferSupplier.NO_CACHING;

  private final GroupCoordinatorService service;
  private final KafkaTopics topics;

  KafkaOffsetRequests(GroupCoordinatorService service, KafkaTopics topics) {
    this.service = service;
    this.topics = topics;
  }

  CompletableFuture<? extends ApiMessage> commit(
      OffsetCommitRequest request, AuthorizableRequestContext context) {
    boolean byId = OffsetCommitResponse.useTopicIds(request.version());
    OffsetCommitResponse.Builder answer = OffsetCommitResponse.newBuilder(byId);
    List<OffsetCommitRequestTopic> known = new ArrayList<>();
    for (OffsetCommitRequestTopic topic : request.data().topics()) {
      if (byId) {
        topic.setName(topics.name(topic.topicId()));
      } else {
        topic.setTopicId(topics.id(topic.name()));
      }
      if (byId && topic.name().isEmpty()) {
        answer.addPartitions(
            topic.topicId(),
            topic.name(),
            topic.partitions(),
            OffsetCommitRequestPartition::partitionIndex,
            Errors.UNKNOWN_TOPIC_ID);
      } else {
        addKnown(topic, known, answer);
      }
    }
    if (known.isEmpty()) {
      return CompletableFuture.completedFuture(answer.build().data());
    }
    return service
        .commitOffsets(context, request.data().duplicate().setTopics(known), BUFFERS)
        .thenApply(data -> answer.merge(data).build().data());
  }

  private void addKnown(
      OffsetCommitRequestTopic topic,
      List<OffsetCommitRequestTopic> known,
      OffsetCommitResponse.Builder answer) {
    OffsetCommitRequestTopic valid =
        new OffsetCommitRequestTopic().setName(topic.name()).setTopicId(topic.topicId());
    for (OffsetCommitRequestPartition partition : topic.partitions()) {
      if (partition.partitionIndex() < topics.partitions(topic.name())) {
        valid.partitions().add(partition);
      } else {
        answer.addPartition(
            topic.topicId(),
            topic.name(),
            partition.partitionIndex(),
            Errors.UNKNOWN_TOPIC_OR_PARTITION);
      }
    }
    if (!valid.partitions().isEmpty()) {
      known.add(valid);
    }
  }

  CompletableFuture<? extends ApiMessage> delete(
      OffsetDeleteRequest request, AuthorizableRequestContext context) {
    OffsetDeleteResponse.Builder answer = new OffsetDeleteResponse.Builder();
    Iterator<OffsetDeleteRequestTopic> each = request.data().topics().iterator();
    while (each.hasNext()) {
      OffsetDeleteRequestTopic topic = each.next();
      topic
          .partitions()
          .removeIf(partition -> {
            boolean unknown = partition.partitionIndex() >= topics.partitions(topic.name());
            if (unknown) {
              answer.addPartition(
                  topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
            }
            return unknown;
          });
      if (topic.partitions().isEmpty()) {
        each.remove();
      }
    }
    return service
        .deleteOffsets(context, request.data(), BUFFERS)
        .thenApply(data -> answer.merge(data).build().data());
  }

  CompletableFuture<ApiMessage> fetch(
      OffsetFetchRequest request, AuthorizableRequestContext context) {
    List<CompletableFuture<OffsetFetchResponseGroup>> answers = new ArrayList<>();
    for (OffsetFetchRequestGroup group : request.groups()) {
      answers.add(
          group.topics() == null
              ? fetchAll(group, request.requireStable(), context)
              : fetchSome(group, request.requireStable(), context));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(ignored ->
            new OffsetFetchResponse.Builder(answers.stream().map(CompletableFuture::join).toList())
                .build(request.version())
                .data());
  }

  private CompletableFuture<OffsetFetchResponseGroup> fetchAll(
      OffsetFetchRequestGroup group, boolean stable, AuthorizableRequestContext context) {
    boolean byId = OffsetFetchRequest.useTopicIds((short) context.requestVersion());
    return fetch(group, stable, context)
        .thenApply(answer -> {
          List<OffsetFetchResponseTopics> known = new ArrayList<>();
          for (OffsetFetchResponseTopics topic : answer.topics()) {
            if (byId) {
              topic.setTopicId(topics.id(topic.name()));
            }
            if (!byId || !topic.topicId().equals(Uuid.ZERO_UUID)) {
              known.add(topic);
            }
          }
          return answer.setTopics(known);
        });
  }

  private CompletableFuture<OffsetFetchResponseGroup> fetchSome(
      OffsetFetchRequestGroup group, boolean stable, AuthorizableRequestContext context) {
    List<OffsetFetchRequestTopics> known = new ArrayList<>();
    List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
    for (OffsetFetchRequestTopics topic : group.topics()) {
      if (OffsetFetchRequest.useTopicIds((short) context.requestVersion())) {
        topic.setName(topics.name(topic.topicId()));
      }
      if (topic.name().isEmpty()) {
        unknown.add(unknown(topic));
      } else {
        known.add(topic);
      }
    }
    return fetch(group.duplicate().setTopics(known), stable, context)
        .thenApply(answer -> {
          if (answer.errorCode() != Errors.NONE.code()) {
            return answer;
          }
          List<OffsetFetchResponseTopics> all = new ArrayList<>(answer.topics());
          all.addAll(unknown);
          return answer.setTopics(all);
        });
  }

  private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
    OffsetFetchResponseTopics answer =
        new OffsetFetchResponseTopics().setTopicId(topic.topicId()).setName(topic.name());
    for (int partition : topic.partitionIndexes()) {
      answer
          .partitions()
          .add(
              new OffsetFetchResponsePartitions()
                  .setPartitionIndex(partition)
                  .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                  .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
    }
    return answer;
  }

  private CompletableFuture<OffsetFetchResponseGroup> fetch(
      OffsetFetchRequestGroup group, boolean stable, AuthorizableRequestContext context) {
    return service
        .fetchOffsets(context, group, stable)
        .exceptionally(thrown ->
            OffsetFetchResponse.groupError(
                group, Errors.forException(thrown), context.requestVersion()));
  }
}
