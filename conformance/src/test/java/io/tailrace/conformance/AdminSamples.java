package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicCollection;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfigCollection;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsPartition;
import org.apache.kafka.common.message.DeleteRecordsRequestData.DeleteRecordsTopic;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteRecordsResponseData.DeleteRecordsPartitionResult;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/** Requests of the APIs that change topics and configs. */
final class AdminSamples {
  private static final byte TOPIC = 2;
  private static final short CREATE_TOPICS_CONFIGS = 5;
  private static final short CREATE_TOPICS_ID = 7;
  private static final short DELETE_TOPICS_BY_ID = 6;

  private final TopicIdPartition filled;

  /**
   * @param filled a partition of a topic with two
   */
  AdminSamples(TopicIdPartition filled) {
    this.filled = filled;
  }

  Stream<ApiSample> all() {
    return Stream.of(createTopics(), deleteTopics(), createPartitions(), configs(), deleteRecords())
        .flatMap(samples -> samples);
  }

  private Stream<ApiSample> createTopics() {
    return Stream.of(
        createTopic("a topic", "created-v", false, "60000")
            .checks(
                CreateTopicsResponseData.class,
                (version, response) -> {
                  CreatableTopicResult topic = response.topics().iterator().next();
                  boolean tells = version >= CREATE_TOPICS_CONFIGS;
                  assertThat(topic.numPartitions()).isEqualTo(tells ? 2 : -1);
                  assertThat(topic.replicationFactor()).isEqualTo((short) (tells ? 1 : -1));
                  assertThat(topic.configs()).hasSizeGreaterThan(tells ? 10 : -1);
                  assertThat(topic.topicId().equals(Uuid.ZERO_UUID))
                      .isEqualTo(version < CREATE_TOPICS_ID);
                }),
        createTopic("the same topic", "created-v", false, "60000")
            .fails(Errors.TOPIC_ALREADY_EXISTS),
        createTopic("a topic, only to validate", "validated-v", true, "60000"),
        createTopic("a bad config", "bad-config-v", false, "soon").fails(Errors.INVALID_CONFIG),
        createTopic("a bad name", "bad name v", false, "60000")
            .fails(Errors.INVALID_TOPIC_EXCEPTION));
  }

  private static ApiSample createTopic(
      String name, String topicPrefix, boolean validateOnly, String retentionMs) {
    return ApiSample.of(
        ApiKeys.CREATE_TOPICS,
        name,
        version -> {
          CreatableTopicConfig config =
              new CreatableTopicConfig().setName("retention.ms").setValue(retentionMs);
          CreatableTopic topic =
              new CreatableTopic()
                  .setName(topicPrefix + version)
                  .setNumPartitions(2)
                  .setReplicationFactor((short) 1)
                  .setConfigs(new CreatableTopicConfigCollection(List.of(config).iterator()));
          return new CreateTopicsRequestData()
              .setTopics(new CreatableTopicCollection(List.of(topic).iterator()))
              .setValidateOnly(validateOnly);
        });
  }

  /** They delete what the samples of CreateTopics have made, so they come after those. */
  private static Stream<ApiSample> deleteTopics() {
    return Stream.of(
        deleteTopic("a topic", version -> new DeleteTopicState().setName("created-v" + version))
            .since(2),
        deleteTopic("a topic not there", version -> new DeleteTopicState().setName("not-there"))
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        deleteTopic(
                "a topic id not there",
                version -> new DeleteTopicState().setTopicId(new Uuid(7, 7)))
            .since(DELETE_TOPICS_BY_ID)
            .fails(Errors.UNKNOWN_TOPIC_ID));
  }

  /** Which topic to delete in a version. */
  private interface Doomed {
    DeleteTopicState of(short version);
  }

  private static ApiSample deleteTopic(String name, Doomed doomed) {
    return ApiSample.of(
        ApiKeys.DELETE_TOPICS,
        name,
        version -> {
          DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(10_000);
          DeleteTopicState topic = doomed.of(version);
          return version >= DELETE_TOPICS_BY_ID
              ? request.setTopics(List.of(topic))
              : request.setTopicNames(List.of(topic.name()));
        });
  }

  private Stream<ApiSample> createPartitions() {
    return Stream.of(
        createPartitions("one more, only to validate", filled.topic(), 3),
        createPartitions("as many as there are", filled.topic(), 2)
            .fails(Errors.INVALID_PARTITIONS),
        createPartitions("of an unknown topic", "not-there", 3)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION));
  }

  private static ApiSample createPartitions(String name, String topic, int count) {
    return ApiSample.of(
        ApiKeys.CREATE_PARTITIONS,
        name,
        version -> {
          CreatePartitionsTopic grown =
              new CreatePartitionsTopic().setName(topic).setCount(count).setAssignments(null);
          return new CreatePartitionsRequestData()
              .setTopics(new CreatePartitionsTopicCollection(List.of(grown).iterator()))
              .setTimeoutMs(10_000)
              .setValidateOnly(true);
        });
  }

  private Stream<ApiSample> deleteRecords() {
    return Stream.of(
        deleteRecords("before an offset", filled.topic(), 0)
            .checks(
                DeleteRecordsResponseData.class,
                (version, response) ->
                    assertThat(partition(response, filled.topic()).lowWatermark()).isZero()),
        deleteRecords("behind the end", filled.topic(), 1_000_000)
            .fails(Errors.OFFSET_OUT_OF_RANGE)
            .checks(
                DeleteRecordsResponseData.class,
                (version, response) ->
                    assertThat(partition(response, filled.topic()).lowWatermark()).isEqualTo(-1)),
        deleteRecords("of an unknown topic", "not-there", -1)
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        deleteRecords("of an internal topic", "__consumer_offsets", 0)
            .fails(Errors.INVALID_TOPIC_EXCEPTION));
  }

  private static DeleteRecordsPartitionResult partition(
      DeleteRecordsResponseData response, String topic) {
    return response.topics().find(topic).partitions().find(0);
  }

  private static ApiSample deleteRecords(String name, String topic, long offset) {
    return ApiSample.of(
        ApiKeys.DELETE_RECORDS,
        name,
        version ->
            new DeleteRecordsRequestData()
                .setTimeoutMs(10_000)
                .setTopics(
                    List.of(
                        new DeleteRecordsTopic()
                            .setName(topic)
                            .setPartitions(
                                List.of(new DeleteRecordsPartition().setOffset(offset))))));
  }

  private Stream<ApiSample> configs() {
    return Stream.of(
        describe("of a topic", filled.topic(), null)
            .checks(
                DescribeConfigsResponseData.class,
                (version, response) -> {
                  DescribeConfigsResult topic = response.results().getFirst();
                  assertThat(topic.configs()).hasSizeGreaterThan(20);
                  assertThat(topic.configs())
                      .allSatisfy(config -> {
                        assertThat(config.synonyms()).isNotNull();
                        assertThat(config.configType() != 0).isEqualTo(version >= 3);
                        boolean documented =
                            config.documentation() != null && !config.documentation().isEmpty();
                        assertThat(documented).isEqualTo(version >= 3);
                      });
                }),
        describe("one of a topic", filled.topic(), List.of("retention.ms"))
            .checks(
                DescribeConfigsResponseData.class,
                (version, response) ->
                    assertThat(response.results().getFirst().configs())
                        .singleElement()
                        .satisfies(config -> assertThat(config.name()).isEqualTo("retention.ms"))),
        describe("of an unknown topic", "not-there", null).fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        incremental("a value", filled.topic(), "1000000"),
        incremental("a bad value", filled.topic(), "soon").fails(Errors.INVALID_CONFIG),
        incremental("a value of an unknown topic", "not-there", "1000000")
            .fails(Errors.UNKNOWN_TOPIC_OR_PARTITION),
        replacing("a value", filled.topic(), "1000000"),
        replacing("a bad value", filled.topic(), "soon").fails(Errors.INVALID_CONFIG));
  }

  private static ApiSample describe(String name, String topic, List<String> keys) {
    return ApiSample.of(
        ApiKeys.DESCRIBE_CONFIGS,
        name,
        version ->
            new DescribeConfigsRequestData()
                .setIncludeSynonyms(true)
                .setIncludeDocumentation(version >= 3)
                .setResources(
                    List.of(
                        new DescribeConfigsResource()
                            .setResourceType(TOPIC)
                            .setResourceName(topic)
                            .setConfigurationKeys(keys))));
  }

  private static ApiSample incremental(String name, String topic, String retentionMs) {
    return ApiSample.of(
        ApiKeys.INCREMENTAL_ALTER_CONFIGS,
        name,
        version -> {
          var config =
              new IncrementalAlterConfigsRequestData.AlterableConfig()
                  .setName("retention.ms")
                  .setConfigOperation((byte) 0)
                  .setValue(retentionMs);
          var resource =
              new IncrementalAlterConfigsRequestData.AlterConfigsResource()
                  .setResourceType(TOPIC)
                  .setResourceName(topic)
                  .setConfigs(
                      new IncrementalAlterConfigsRequestData.AlterableConfigCollection(
                          List.of(config).iterator()));
          return new IncrementalAlterConfigsRequestData()
              .setResources(
                  new IncrementalAlterConfigsRequestData.AlterConfigsResourceCollection(
                      List.of(resource).iterator()));
        });
  }

  private static ApiSample replacing(String name, String topic, String retentionMs) {
    return ApiSample.of(
        ApiKeys.ALTER_CONFIGS,
        name,
        version -> {
          var config =
              new AlterConfigsRequestData.AlterableConfig()
                  .setName("retention.ms")
                  .setValue(retentionMs);
          var resource =
              new AlterConfigsRequestData.AlterConfigsResource()
                  .setResourceType(TOPIC)
                  .setResourceName(topic)
                  .setConfigs(
                      new AlterConfigsRequestData.AlterableConfigCollection(
                          List.of(config).iterator()));
          return new AlterConfigsRequestData()
              .setResources(
                  new AlterConfigsRequestData.AlterConfigsResourceCollection(
                      List.of(resource).iterator()));
        });
  }
}
