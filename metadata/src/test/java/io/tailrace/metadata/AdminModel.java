package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AllocateProducerIdsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/**
 * What a user thinks the cluster is: topics with partition count and configs, and a count of
 * producer ids. Immutable.
 */
record AdminModel(Map<String, Topic> topics, long producerIds) {
  static final AdminModel EMPTY = new AdminModel(Map.of(), 0);

  record Topic(int partitions, Map<String, String> configs) {}

  /** An operation asked of a controller, and the model if it succeeds. */
  record Step(String what, AdminModel after, CompletableFuture<ErrorCode> answer) {}

  static AdminModel of(ClusterImage image) {
    Map<String, Topic> topics = new TreeMap<>();
    for (TopicImage topic : image.topics()) {
      topics.put(
          topic.name(),
          new Topic(topic.partitions().size(), image.configs(ConfigResource.topic(topic.name()))));
    }
    return new AdminModel(topics, image.nextProducerId());
  }

  /** Asks for a random change that must succeed if the disk does its work. */
  Step randomStep(Random random, Controller controller) {
    String name = "topic." + random.nextInt(8);
    Topic topic = topics.get(name);
    if (random.nextInt(8) == 0) {
      return allocate(controller);
    }
    if (topic == null) {
      return create(name, 1 + random.nextInt(5), random.nextBoolean(), controller);
    }
    return switch (random.nextInt(3)) {
      case 0 -> delete(name, controller);
      case 1 -> grow(name, topic, 1 + random.nextInt(3), controller);
      default -> configure(name, topic, random.nextInt(1000), controller);
    };
  }

  private AdminModel with(String name, Topic topic) {
    Map<String, Topic> changed = new TreeMap<>(topics);
    changed.put(name, topic);
    return new AdminModel(changed, producerIds);
  }

  private Step allocate(Controller controller) {
    AllocateProducerIdsRequest request =
        new AllocateProducerIdsRequest()
            .brokerId(1)
            .brokerEpoch(controller.image().brokers().get(1).epoch());
    return new Step(
        "allocate producer ids",
        new AdminModel(topics, producerIds + AllocateProducerIds.BLOCK_LENGTH),
        controller
            .allocateProducerIds(request)
            .thenApply(response -> ErrorCode.forCode(response.errorCode())));
  }

  private Step create(String name, int partitions, boolean configured, Controller controller) {
    Map<String, String> configs = configured ? Map.of("retention.ms", "1") : Map.of();
    CreateTopicsRequest request =
        new CreateTopicsRequest()
            .topics(List.of(TestCluster.configured(name, configs).numPartitions(partitions)));
    return new Step(
        "create " + name,
        with(name, new Topic(partitions, configs)),
        controller
            .createTopics(request, (short) 7)
            .thenApply(response -> ErrorCode.forCode(response.topics().getFirst().errorCode())));
  }

  private Step delete(String name, Controller controller) {
    Map<String, Topic> changed = new TreeMap<>(topics);
    changed.remove(name);
    return new Step(
        "delete " + name,
        new AdminModel(changed, producerIds),
        controller
            .deleteTopics(new DeleteTopicsRequest().topicNames(List.of(name)), (short) 5)
            .thenApply(response -> ErrorCode.forCode(response.responses().getFirst().errorCode())));
  }

  private Step grow(String name, Topic topic, int more, Controller controller) {
    int count = topic.partitions() + more;
    CreatePartitionsTopic asked = new CreatePartitionsTopic().name(name).count(count);
    return new Step(
        "grow " + name,
        with(name, new Topic(count, topic.configs())),
        controller
            .createPartitions(
                new CreatePartitionsRequest().topics(List.of(asked.assignments(null))))
            .thenApply(response -> ErrorCode.forCode(response.results().getFirst().errorCode())));
  }

  private Step configure(String name, Topic topic, int value, Controller controller) {
    Map<String, String> configs = new TreeMap<>(topic.configs());
    AlterableConfig edit = new AlterableConfig().name("retention.ms");
    if (configs.containsKey("retention.ms") && value % 2 == 0) {
      configs.remove("retention.ms");
      edit.configOperation(ConfigEdits.DELETE).value(null);
    } else {
      configs.put("retention.ms", "" + value);
      edit.configOperation(ConfigEdits.SET).value("" + value);
    }
    AlterConfigsResource resource =
        new AlterConfigsResource()
            .resourceType(ConfigResource.TOPIC)
            .resourceName(name)
            .configs(List.of(edit));
    return new Step(
        "configure " + name,
        with(name, new Topic(topic.partitions(), configs)),
        controller
            .incrementalAlterConfigs(
                new IncrementalAlterConfigsRequest().resources(List.of(resource)))
            .thenApply(response -> ErrorCode.forCode(response.responses().getFirst().errorCode())));
  }
}
