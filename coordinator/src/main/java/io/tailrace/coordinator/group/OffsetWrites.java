package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import io.tailrace.protocol.message.OffsetCommitResponse.OffsetCommitResponseTopic;
import io.tailrace.protocol.message.OffsetCommitValue;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import io.tailrace.protocol.message.OffsetDeleteResponse.OffsetDeleteResponseTopic;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that change a group's offsets. What concerns one partition is answered there; what
 * concerns all of the request is thrown. For the shard's thread.
 */
final class OffsetWrites {
  /** From this version on a commit to an unknown group is told so (KIP-848). */
  private static final short FIRST_WITH_GROUP_ID_NOT_FOUND = 9;

  /** From this version on topics have ids instead of names. */
  private static final short FIRST_WITH_TOPIC_IDS = 10;

  /** The only version that has when it expires; it has neither leader epoch nor topic id. */
  private static final short VALUE_WITH_EXPIRY = 1;

  private static final short VALUE = OffsetCommitValue.HIGHEST_VERSION;
  private static final long BROKERS_RETENTION = -1;

  private final GroupContext context;
  private final OffsetStore offsets;

  /** A partition that exists, and where the answer to its commit goes. */
  private record Commit(
      Topics.Topic topic,
      OffsetCommitRequestPartition partition,
      OffsetCommitResponsePartition answer) {}

  OffsetWrites(GroupContext context, OffsetStore offsets) {
    this.context = context;
    this.offsets = offsets;
  }

  /**
   * OffsetCommit, versions 2 to 10.
   *
   * @throws CoordinatorException if the group or the member may not commit
   */
  CoordinatorResult<OffsetCommitResponse> commit(
      RequestContext client, OffsetCommitRequest request) {
    List<Commit> commits = new ArrayList<>();
    OffsetCommitResponse response = answerUnknown(client, request, commits);
    List<CoordinatorRecord> records = new ArrayList<>(commits.size());
    if (!commits.isEmpty()) {
      addRecords(client, request, commits, records);
    }
    return CoordinatorResult.of(records, response);
  }

  /** A request that names nothing that exists is answered without a look at its group. */
  private OffsetCommitResponse answerUnknown(
      RequestContext client, OffsetCommitRequest request, List<Commit> commits) {
    Topics topics = context.topics().get();
    List<OffsetCommitResponseTopic> answers = new ArrayList<>(request.topics().size());
    for (OffsetCommitRequestTopic asked : request.topics()) {
      boolean byId = client.version() >= FIRST_WITH_TOPIC_IDS;
      Topics.Topic topic = byId ? topics.topic(asked.topicId()) : topics.topic(asked.name());
      ErrorCode unknown =
          byId && topic == null ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
      List<OffsetCommitResponsePartition> partitions = new ArrayList<>(asked.partitions().size());
      for (OffsetCommitRequestPartition partition : asked.partitions()) {
        OffsetCommitResponsePartition answer =
            new OffsetCommitResponsePartition().partitionIndex(partition.partitionIndex());
        partitions.add(answer);
        if (topic != null && topic.has(partition.partitionIndex())) {
          commits.add(new Commit(topic, partition, answer));
        } else {
          answer.errorCode(unknown.code());
        }
      }
      answers.add(
          new OffsetCommitResponseTopic()
              .name(asked.name())
              .topicId(asked.topicId())
              .partitions(partitions));
    }
    return new OffsetCommitResponse().topics(answers);
  }

  private void addRecords(
      RequestContext client,
      OffsetCommitRequest request,
      List<Commit> commits,
      List<CoordinatorRecord> records) {
    Group group = checkCommit(client, request);
    int mostMetadata = context.settings().get().offsetMetadataMaxBytes();
    for (Commit commit : commits) {
      String metadata = commit.partition().committedMetadata();
      if (metadata != null && metadata.length() > mostMetadata) {
        commit.answer().errorCode(ErrorCode.OFFSET_METADATA_TOO_LARGE.code());
        continue;
      }
      if (group != null) {
        group.checkCommitOf(
            request.memberId(),
            request.generationIdOrMemberEpoch(),
            commit.topic(),
            commit.partition().partitionIndex());
      }
      records.add(record(client, request, commit));
    }
  }

  /** Null if the group is still to come: replay makes it with its first offset. */
  private @Nullable Group checkCommit(RequestContext client, OffsetCommitRequest request) {
    Group group = context.group(request.groupId());
    int generation = request.generationIdOrMemberEpoch();
    if (group != null) {
      group.checkCommit(
          request.memberId(), request.groupInstanceId(), generation, false, client.version());
      group.committed(request.memberId(), client.nowMs());
    } else if (generation >= 0) {
      throw new CoordinatorException(
          client.version() >= FIRST_WITH_GROUP_ID_NOT_FOUND
              ? ErrorCode.GROUP_ID_NOT_FOUND
              : ErrorCode.ILLEGAL_GENERATION,
          "there is no group with this id, but a member of it commits");
    }
    return group;
  }

  private static CoordinatorRecord record(
      RequestContext client, OffsetCommitRequest request, Commit commit) {
    OffsetCommitRequestPartition partition = commit.partition();
    String metadata = partition.committedMetadata();
    OffsetCommitValue value =
        new OffsetCommitValue()
            .offset(partition.committedOffset())
            .metadata(metadata == null ? "" : metadata)
            .commitTimestamp(client.nowMs());
    short version = VALUE;
    if (request.retentionTimeMs() == BROKERS_RETENTION) {
      value.leaderEpoch(partition.committedLeaderEpoch()).topicId(commit.topic().id());
    } else {
      value.expireTimestamp(client.nowMs() + request.retentionTimeMs());
      version = VALUE_WITH_EXPIRY;
    }
    return new CoordinatorRecord(
        OffsetStore.key(request.groupId(), commit.topic().name(), partition.partitionIndex()),
        value,
        version);
  }

  /**
   * OffsetDelete.
   *
   * @throws CoordinatorException if there is no such group, or its members may use any offset
   */
  CoordinatorResult<OffsetDeleteResponse> delete(OffsetDeleteRequest request) {
    Group group = checkDelete(request.groupId());
    Topics topics = context.topics().get();
    List<CoordinatorRecord> records = new ArrayList<>();
    List<OffsetDeleteResponseTopic> answers = new ArrayList<>(request.topics().size());
    for (OffsetDeleteRequestTopic asked : request.topics()) {
      Topics.Topic topic = topics.topic(asked.name());
      List<OffsetDeleteResponsePartition> partitions = new ArrayList<>(asked.partitions().size());
      for (OffsetDeleteRequestPartition partition : asked.partitions()) {
        int index = partition.partitionIndex();
        boolean exists = topic != null && topic.has(index);
        ErrorCode error =
            exists
                ? delete(group, asked.name(), index, records)
                : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
        partitions.add(
            new OffsetDeleteResponsePartition().partitionIndex(index).errorCode(error.code()));
      }
      answers.add(new OffsetDeleteResponseTopic().name(asked.name()).partitions(partitions));
    }
    return CoordinatorResult.of(records, new OffsetDeleteResponse().topics(answers));
  }

  private ErrorCode delete(
      Group group, String topic, int partition, List<CoordinatorRecord> records) {
    String groupId = group.groupId();
    if (group.isSubscribedTo(topic)) {
      return ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC;
    }
    if (offsets.committed(groupId, topic, partition) != null
        || offsets.isPending(groupId, topic, partition)) {
      records.add(CoordinatorRecord.tombstone(OffsetStore.key(groupId, topic, partition)));
    }
    return ErrorCode.NONE;
  }

  private Group checkDelete(String groupId) {
    if (groupId.isEmpty()) {
      throw new CoordinatorException(ErrorCode.INVALID_GROUP_ID, "the group id is empty");
    }
    Group group = context.group(groupId);
    if (group == null) {
      throw new CoordinatorException(ErrorCode.GROUP_ID_NOT_FOUND, "there is no such group");
    }
    boolean knowsSubscriptions =
        !group.type().equals(Group.CLASSIC) || group.protocolType().equals(Group.CONSUMER_PROTOCOL);
    if (!group.isEmpty() && !knowsSubscriptions) {
      throw new CoordinatorException(
          ErrorCode.NON_EMPTY_GROUP,
          "the members of the group are no consumers, so what they still need is not known");
    }
    return group;
  }
}
