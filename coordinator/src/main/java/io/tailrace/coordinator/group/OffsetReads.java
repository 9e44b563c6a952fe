package io.tailrace.coordinator.group;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Answers which offsets a group has committed. For the shard's thread. */
final class OffsetReads {
  /** From this version on topics have ids instead of names. */
  private static final short FIRST_WITH_TOPIC_IDS = 10;

  private static final long NO_OFFSET = -1;

  private final GroupContext context;
  private final OffsetStore offsets;

  OffsetReads(GroupContext context, OffsetStore offsets) {
    this.context = context;
    this.offsets = offsets;
  }

  /**
   * One group of an OffsetFetch. A group that is not known has just no offsets.
   *
   * @param requireStable whether an offset that an open transaction may replace is an error, so
   *     that the client asks again (KIP-447)
   * @throws io.tailrace.coordinator.runtime.CoordinatorException if the member may not read
   */
  OffsetFetchResponseGroup fetch(
      RequestContext client, OffsetFetchRequestGroup request, boolean requireStable) {
    Group group = context.group(request.groupId());
    if (group != null) {
      group.checkFetch(request.memberId(), request.memberEpoch());
    }
    boolean byId = client.version() >= FIRST_WITH_TOPIC_IDS;
    List<OffsetFetchRequestTopics> topics = request.topics();
    return new OffsetFetchResponseGroup()
        .groupId(request.groupId())
        .topics(
            topics == null
                ? all(request.groupId(), byId, requireStable)
                : some(request.groupId(), topics, byId, requireStable));
  }

  private List<OffsetFetchResponseTopics> all(String groupId, boolean byId, boolean requireStable) {
    Topics topics = context.topics().get();
    List<OffsetFetchResponseTopics> answers = new ArrayList<>();
    offsets
        .committed(groupId)
        .forEach((name, ofTopic) -> {
          Topics.Topic topic = topics.topic(name);
          if (byId && topic == null) {
            return; // It has no id that could be sent.
          }
          List<OffsetFetchResponsePartitions> partitions = new ArrayList<>();
          for (CommittedOffset offset : ofTopic.all()) {
            boolean unstable =
                requireStable && offsets.isPending(groupId, name, offset.partition());
            partitions.add(
                unstable
                    ? failed(offset.partition(), ErrorCode.UNSTABLE_OFFSET_COMMIT)
                    : found(offset));
          }
          answers.add(
              new OffsetFetchResponseTopics()
                  .name(name)
                  .topicId(byId && topic != null ? topic.id() : Message.ZERO_UUID)
                  .partitions(partitions));
        });
    return answers;
  }

  private List<OffsetFetchResponseTopics> some(
      String groupId, List<OffsetFetchRequestTopics> asked, boolean byId, boolean requireStable) {
    Topics topics = context.topics().get();
    List<OffsetFetchResponseTopics> answers = new ArrayList<>(asked.size());
    for (OffsetFetchRequestTopics topic : asked) {
      Topics.Topic known = byId ? topics.topic(topic.topicId()) : null;
      String name = known == null ? topic.name() : known.name();
      List<OffsetFetchResponsePartitions> partitions =
          new ArrayList<>(topic.partitionIndexes().length);
      for (int partition : topic.partitionIndexes()) {
        partitions.add(
            byId && known == null
                ? failed(partition, ErrorCode.UNKNOWN_TOPIC_ID)
                : one(groupId, name, partition, topic.topicId(), requireStable));
      }
      answers.add(
          new OffsetFetchResponseTopics()
              .name(topic.name())
              .topicId(topic.topicId())
              .partitions(partitions));
    }
    return answers;
  }

  private OffsetFetchResponsePartitions one(
      String groupId, String topic, int partition, UUID topicId, boolean requireStable) {
    if (requireStable && offsets.isPending(groupId, topic, partition)) {
      return failed(partition, ErrorCode.UNSTABLE_OFFSET_COMMIT);
    }
    CommittedOffset offset = offsets.committed(groupId, topic, partition);
    return offset == null || isOfAnother(offset.topicId(), topicId)
        ? failed(partition, ErrorCode.NONE)
        : found(offset);
  }

  /** Whether this was committed for an earlier topic of the same name. */
  private static boolean isOfAnother(UUID committed, UUID asked) {
    return !committed.equals(asked)
        && !committed.equals(Message.ZERO_UUID)
        && !asked.equals(Message.ZERO_UUID);
  }

  private static OffsetFetchResponsePartitions found(CommittedOffset offset) {
    return new OffsetFetchResponsePartitions()
        .partitionIndex(offset.partition())
        .committedOffset(offset.offset())
        .committedLeaderEpoch(offset.leaderEpoch())
        .metadata(offset.metadata());
  }

  /** There is no offset: because of an error, or there is none. */
  static OffsetFetchResponsePartitions failed(int partition, ErrorCode error) {
    return new OffsetFetchResponsePartitions()
        .partitionIndex(partition)
        .committedOffset(NO_OFFSET)
        .errorCode(error.code());
  }
}
