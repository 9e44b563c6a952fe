package io.tailrace.broker.api;

import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.PartitionImage;
import io.tailrace.metadata.TopicImage;
import io.tailrace.metadata.TopicNames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponsePartition;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse.DescribeTopicPartitionsResponseTopic;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * DescribeTopicPartitions v0 (KIP-966): partitions of topics in order of their names, in pages of
 * at most {@value #LARGEST_PAGE}; the cursor says where the next page begins.
 */
final class DescribeTopicPartitionsHandler implements ApiHandler {
  /** As Kafka's {@code max.request.partition.size.limit}. */
  private static final int LARGEST_PAGE = 2000;

  private final Supplier<ClusterImage> image;

  DescribeTopicPartitionsHandler(Supplier<ClusterImage> image) {
    this.image = image;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.DESCRIBE_TOPIC_PARTITIONS;
  }

  @Override
  public void handle(ApiRequest request) {
    DescribeTopicPartitionsRequest body = request.read(new DescribeTopicPartitionsRequest());
    var cursor = body.cursor();
    if (cursor != null && cursor.partitionIndex() < 0) {
      // The response has no error of its own: as Kafka, end the conversation.
      request.closeConnection("DescribeTopicPartitions with a negative partition in its cursor");
      return;
    }
    ClusterImage now = image.get();
    int left = Math.clamp(body.responsePartitionLimit(), 1, LARGEST_PAGE);
    String firstTopic = cursor == null ? "" : cursor.topicName();
    DescribeTopicPartitionsResponse response = new DescribeTopicPartitionsResponse();
    List<DescribeTopicPartitionsResponseTopic> topics = new ArrayList<>();
    for (String name : names(now, body).tailSet(firstTopic)) {
      int from = cursor != null && name.equals(firstTopic) ? cursor.partitionIndex() : 0;
      if (left == 0) {
        response.nextCursor(
            new DescribeTopicPartitionsResponse.Cursor().topicName(name).partitionIndex(from));
        break;
      }
      TopicImage topic = now.topic(name);
      if (topic == null) {
        topics.add(unknown(name));
        continue;
      }
      from = Math.min(from, topic.partitions().size());
      int to = Math.min(from + left, topic.partitions().size());
      topics.add(describe(topic, from, to));
      left -= to - from;
      if (to < topic.partitions().size()) {
        response.nextCursor(
            new DescribeTopicPartitionsResponse.Cursor().topicName(name).partitionIndex(to));
        break;
      }
    }
    request.respond(response.topics(topics));
  }

  private static SortedSet<String> names(ClusterImage now, DescribeTopicPartitionsRequest body) {
    SortedSet<String> names = new TreeSet<>();
    for (TopicRequest topic : body.topics()) {
      names.add(topic.name());
    }
    if (body.topics().isEmpty()) {
      now.topics().forEach(topic -> names.add(topic.name()));
    }
    return names;
  }

  private static DescribeTopicPartitionsResponseTopic unknown(String name) {
    ErrorCode error =
        TopicNames.invalidReason(name) == null
            ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION
            : ErrorCode.INVALID_TOPIC_EXCEPTION;
    return new DescribeTopicPartitionsResponseTopic().name(name).errorCode(error.code());
  }

  private static DescribeTopicPartitionsResponseTopic describe(TopicImage topic, int from, int to) {
    List<DescribeTopicPartitionsResponsePartition> partitions = new ArrayList<>();
    for (int i = from; i < to; i++) {
      PartitionImage partition = topic.partitions().get(i);
      partitions.add(
          new DescribeTopicPartitionsResponsePartition()
              .partitionIndex(partition.index())
              .leaderId(partition.leader())
              .leaderEpoch(partition.leaderEpoch())
              .replicaNodes(partition.replicas())
              .isrNodes(partition.isr())
              .eligibleLeaderReplicas(new int[0])
              .lastKnownElr(new int[0]));
    }
    return new DescribeTopicPartitionsResponseTopic()
        .name(topic.name())
        .topicId(topic.id())
        .isInternal(TopicNames.isInternal(topic.name()))
        .topicAuthorizedOperations(AuthorizedOperations.TOPIC)
        .partitions(partitions);
  }
}
