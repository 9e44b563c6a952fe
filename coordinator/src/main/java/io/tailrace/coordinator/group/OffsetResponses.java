package io.tailrace.coordinator.group;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.tailrace.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopic;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an OffsetFetch of any version asks of each group and is answered, and the answers where no
 * shard gives one. An OffsetFetch has one group up to version 7, and a list of them from version 8
 * on, which may be in different shards.
 */
public final class OffsetResponses {
  private static final short FIRST_WITH_GROUPS = 8;
  private static final short FIRST_WITH_GROUP_ERROR = 2;

  private OffsetResponses() {}

  /** Refuses a commit as a whole. */
  public static OffsetCommitResponse refused(OffsetCommitRequest request, ErrorCode error) {
    List<OffsetCommitResponseTopic> topics = new ArrayList<>(request.topics().size());
    for (OffsetCommitRequest.OffsetCommitRequestTopic topic : request.topics()) {
      List<OffsetCommitResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
      for (OffsetCommitRequest.OffsetCommitRequestPartition partition : topic.partitions()) {
        partitions.add(
            new OffsetCommitResponsePartition()
                .partitionIndex(partition.partitionIndex())
                .errorCode(error.code()));
      }
      topics.add(
          new OffsetCommitResponseTopic()
              .name(topic.name())
              .topicId(topic.topicId())
              .partitions(partitions));
    }
    return new OffsetCommitResponse().topics(topics);
  }

  /** Refuses to read the offsets of a group. */
  public static OffsetFetchResponseGroup refused(
      OffsetFetchRequestGroup request, ErrorCode error, short version) {
    OffsetFetchResponseGroup response =
        new OffsetFetchResponseGroup().groupId(request.groupId()).errorCode(error.code());
    List<OffsetFetchRequestTopics> topics = request.topics();
    if (version >= FIRST_WITH_GROUP_ERROR || topics == null) {
      return response;
    }
    List<OffsetFetchResponseTopics> answers = new ArrayList<>(topics.size());
    for (OffsetFetchRequestTopics topic : topics) {
      List<OffsetFetchResponsePartitions> partitions = new ArrayList<>();
      for (int partition : topic.partitionIndexes()) {
        partitions.add(OffsetReads.failed(partition, error));
      }
      answers.add(new OffsetFetchResponseTopics().name(topic.name()).partitions(partitions));
    }
    return response.topics(answers);
  }

  /** What is asked of each group, as version 8 and later put it. */
  public static List<OffsetFetchRequestGroup> groups(OffsetFetchRequest request, short version) {
    if (version >= FIRST_WITH_GROUPS) {
      return request.groups();
    }
    return List.of(
        new OffsetFetchRequestGroup().groupId(request.groupId()).topics(topics(request.topics())));
  }

  private static @Nullable List<OffsetFetchRequestTopics> topics(
      @Nullable List<OffsetFetchRequest.OffsetFetchRequestTopic> topics) {
    if (topics == null) {
      return null;
    }
    List<OffsetFetchRequestTopics> copies = new ArrayList<>(topics.size());
    for (OffsetFetchRequest.OffsetFetchRequestTopic topic : topics) {
      copies.add(
          new OffsetFetchRequestTopics()
              .name(topic.name())
              .partitionIndexes(topic.partitionIndexes()));
    }
    return copies;
  }

  /**
   * @param groups the answers to {@link #groups}, in their order
   */
  public static OffsetFetchResponse response(List<OffsetFetchResponseGroup> groups, short version) {
    if (version >= FIRST_WITH_GROUPS) {
      return new OffsetFetchResponse().groups(groups);
    }
    OffsetFetchResponseGroup group = groups.getFirst();
    List<OffsetFetchResponseTopic> topics = new ArrayList<>(group.topics().size());
    for (OffsetFetchResponseTopics topic : group.topics()) {
      List<OffsetFetchResponsePartition> partitions = new ArrayList<>(topic.partitions().size());
      topic.partitions().forEach(partition -> partitions.add(copy(partition)));
      topics.add(new OffsetFetchResponseTopic().name(topic.name()).partitions(partitions));
    }
    return new OffsetFetchResponse().topics(topics).errorCode(group.errorCode());
  }

  private static OffsetFetchResponsePartition copy(OffsetFetchResponsePartitions partition) {
    return new OffsetFetchResponsePartition()
        .partitionIndex(partition.partitionIndex())
        .committedOffset(partition.committedOffset())
        .committedLeaderEpoch(partition.committedLeaderEpoch())
        .metadata(partition.metadata())
        .errorCode(partition.errorCode());
  }
}
