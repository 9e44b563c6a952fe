package io.tailrace.broker.group;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.GroupConfigs;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.Controller;
import io.tailrace.metadata.TopicImage;
import io.tailrace.metadata.TopicNames;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The topic that groups live in, made when somebody first asks for a coordinator. What it says is
 * synced before anybody is told, unless its {@code flush.messages} is taken away.
 */
final class OffsetsTopic {
  private static final Logger LOG = System.getLogger(OffsetsTopic.class.getName());

  private final Controller controller;
  private final Supplier<BrokerConfig> config;

  OffsetsTopic(Controller controller, Supplier<BrokerConfig> config) {
    this.controller = controller;
    this.config = config;
  }

  /** Makes the topic if it is not there; tells whether it is now. */
  CompletableFuture<ErrorCode> ensure() {
    if (controller.image().topic(TopicNames.CONSUMER_OFFSETS) != null) {
      return CompletableFuture.completedFuture(ErrorCode.NONE);
    }
    return controller
        .createTopics(request(), CreateTopicsRequest.HIGHEST_VERSION)
        .thenApply(response -> {
          ErrorCode error = ErrorCode.forCode(response.topics().getFirst().errorCode());
          if (error == ErrorCode.NONE || error == ErrorCode.TOPIC_ALREADY_EXISTS) {
            return ErrorCode.NONE;
          }
          LOG.log(
              Level.WARNING,
              "{0} can''t be created, so there are no consumer groups: {1}",
              TopicNames.CONSUMER_OFFSETS,
              response.topics().getFirst().errorMessage());
          return ErrorCode.COORDINATOR_NOT_AVAILABLE;
        });
  }

  private CreateTopicsRequest request() {
    BrokerConfig now = config.get();
    String segmentBytes = Integer.toString(now.get(GroupConfigs.OFFSETS_TOPIC_SEGMENT_BYTES));
    return new CreateTopicsRequest()
        .timeoutMs(Integer.MAX_VALUE)
        .topics(
            List.of(
                new CreatableTopic()
                    .name(TopicNames.CONSUMER_OFFSETS)
                    .numPartitions(now.get(GroupConfigs.OFFSETS_TOPIC_NUM_PARTITIONS))
                    .replicationFactor(now.get(GroupConfigs.OFFSETS_TOPIC_REPLICATION_FACTOR))
                    .configs(
                        List.of(
                            config("cleanup.policy", "compact"),
                            config("compression.type", "producer"),
                            config("flush.messages", "1"),
                            config("segment.bytes", segmentBytes)))));
  }

  private static CreatableTopicConfig config(String name, String value) {
    return new CreatableTopicConfig().name(name).value(value);
  }

  /** The partition that a group's state is in; −1 if there is no topic yet. */
  static int partitionOf(String groupId, ClusterImage image) {
    TopicImage topic = image.topic(TopicNames.CONSUMER_OFFSETS);
    return topic == null ? -1 : partitionOf(groupId, topic.partitions().size());
  }

  /** As Kafka's clients and tools compute it. */
  static int partitionOf(String groupId, int partitions) {
    int hash = groupId.hashCode();
    return (hash == Integer.MIN_VALUE ? 0 : Math.abs(hash)) % partitions;
  }
}
