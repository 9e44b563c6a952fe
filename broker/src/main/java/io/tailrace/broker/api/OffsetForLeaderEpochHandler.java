package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.EpochEnd;
import io.tailrace.log.LogException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderPartition;
import io.tailrace.protocol.message.OffsetForLeaderEpochRequest.OffsetForLeaderTopic;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse.EpochEndOffset;
import io.tailrace.protocol.message.OffsetForLeaderEpochResponse.OffsetForLeaderTopicResult;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * OffsetForLeaderEpoch v2–4 (KIP-320): where a leader epoch ends, so that a consumer notices that
 * what it has read was truncated.
 */
final class OffsetForLeaderEpochHandler implements ApiHandler {
  private final Partitions partitions;

  OffsetForLeaderEpochHandler(Partitions partitions) {
    this.partitions = partitions;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.OFFSET_FOR_LEADER_EPOCH;
  }

  @Override
  public void handle(ApiRequest request) {
    OffsetForLeaderEpochRequest body = request.read(new OffsetForLeaderEpochRequest());
    List<OffsetForLeaderTopicResult> topics = new ArrayList<>(body.topics().size());
    for (OffsetForLeaderTopic topic : body.topics()) {
      List<EpochEndOffset> answers = new ArrayList<>(topic.partitions().size());
      for (OffsetForLeaderPartition wanted : topic.partitions()) {
        answers.add(answer(partitions.partition(topic.topic(), wanted.partition()), wanted));
      }
      topics.add(new OffsetForLeaderTopicResult().topic(topic.topic()).partitions(answers));
    }
    request.respond(new OffsetForLeaderEpochResponse().topics(topics));
  }

  private static EpochEndOffset answer(
      @Nullable Partition partition, OffsetForLeaderPartition wanted) {
    EpochEndOffset answer =
        new EpochEndOffset().partition(wanted.partition()).leaderEpoch(-1).endOffset(-1);
    if (partition == null) {
      return answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
    ErrorCode error = LeaderEpochs.check(wanted.currentLeaderEpoch(), partition);
    if (error != ErrorCode.NONE || wanted.leaderEpoch() < 0) {
      return answer.errorCode(error.code());
    }
    try {
      EpochEnd end = partition.log().endOffsetForEpoch(wanted.leaderEpoch());
      return end == null ? answer : answer.leaderEpoch(end.epoch()).endOffset(end.endOffset());
    } catch (LogException e) {
      return answer.errorCode(LogErrors.code(e).code());
    }
  }
}
