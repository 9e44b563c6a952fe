package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AllocateProducerIdsRequest;
import io.tailrace.protocol.message.AllocateProducerIdsResponse;
import io.tailrace.protocol.message.ProducerIdsRecord;
import java.util.List;

/** Hands a block of producer ids to a broker (KIP-730). An id is never handed out twice. */
final class AllocateProducerIds implements Operation<AllocateProducerIdsResponse> {
  /** The same as Kafka's. */
  static final int BLOCK_LENGTH = 1000;

  private final AllocateProducerIdsRequest request;

  AllocateProducerIds(AllocateProducerIdsRequest request) {
    this.request = request;
  }

  @Override
  public Change<AllocateProducerIdsResponse> decide(ClusterImage image) {
    BrokerImage broker = image.brokers().get(request.brokerId());
    if (broker == null) {
      return new Change<>(List.of(), refuse(ErrorCode.BROKER_ID_NOT_REGISTERED, ""));
    }
    if (broker.epoch() != request.brokerEpoch()) {
      return new Change<>(List.of(), refuse(ErrorCode.STALE_BROKER_EPOCH, ""));
    }
    long first = image.nextProducerId();
    if (first > Long.MAX_VALUE - BLOCK_LENGTH) {
      return new Change<>(List.of(), refuse(ErrorCode.UNKNOWN_SERVER_ERROR, ""));
    }
    ProducerIdsRecord record =
        new ProducerIdsRecord()
            .brokerId(request.brokerId())
            .brokerEpoch(request.brokerEpoch())
            .nextProducerId(first + BLOCK_LENGTH);
    return new Change<>(
        List.of(record),
        new AllocateProducerIdsResponse().producerIdStart(first).producerIdLen(BLOCK_LENGTH));
  }

  @Override
  public AllocateProducerIdsResponse refuse(ErrorCode code, String message) {
    return new AllocateProducerIdsResponse().errorCode(code.code());
  }
}
