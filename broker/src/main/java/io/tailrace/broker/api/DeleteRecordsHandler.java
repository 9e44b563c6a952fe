package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.CleanupConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.PartitionLog;
import io.tailrace.metadata.TopicNames;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.tailrace.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.protocol.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import io.tailrace.protocol.message.DeleteRecordsResponse.DeleteRecordsTopicResult;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * DeleteRecords v0–2 (KIP-107): raises the start of logs. Answered when the new starts survive a
 * power loss, so it runs on a worker thread; all partitions of a request share one sync of them.
 */
final class DeleteRecordsHandler implements ApiHandler {
  private static final Logger LOG = System.getLogger(DeleteRecordsHandler.class.getName());

  /** In place of an offset: the high watermark. */
  private static final long HIGH_WATERMARK = -1;

  private static final long NO_OFFSET = -1;

  private final Partitions partitions;
  private final Executor workers;

  DeleteRecordsHandler(Partitions partitions, Executor workers) {
    this.partitions = partitions;
    this.workers = workers;
  }

  /** A log whose start has been raised, and where its answer stands. */
  private record Raised(PartitionLog log, DeleteRecordsPartitionResult result) {}

  @Override
  public ApiKey apiKey() {
    return ApiKey.DELETE_RECORDS;
  }

  @Override
  public void handle(ApiRequest request) {
    DeleteRecordsRequest body = request.read(new DeleteRecordsRequest());
    workers.execute(() -> request.respond(delete(body)));
  }

  private DeleteRecordsResponse delete(DeleteRecordsRequest body) {
    List<Raised> raised = new ArrayList<>();
    List<DeleteRecordsTopicResult> topics = new ArrayList<>(body.topics().size());
    for (DeleteRecordsTopic topic : body.topics()) {
      List<DeleteRecordsPartitionResult> results = new ArrayList<>(topic.partitions().size());
      for (DeleteRecordsPartition wanted : topic.partitions()) {
        DeleteRecordsPartitionResult result =
            new DeleteRecordsPartitionResult().partitionIndex(wanted.partitionIndex());
        ErrorCode error = raise(topic.name(), wanted, result, raised);
        results.add(error == ErrorCode.NONE ? result : failed(result, error));
      }
      topics.add(new DeleteRecordsTopicResult().name(topic.name()).partitions(results));
    }
    raised.forEach(DeleteRecordsHandler::save);
    return new DeleteRecordsResponse().topics(topics);
  }

  private ErrorCode raise(
      String topic,
      DeleteRecordsPartition wanted,
      DeleteRecordsPartitionResult result,
      List<Raised> raised) {
    Partition partition = partitions.partition(topic, wanted.partitionIndex());
    ErrorCode refusal = refusal(partition, topic);
    if (partition == null || refusal != ErrorCode.NONE) {
      return refusal;
    }
    try {
      PartitionLog log = partition.log();
      long offset = wanted.offset() == HIGH_WATERMARK ? log.highWatermark() : wanted.offset();
      if (offset < 0) {
        return ErrorCode.OFFSET_OUT_OF_RANGE;
      }
      log.deleteRecordsBefore(offset);
      raised.add(new Raised(log, result.lowWatermark(log.logStartOffset())));
      return ErrorCode.NONE;
    } catch (LogException e) {
      return partition.isDeleted() ? ErrorCode.UNKNOWN_TOPIC_OR_PARTITION : LogErrors.code(e);
    }
  }

  /** In Kafka's order. */
  private static ErrorCode refusal(@Nullable Partition partition, String topic) {
    if (partition == null) {
      return ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    }
    if (TopicNames.isInternal(topic)) {
      return ErrorCode.INVALID_TOPIC_EXCEPTION;
    }
    CleanupConfig cleanup = partition.logConfig().cleanup();
    return cleanup.compact() && !cleanup.delete() ? ErrorCode.POLICY_VIOLATION : ErrorCode.NONE;
  }

  /** The first of them writes for all. */
  private static void save(Raised raised) {
    try {
      raised.log().saveLogStart();
    } catch (IOException e) {
      LOG.log(
          Level.WARNING,
          "{0}: its start is not durable, a client is told that records are not deleted: {1}",
          raised.log().name(),
          e.getMessage());
      failed(raised.result(), ErrorCode.KAFKA_STORAGE_ERROR);
    }
  }

  private static DeleteRecordsPartitionResult failed(
      DeleteRecordsPartitionResult result, ErrorCode error) {
    return result.lowWatermark(NO_OFFSET).errorCode(error.code());
  }
}
