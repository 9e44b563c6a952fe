package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MemoryRecords;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Produce v3–13. A batch is checked where it lies in the network buffer; what is good is gathered
 * until the end of the event loop's turn, so that all batches which arrived together for one
 * partition go to its file in one write ({@link AppendGathering}).
 */
final class ProduceHandler implements ApiHandler {
  /** First version that names topics by id (KIP-516). */
  private static final int TOPIC_IDS = 13;

  private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

  private final Partitions partitions;
  private final BatchAdmission admission;
  private final AppendGathering gathering;

  ProduceHandler(Partitions partitions, BatchAdmission admission, AppendGathering gathering) {
    this.partitions = partitions;
    this.admission = admission;
    this.gathering = gathering;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.PRODUCE;
  }

  @Override
  public void handle(ApiRequest request) {
    ProduceRequest body = request.read(new ProduceRequest());
    ErrorCode refusal = refusal(body);
    PendingProduce pending = new PendingProduce(request, body.acks());
    for (TopicProduceData topic : body.topicData()) {
      boolean byId = request.version() >= TOPIC_IDS;
      Partitions.Topic found =
          byId ? partitions.topic(topic.topicId()) : partitions.topic(topic.name());
      pending.startTopic(topic.name(), topic.topicId(), topic.partitionData().size());
      for (PartitionProduceData data : topic.partitionData()) {
        PendingAppend append = pending.add(data.index());
        if (refusal != ErrorCode.NONE) {
          append.fail(refusal, null);
        } else if (found == null) {
          append.fail(
              byId ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        } else {
          take(append, found.partition(data.index()), data, request.version());
        }
      }
    }
    pending.allAdded();
  }

  /** Why the whole request is refused. */
  private static ErrorCode refusal(ProduceRequest body) {
    if (body.acks() < -1 || body.acks() > 1) {
      return ErrorCode.INVALID_REQUIRED_ACKS;
    }
    return body.transactionalId() == null ? ErrorCode.NONE : ErrorCode.INVALID_TXN_STATE;
  }

  private void take(
      PendingAppend append,
      @Nullable Partition partition,
      PartitionProduceData data,
      short version) {
    if (partition == null) {
      append.fail(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
      return;
    }
    ByteBuffer records =
        data.records() instanceof MemoryRecords(ByteBuffer buffer) ? buffer : EMPTY;
    if (admission.admit(partition, records, version, append)) {
      append.batch(records);
      gathering.add(partition, append);
    }
  }

  /**
   * Appends what has been gathered: at the end of the loop's turn, and before any request that may
   * look at the result.
   */
  void flush() {
    gathering.flush();
  }
}
