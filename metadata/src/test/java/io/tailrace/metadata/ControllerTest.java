package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AllocateProducerIdsRequest;
import io.tailrace.protocol.message.AllocateProducerIdsResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ControllerTest {
  @TempDir Path directory;

  @Test
  void aNewClusterStartsWithItsMetadataVersion() throws Exception {
    try (Node node = Node.start(directory)) {
      assertThat(node.controller.image().features())
          .containsExactly(Map.entry("metadata.version", (short) 30));
      assertThat(node.controller.image().nextOffset()).isEqualTo(1);
      assertThat(node.registerBroker()).isEqualTo(1);
      BrokerImage broker = node.controller.image().brokers().get(1);
      assertThat(broker.isActive()).isTrue();
      assertThat(broker.endpoint("PLAINTEXT").port()).isEqualTo(9092);
      assertThat(broker.endpoint("SSL")).isNull();
    }
    try (Node node = Node.start(directory)) {
      assertThat(node.controller.image().nextOffset()).as("no second bootstrap").isEqualTo(2);
      assertThat(node.registerBroker()).as("the epoch rises with each start").isEqualTo(2);
    }
  }

  @Test
  void theListenerHearsOfAChangeBeforeItsAnswer() throws Exception {
    try (Node node = Node.start(directory)) {
      node.registerBroker();
      node.heard.clear();
      CompletableFuture<Integer> heardAtAnswer =
          node.controller
              .createTopics(
                  new CreateTopicsRequest().topics(List.of(topic("a"), topic("b"))), (short) 7)
              .thenApply(response -> {
                assertThat(node.controller.image().topic("a")).isNotNull();
                return node.heard.size();
              });
      assertThat(heardAtAnswer.join()).isEqualTo(1);
      TopicImage a = node.controller.image().topic("a");
      TopicImage b = node.controller.image().topic("b");
      assertThat(node.heard.getFirst())
          .isEqualTo(new ImageChanges(Set.of(a.id(), b.id()), Set.of(), Set.of()));
      node.delete("a");
      assertThat(node.heard.get(1))
          .isEqualTo(new ImageChanges(Set.of(), Set.of(a.id()), Set.of(ConfigResource.topic("a"))));
    }
  }

  @Test
  void manyWaitingChangesShareASync() throws Exception {
    try (Node node = Node.start(directory)) {
      node.registerBroker();
      node.heard.clear();
      List<CompletableFuture<CreateTopicsResponse>> waiting = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        CreateTopicsRequest request = new CreateTopicsRequest().topics(List.of(topic("t" + i)));
        waiting.add(node.controller.createTopics(request, (short) 7));
      }
      for (CompletableFuture<CreateTopicsResponse> future : waiting) {
        assertThat(future.join().topics().getFirst().errorCode()).isZero();
      }
      assertThat(node.controller.image().topicCount()).isEqualTo(2000);
      assertThat(node.heard.size()).isLessThan(1000);
      assertThat(node.heard.stream().mapToInt(it -> it.topics().size()).sum()).isEqualTo(2000);
    }
  }

  @Test
  void producerIdsAreNeverHandedOutTwice() throws Exception {
    Set<Long> firsts = new HashSet<>();
    for (int start = 0; start < 3; start++) {
      try (Node node = Node.start(directory)) {
        AllocateProducerIdsRequest request =
            new AllocateProducerIdsRequest().brokerId(1).brokerEpoch(node.registerBroker());
        for (int i = 0; i < 3; i++) {
          AllocateProducerIdsResponse block = node.controller.allocateProducerIds(request).join();
          assertThat(block.errorCode()).isZero();
          assertThat(block.producerIdLen()).isEqualTo(1000);
          assertThat(firsts.add(block.producerIdStart())).isTrue();
        }
        assertThat(
                node.controller
                    .allocateProducerIds(request.brokerEpoch(request.brokerEpoch() - 1))
                    .join()
                    .errorCode())
            .isEqualTo(ErrorCode.STALE_BROKER_EPOCH.code());
      }
    }
    assertThat(firsts).allMatch(first -> first % 1000 == 0);
  }

  @Test
  void aClosedControllerRefuses() throws Exception {
    Node node = Node.start(directory);
    node.registerBroker();
    node.close();
    assertThat(node.create(topic("late"))).isEqualTo(ErrorCode.NOT_CONTROLLER);
  }

  @Test
  void aClusterOfAnotherIdIsRefused() throws Exception {
    try (Node node = Node.start(directory)) {
      var request = TestCluster.registration(1).clusterId("another");
      assertThat(node.controller.registerBroker(request).join().errorCode())
          .isEqualTo(ErrorCode.INCONSISTENT_CLUSTER_ID.code());
    }
  }

  @Test
  void topicsAreAutoCreatedWithDefaults() throws Exception {
    try (Node node = Node.start(directory)) {
      node.registerBroker();
      CreateTopicsResponse response =
          node.controller.autoCreateTopics(List.of("used", "../x")).join();
      assertThat(response.topics())
          .extracting(it -> ErrorCode.forCode(it.errorCode()))
          .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION);
      assertThat(node.controller.image().topic("used").partitions()).hasSize(1);
    }
  }

  @Test
  void configsOfATopicAreTold() throws Exception {
    try (Node node = Node.start(directory)) {
      node.registerBroker();
      node.create(topic("t"));
      node.heard.clear();
      AlterConfigsResource resource =
          new AlterConfigsResource()
              .resourceType(ConfigResource.TOPIC)
              .resourceName("t")
              .configs(List.of(new AlterableConfig().name("retention.ms").value("9")));
      var request = new IncrementalAlterConfigsRequest().resources(List.of(resource));
      var result = node.controller.incrementalAlterConfigs(request).join().responses().getFirst();
      assertThat(result.errorCode()).as(result.errorMessage()).isZero();
      assertThat(node.heard)
          .containsExactly(new ImageChanges(Set.of(), Set.of(), Set.of(ConfigResource.topic("t"))));
      assertThat(node.controller.image().configs(ConfigResource.topic("t")))
          .containsExactly(Map.entry("retention.ms", "9"));
    }
  }
}
