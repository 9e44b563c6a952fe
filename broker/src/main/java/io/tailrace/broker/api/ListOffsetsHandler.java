package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.LogException;
import io.tailrace.log.PartitionLog;
import io.tailrace.log.TimestampedOffset;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsPartition;
import io.tailrace.protocol.message.ListOffsetsRequest.ListOffsetsTopic;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.ListOffsetsResponse.ListOffsetsPartitionResponse;
import io.tailrace.protocol.message.ListOffsetsResponse.ListOffsetsTopicResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * ListOffsets v1–11: the offset at a timestamp, or at one of the named places below. Lookups by
 * time read index and batch from disk, so they run on a worker thread; the rest is answered at
 * once.
 */
final class ListOffsetsHandler implements ApiHandler {
  private static final long LATEST = -1;
  private static final long EARLIEST = -2;
  private static final long MAX_TIMESTAMP = -3;
  private static final long EARLIEST_LOCAL = -4;
  private static final long LATEST_TIERED = -5;
  private static final long EARLIEST_PENDING_UPLOAD = -6;

  /** First version that knows of offsets in tiered storage (KIP-405, KIP-1005, KIP-1023). */
  private static final int EARLIEST_LOCAL_VERSION = 8;

  private static final int LATEST_TIERED_VERSION = 9;
  private static final int EARLIEST_PENDING_UPLOAD_VERSION = 11;
  private static final int MAX_TIMESTAMP_VERSION = 7;

  /** First version whose answer tells the leader epoch of the offset (KIP-320). */
  private static final int LEADER_EPOCH_VERSION = 4;

  private static final TimestampedOffset UNKNOWN = new TimestampedOffset(-1, -1);

  private final Partitions partitions;
  private final Executor workers;

  ListOffsetsHandler(Partitions partitions, Executor workers) {
    this.partitions = partitions;
    this.workers = workers;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.LIST_OFFSETS;
  }

  @Override
  public void handle(ApiRequest request) {
    ListOffsetsRequest body = request.read(new ListOffsetsRequest());
    if (readsDisk(body)) {
      workers.execute(() -> request.respond(answer(body, request.version())));
    } else {
      request.respond(answer(body, request.version()));
    }
  }

  private static boolean readsDisk(ListOffsetsRequest body) {
    for (ListOffsetsTopic topic : body.topics()) {
      for (ListOffsetsPartition partition : topic.partitions()) {
        if (partition.timestamp() >= 0 || partition.timestamp() == MAX_TIMESTAMP) {
          return true;
        }
      }
    }
    return false;
  }

  private ListOffsetsResponse answer(ListOffsetsRequest body, short version) {
    boolean readCommitted = body.isolationLevel() == Fetch.READ_COMMITTED;
    List<ListOffsetsTopicResponse> topics = new ArrayList<>(body.topics().size());
    for (ListOffsetsTopic topic : body.topics()) {
      List<ListOffsetsPartitionResponse> answers = new ArrayList<>(topic.partitions().size());
      for (ListOffsetsPartition wanted : topic.partitions()) {
        Partition partition = partitions.partition(topic.name(), wanted.partitionIndex());
        answers.add(answer(partition, wanted, version, readCommitted));
      }
      topics.add(new ListOffsetsTopicResponse().name(topic.name()).partitions(answers));
    }
    return new ListOffsetsResponse().topics(topics);
  }

  private static ListOffsetsPartitionResponse answer(
      @Nullable Partition partition,
      ListOffsetsPartition wanted,
      short version,
      boolean readCommitted) {
    ListOffsetsPartitionResponse answer =
        new ListOffsetsPartitionResponse()
            .partitionIndex(wanted.partitionIndex())
            .offset(-1)
            .timestamp(-1)
            .leaderEpoch(-1);
    if (partition == null) {
      return answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
    ErrorCode error = LeaderEpochs.check(wanted.currentLeaderEpoch(), partition);
    if (error == ErrorCode.NONE && !isSupported(wanted.timestamp(), version)) {
      error = ErrorCode.UNSUPPORTED_VERSION;
    }
    if (error != ErrorCode.NONE) {
      return answer.errorCode(error.code());
    }
    try {
      PartitionLog log = partition.log();
      TimestampedOffset found = find(log, wanted.timestamp(), readCommitted);
      answer.offset(found.offset()).timestamp(found.timestamp());
      boolean tellsEpoch = version >= LEADER_EPOCH_VERSION && found.offset() >= 0;
      return tellsEpoch ? answer.leaderEpoch(log.epochForOffset(found.offset())) : answer;
    } catch (LogException e) {
      return answer.errorCode(LogErrors.code(e).code());
    }
  }

  private static boolean isSupported(long timestamp, short version) {
    int since =
        timestamp >= 0
            ? 0
            : switch ((int) Math.max(timestamp, Integer.MIN_VALUE)) {
              case (int) LATEST, (int) EARLIEST -> 0;
              case (int) MAX_TIMESTAMP -> MAX_TIMESTAMP_VERSION;
              case (int) EARLIEST_LOCAL -> EARLIEST_LOCAL_VERSION;
              case (int) LATEST_TIERED -> LATEST_TIERED_VERSION;
              case (int) EARLIEST_PENDING_UPLOAD -> EARLIEST_PENDING_UPLOAD_VERSION;
              default -> Integer.MAX_VALUE;
            };
    return version >= since;
  }

  private static TimestampedOffset find(PartitionLog log, long timestamp, boolean readCommitted)
      throws LogException {
    long end = readCommitted ? log.lastStableOffset() : log.highWatermark();
    if (timestamp == LATEST) {
      return new TimestampedOffset(end, -1);
    }
    if (timestamp == EARLIEST || timestamp == EARLIEST_LOCAL) {
      return new TimestampedOffset(log.logStartOffset(), -1);
    }
    if (timestamp == LATEST_TIERED || timestamp == EARLIEST_PENDING_UPLOAD) {
      return UNKNOWN;
    }
    TimestampedOffset found =
        timestamp == MAX_TIMESTAMP ? log.maxTimestamp() : log.offsetForTimestamp(timestamp);
    return found == null || found.offset() >= end ? UNKNOWN : found;
  }
}
