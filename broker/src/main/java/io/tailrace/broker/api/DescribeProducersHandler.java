package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.log.ActiveProducer;
import io.tailrace.log.LogException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeProducersRequest;
import io.tailrace.protocol.message.DescribeProducersRequest.TopicRequest;
import io.tailrace.protocol.message.DescribeProducersResponse;
import io.tailrace.protocol.message.DescribeProducersResponse.PartitionResponse;
import io.tailrace.protocol.message.DescribeProducersResponse.ProducerState;
import io.tailrace.protocol.message.DescribeProducersResponse.TopicResponse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** DescribeProducers v0 (KIP-664): the idempotent producers that a partition remembers. */
final class DescribeProducersHandler implements ApiHandler {
  private final Partitions partitions;

  DescribeProducersHandler(Partitions partitions) {
    this.partitions = partitions;
  }

  @Override
  public ApiKey apiKey() {
    return ApiKey.DESCRIBE_PRODUCERS;
  }

  @Override
  public void handle(ApiRequest request) {
    DescribeProducersRequest body = request.read(new DescribeProducersRequest());
    List<TopicResponse> topics = new ArrayList<>(body.topics().size());
    for (TopicRequest topic : body.topics()) {
      List<PartitionResponse> answers = new ArrayList<>(topic.partitionIndexes().length);
      for (int index : topic.partitionIndexes()) {
        answers.add(answer(partitions.partition(topic.name(), index), index));
      }
      topics.add(new TopicResponse().name(topic.name()).partitions(answers));
    }
    request.respond(new DescribeProducersResponse().topics(topics));
  }

  private static PartitionResponse answer(@Nullable Partition partition, int index) {
    PartitionResponse answer = new PartitionResponse().partitionIndex(index);
    if (partition == null) {
      return answer.errorCode(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
    }
    try {
      List<ProducerState> states = new ArrayList<>();
      for (ActiveProducer producer : partition.log().activeProducers()) {
        states.add(
            new ProducerState()
                .producerId(producer.producerId())
                .producerEpoch(producer.producerEpoch())
                .lastSequence(producer.lastSequence())
                .lastTimestamp(producer.lastTimestamp())
                .coordinatorEpoch(-1)
                .currentTxnStartOffset(-1));
      }
      return answer.activeProducers(states);
    } catch (LogException e) {
      return answer.errorCode(LogErrors.code(e).code());
    }
  }
}
