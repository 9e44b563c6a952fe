package io.tailrace.broker;

import static io.tailrace.broker.Wire.error;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.DescribeClusterRequest;
import io.tailrace.protocol.message.DescribeClusterResponse;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest.Cursor;
import io.tailrace.protocol.message.DescribeTopicPartitionsRequest.TopicRequest;
import io.tailrace.protocol.message.DescribeTopicPartitionsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseTopic;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What clients learn of the cluster: Metadata, DescribeTopicPartitions, DescribeCluster. */
class MetadataTest {
  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private static MetadataRequest named(String... names) {
    return new MetadataRequest()
        .topics(Arrays.stream(names).map(it -> new MetadataRequestTopic().name(it)).toList());
  }

  private MetadataResponse metadata(MetadataRequest request, int version) throws IOException {
    return client.call(request, version);
  }

  @Test
  void everyVersion() throws IOException {
    UUID id = broker.createTopic(client, "t", 3);
    for (int version = 0; version <= 13; version++) {
      MetadataResponse response = metadata(named("t"), version);
      assertThat(response.brokers())
          .singleElement()
          .satisfies(it ->
              assertThat(it.host() + ":" + it.port())
                  .isEqualTo(broker.broker().bootstrapServers()));
      MetadataResponseTopic topic = response.topics().getFirst();
      assertThat(topic.name()).isEqualTo("t");
      assertThat(topic.topicId()).isEqualTo(version < 10 ? Message.ZERO_UUID : id);
      int node = response.brokers().getFirst().nodeId();
      assertThat(topic.partitions())
          .hasSize(3)
          .allSatisfy(it -> {
            assertThat(it.leaderId()).isEqualTo(node);
            assertThat(it.replicaNodes()).containsExactly(node);
            assertThat(it.isrNodes()).containsExactly(node);
            assertThat(it.errorCode()).isZero();
          });
      assertThat(response.clusterId() == null).isEqualTo(version < 2);
    }
  }

  @Test
  void allTopicsOrNone() throws IOException {
    broker.createTopic(client, "t", 1);
    broker.createTopic(client, "u", 1);
    assertThat(metadata(new MetadataRequest().topics(null), 12).topics())
        .extracting(MetadataResponseTopic::name)
        .containsExactlyInAnyOrder("t", "u");
    assertThat(metadata(new MetadataRequest(), 12).topics()).isEmpty();
    assertThat(metadata(new MetadataRequest(), 0).topics()).as("v0: none means all").hasSize(2);
    assertThat(metadata(named("t", "t", "u"), 12).topics()).hasSize(2);
  }

  @Test
  void byId() throws IOException {
    UUID id = broker.createTopic(client, "t", 1);
    UUID unknown = new UUID(5, 6);
    MetadataRequest request =
        new MetadataRequest()
            .topics(
                List.of(
                    new MetadataRequestTopic().name(null).topicId(id),
                    new MetadataRequestTopic().name(null).topicId(unknown)));
    for (int version = 12; version <= 13; version++) {
      List<MetadataResponseTopic> topics = metadata(request, version).topics();
      assertThat(topics.get(0).name()).isEqualTo("t");
      assertThat(topics.get(1).topicId()).isEqualTo(unknown);
      assertThat(error(topics.get(1).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    }
    try (WireClient other = new WireClient(broker.broker().bootstrapServers())) {
      other.send(request, 10);
      assertThat(other.isClosedByBroker()).as("v10 has the field, but no use for it").isTrue();
    }
  }

  @Test
  void topicsAreCreatedOnUse() throws IOException {
    assertThat(
            error(
                metadata(named("t").allowAutoTopicCreation(false), 12)
                    .topics()
                    .getFirst()
                    .errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    MetadataResponse created = metadata(named("t", "../x", "u"), 12);
    assertThat(created.topics())
        .extracting(it -> error(it.errorCode()))
        .containsExactly(ErrorCode.NONE, ErrorCode.INVALID_TOPIC_EXCEPTION, ErrorCode.NONE);
    assertThat(created.topics().getFirst().partitions()).hasSize(1);
    assertThat(metadata(named("v"), 3).topics().getFirst().errorCode()).isZero();
    broker.close();
    broker = TestBroker.start(folder, "auto.create.topics.enable", "false");
    client = broker.connect();
    assertThat(error(metadata(named("w"), 12).topics().getFirst().errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(metadata(named("u"), 12).topics().getFirst().errorCode()).isZero();
  }

  @Test
  void manyAskForTheSameNewTopic() throws IOException {
    List<WireClient> clients = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      clients.add(broker.connect());
    }
    for (WireClient each : clients) {
      each.send(named("t"), 12);
    }
    for (WireClient each : clients) {
      MetadataResponse response = each.receive();
      assertThat(response.topics().getFirst().errorCode()).isZero();
    }
  }

  @Test
  void pagesOfPartitions() throws IOException {
    for (String name : new String[] {"a", "b", "c"}) {
      broker.createTopic(client, name, 5);
    }
    List<String> seen = new ArrayList<>();
    Cursor cursor = null;
    int pages = 0;
    do {
      DescribeTopicPartitionsResponse page =
          client.call(
              new DescribeTopicPartitionsRequest().responsePartitionLimit(4).cursor(cursor), 0);
      page.topics()
          .forEach(topic ->
              topic.partitions().forEach(it -> seen.add(topic.name() + it.partitionIndex())));
      var next = page.nextCursor();
      cursor =
          next == null
              ? null
              : new Cursor().topicName(next.topicName()).partitionIndex(next.partitionIndex());
      pages++;
    } while (cursor != null && pages < 10);
    assertThat(seen).hasSize(15).doesNotHaveDuplicates().isSorted();
    assertThat(pages).isEqualTo(4);
  }

  @Test
  void oddCursors() throws IOException {
    broker.createTopic(client, "a", 2);
    broker.createTopic(client, "c", 2);
    DescribeTopicPartitionsResponse beyond = page(new Cursor().topicName("a").partitionIndex(7));
    assertThat(beyond.nextCursor()).isNull();
    DescribeTopicPartitionsResponse far =
        page(new Cursor().topicName("a").partitionIndex(Integer.MAX_VALUE));
    assertThat(far.nextCursor()).isNull();
    assertThat(far.topics().getLast().partitions()).hasSize(2);
    DescribeTopicPartitionsResponse deleted = page(new Cursor().topicName("b").partitionIndex(1));
    assertThat(deleted.topics()).extracting(it -> it.name()).containsExactly("c");
    DescribeTopicPartitionsResponse named =
        client.call(
            new DescribeTopicPartitionsRequest()
                .topics(List.of(new TopicRequest().name("nope"), new TopicRequest().name("."))),
            0);
    assertThat(named.topics())
        .extracting(it -> error(it.errorCode()))
        .containsExactlyInAnyOrder(
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ErrorCode.INVALID_TOPIC_EXCEPTION);
    client.send(
        new DescribeTopicPartitionsRequest().cursor(new Cursor().topicName("a").partitionIndex(-1)),
        0);
    assertThat(client.isClosedByBroker()).isTrue();
  }

  private DescribeTopicPartitionsResponse page(Cursor cursor) throws IOException {
    return client.call(new DescribeTopicPartitionsRequest().cursor(cursor), 0);
  }

  @Test
  void cluster() throws IOException {
    String clusterId = metadata(new MetadataRequest(), 12).clusterId();
    for (int version = 0; version <= 2; version++) {
      DescribeClusterResponse response = client.call(new DescribeClusterRequest(), version);
      assertThat(response.clusterId()).isEqualTo(clusterId);
      assertThat(response.brokers())
          .singleElement()
          .satisfies(it -> assertThat(it.brokerId()).isEqualTo(response.controllerId()));
    }
    DescribeClusterResponse controllers =
        client.call(new DescribeClusterRequest().endpointType((byte) 2), 1);
    assertThat(error(controllers.errorCode())).isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE);
  }
}
