package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopic;
import org.apache.kafka.common.message.DescribeLogDirsRequestData.DescribableLogDirTopicCollection;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeProducersRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Requests of the APIs that tell what there is. */
final class MetadataSamples {
  private static final short METADATA_TOPIC_IDS = 10;
  private static final short METADATA_BY_ID = 12;

  /** What a Kafka broker without an authorizer allows: AclEntry.supportedOperations, as bits. */
  private static final int TOPIC_OPERATIONS = 3576;

  private static final int CLUSTER_OPERATIONS = 8096;

  private final TopicIdPartition filled;
  private final int port;

  /**
   * @param filled a partition of a topic with two
   * @param port where the broker listens
   */
  MetadataSamples(TopicIdPartition filled, int port) {
    this.filled = filled;
    this.port = port;
  }

  Stream<ApiSample> all() {
    return Stream.of(apiVersions(), metadata(), topicPartitions(), others())
        .flatMap(samples -> samples);
  }

  private static Stream<ApiSample> apiVersions() {
    return Stream.of(
        apiVersions("a client with a name", "conformance")
            .checks(
                ApiVersionsResponseData.class,
                (version, response) -> assertThat(response.apiKeys()).isNotEmpty()),
        apiVersions("a client with a bad name", "-what?").since(3).fails(Errors.INVALID_REQUEST));
  }

  private static ApiSample apiVersions(String name, String software) {
    return ApiSample.of(
        ApiKeys.API_VERSIONS,
        name,
        version ->
            new ApiVersionsRequestData()
                .setClientSoftwareName(software)
                .setClientSoftwareVersion("1.0"));
  }

  private Stream<ApiSample> metadata() {
    return Stream.of(
        metadata("a topic by name", new MetadataRequestTopic().setName(filled.topic()))
            .checks(MetadataResponseData.class, this::describesFilled),
        metadata(
                "a topic by id",
                new MetadataRequestTopic().setName(null).setTopicId(filled.topicId()))
            .since(METADATA_BY_ID)
            .checks(MetadataResponseData.class, this::describesFilled),
        ApiSample.of(
                ApiKeys.METADATA,
                "all topics",
                version -> new MetadataRequestData().setTopics(version == 0 ? List.of() : null))
            .checks(
                MetadataResponseData.class,
                (version, response) ->
                    assertThat(response.topics())
                        .extracting(MetadataResponseTopic::name)
                        .contains(filled.topic())),
        ApiSample.of(
                ApiKeys.METADATA,
                "no topic",
                version -> new MetadataRequestData().setTopics(List.of()))
            .since(1)
            .checks(MetadataResponseData.class, this::describesBroker),
        metadata("an unknown topic", new MetadataRequestTopic().setName("not-there"))
            .since(4)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        metadata(
                "an unknown topic id",
                new MetadataRequestTopic().setName(null).setTopicId(new Uuid(7, 7)))
            .since(METADATA_BY_ID)
            .fails(Errors.UNKNOWN_TOPIC_ID),
        metadata("a name that can't be", new MetadataRequestTopic().setName("no topic"))
            .fails(Errors.INVALID_TOPIC_EXCEPTION));
  }

  private static ApiSample metadata(String name, MetadataRequestTopic topic) {
    return ApiSample.of(
        ApiKeys.METADATA,
        name,
        version ->
            new MetadataRequestData()
                .setAllowAutoTopicCreation(version < 4)
                .setIncludeTopicAuthorizedOperations(version >= 8)
                .setIncludeClusterAuthorizedOperations(version >= 8 && version <= 10)
                .setTopics(List.of(topic)));
  }

  private void describesFilled(short version, MetadataResponseData response) {
    describesBroker(version, response);
    MetadataResponseTopic topic = response.topics().iterator().next();
    assertThat(topic.name()).isEqualTo(filled.topic());
    assertThat(topic.topicId())
        .isEqualTo(version >= METADATA_TOPIC_IDS ? filled.topicId() : Uuid.ZERO_UUID);
    if (version >= 8) {
      assertThat(topic.topicAuthorizedOperations()).isEqualTo(TOPIC_OPERATIONS);
    }
    int broker = response.brokers().iterator().next().nodeId();
    assertThat(topic.partitions()).hasSize(2);
    for (MetadataResponsePartition partition : topic.partitions()) {
      assertThat(partition.leaderId()).isEqualTo(broker);
      assertThat(partition.leaderEpoch()).isEqualTo(version >= 7 ? 0 : -1);
      assertThat(partition.replicaNodes()).containsExactly(broker);
      assertThat(partition.isrNodes()).containsExactly(broker);
      assertThat(partition.offlineReplicas()).isEmpty();
    }
  }

  private void describesBroker(short version, MetadataResponseData response) {
    assertThat(response.brokers()).hasSize(1);
    MetadataResponseBroker broker = response.brokers().iterator().next();
    assertThat(broker.host()).isEqualTo("127.0.0.1");
    assertThat(broker.port()).isEqualTo(port);
    assertThat(broker.rack()).isNull();
    assertThat(response.controllerId()).isEqualTo(version >= 1 ? broker.nodeId() : -1);
    if (version >= 2) {
      assertThat(response.clusterId()).hasSize(22);
    }
  }

  private Stream<ApiSample> topicPartitions() {
    return Stream.of(
        topicPartitions("a topic", filled.topic(), 10, null)
            .checks(
                DescribeTopicPartitionsResponseData.class,
                (version, response) -> {
                  var topic = response.topics().iterator().next();
                  assertThat(topic.topicId()).isEqualTo(filled.topicId());
                  assertThat(topic.partitions()).hasSize(2);
                  assertThat(topic.topicAuthorizedOperations()).isEqualTo(TOPIC_OPERATIONS);
                  assertThat(response.nextCursor()).isNull();
                }),
        topicPartitions("a page", filled.topic(), 1, null)
            .checks(
                DescribeTopicPartitionsResponseData.class,
                (version, response) -> {
                  assertThat(response.topics().iterator().next().partitions()).hasSize(1);
                  assertThat(response.nextCursor().topicName()).isEqualTo(filled.topic());
                  assertThat(response.nextCursor().partitionIndex()).isEqualTo(1);
                }),
        topicPartitions(
                "the last page",
                filled.topic(),
                1,
                new Cursor().setTopicName(filled.topic()).setPartitionIndex(1))
            .checks(
                DescribeTopicPartitionsResponseData.class,
                (version, response) -> assertThat(response.nextCursor()).isNull()),
        topicPartitions("an unknown topic", "not-there", 10, null)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION));
  }

  private static ApiSample topicPartitions(String name, String topic, int limit, Cursor cursor) {
    return ApiSample.of(
        ApiKeys.DESCRIBE_TOPIC_PARTITIONS,
        name,
        version ->
            new DescribeTopicPartitionsRequestData()
                .setTopics(List.of(new TopicRequest().setName(topic)))
                .setResponsePartitionLimit(limit)
                .setCursor(cursor));
  }

  private Stream<ApiSample> others() {
    DescribableLogDirTopic wanted =
        new DescribableLogDirTopic().setTopic(filled.topic()).setPartitions(List.of(0, 1));
    return Stream.of(
        cluster("brokers", 1)
            .checks(
                DescribeClusterResponseData.class,
                (version, response) -> {
                  assertThat(response.clusterId()).hasSize(22);
                  assertThat(response.brokers()).hasSize(1);
                  var broker = response.brokers().iterator().next();
                  assertThat(broker.port()).isEqualTo(port);
                  assertThat(broker.rack()).isNull();
                  assertThat(response.controllerId()).isEqualTo(broker.brokerId());
                  assertThat(response.clusterAuthorizedOperations()).isEqualTo(CLUSTER_OPERATIONS);
                }),
        cluster("controllers, of a broker", 2).since(1).fails(Errors.MISMATCHED_ENDPOINT_TYPE),
        ApiSample.of(
                ApiKeys.DESCRIBE_LOG_DIRS,
                "two partitions",
                version ->
                    new DescribeLogDirsRequestData()
                        .setTopics(
                            new DescribableLogDirTopicCollection(
                                List.of(wanted.duplicate()).iterator())))
            .checks(
                DescribeLogDirsResponseData.class,
                (version, response) -> {
                  var folder = response.results().getFirst();
                  assertThat(folder.topics()).hasSize(1);
                  assertThat(folder.topics().getFirst().partitions()).hasSize(2);
                  assertThat(folder.totalBytes() > 0).isEqualTo(version >= 4);
                }),
        ApiSample.of(
                ApiKeys.DESCRIBE_LOG_DIRS,
                "everything",
                version -> new DescribeLogDirsRequestData().setTopics(null))
            .checks(
                DescribeLogDirsResponseData.class,
                (version, response) ->
                    assertThat(response.results().getFirst().topics()).isNotEmpty()),
        producers("a partition", filled.topic()),
        producers("an unknown topic", "not-there").fails(Errors.UNKNOWN_TOPIC_OR_PARTITION));
  }

  private static ApiSample cluster(String name, int endpointType) {
    return ApiSample.of(
        ApiKeys.DESCRIBE_CLUSTER,
        name,
        version ->
            new DescribeClusterRequestData()
                .setIncludeClusterAuthorizedOperations(true)
                .setEndpointType((byte) endpointType));
  }

  private static ApiSample producers(String name, String topic) {
    return ApiSample.of(
        ApiKeys.DESCRIBE_PRODUCERS,
        name,
        version ->
            new DescribeProducersRequestData()
                .setTopics(
                    List.of(
                        new DescribeProducersRequestData.TopicRequest()
                            .setName(topic)
                            .setPartitionIndexes(List.of(0)))));
  }
}
