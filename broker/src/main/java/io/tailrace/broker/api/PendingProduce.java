package io.tailrace.broker.api;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.protocol.message.ProduceResponse.PartitionProduceResponse;
import io.tailrace.protocol.message.ProduceResponse.TopicProduceResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A produce request until all of its partitions have an outcome; then it is answered. Used only on
 * its event loop.
 */
final class PendingProduce {
  private final ApiRequest request;
  private final boolean acknowledged;
  private final List<TopicProduceResponse> topics = new ArrayList<>(1);
  private List<PartitionProduceResponse> partitions = List.of();
  private int open = 1;
  private boolean failed;

  PendingProduce(ApiRequest request, short acks) {
    this.request = request;
    this.acknowledged = acks != 0;
  }

  ApiRequest request() {
    return request;
  }

  /** Begins the answers of one topic. */
  void startTopic(String name, UUID id, int partitionCount) {
    partitions = new ArrayList<>(partitionCount);
    topics.add(new TopicProduceResponse().name(name).topicId(id).partitionResponses(partitions));
  }

  /** Adds a partition to the topic begun last. */
  PendingAppend add(int index) {
    open++;
    PartitionProduceResponse response = new PartitionProduceResponse().index(index).baseOffset(-1);
    partitions.add(response);
    return new PendingAppend(this, response);
  }

  /** All partitions have been added; those without an outcome come later. */
  void allAdded() {
    completeOne();
  }

  void failed() {
    failed = true;
  }

  void completeOne() {
    if (--open > 0) {
      return;
    }
    if (acknowledged) {
      request.respond(new ProduceResponse().responses(topics));
    } else if (failed) {
      // The only way to tell a client that waits for no answer; as Kafka does.
      request.closeConnection("a produce request with acks=0 failed: " + firstError());
    } else {
      request.respondNothing();
    }
  }

  private String firstError() {
    for (TopicProduceResponse topic : topics) {
      for (PartitionProduceResponse partition : topic.partitionResponses()) {
        if (partition.errorCode() != 0) {
          return topic.name()
              + "-"
              + partition.index()
              + " "
              + ErrorCode.forCode(partition.errorCode());
        }
      }
    }
    return "unknown";
  }
}
