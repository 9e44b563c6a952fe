package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Apache Kafka's Java admin client. */
class AdminClientTest {
  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  @Test
  void aTopicIsCreatedDescribedGrownAndDeleted() throws Exception {
    NewTopic topic = new NewTopic("life", 3, (short) 1).configs(Map.of("retention.ms", "60000"));
    CreateTopicsResult created = BROKER.admin().createTopics(List.of(topic));
    Uuid id = created.topicId("life").get();
    assertThat(created.numPartitions("life").get()).isEqualTo(3);
    assertThat(created.replicationFactor("life").get()).isEqualTo(1);
    ConfigEntry retention = created.config("life").get().get("retention.ms");
    assertThat(retention.value()).isEqualTo("60000");
    assertThat(retention.source()).isEqualTo(ConfigSource.DYNAMIC_TOPIC_CONFIG);
    assertThat(BROKER.admin().listTopics().namesToListings().get().get("life").topicId())
        .isEqualTo(id);
    assertPartitions(describe("life"), id, 3);

    BROKER.admin().createPartitions(Map.of("life", NewPartitions.increaseTo(5))).all().get();
    assertPartitions(describe("life"), id, 5);
    TopicDescription byId =
        BROKER
            .admin()
            .describeTopics(TopicCollection.ofTopicIds(List.of(id)))
            .allTopicIds()
            .get()
            .get(id);
    assertThat(byId.name()).isEqualTo("life");
    assertPartitions(byId, id, 5);

    BROKER.admin().deleteTopics(List.of("life")).all().get();
    assertThat(BROKER.admin().listTopics().names().get()).doesNotContain("life");
    assertFails(
        BROKER.admin().describeTopics(List.of("life")).allTopicNames(),
        UnknownTopicOrPartitionException.class);
  }

  private static TopicDescription describe(String topic) throws Exception {
    return BROKER.admin().describeTopics(List.of(topic)).allTopicNames().get().get(topic);
  }

  private static void assertPartitions(TopicDescription topic, Uuid id, int count) {
    assertThat(topic.topicId()).isEqualTo(id);
    assertThat(topic.isInternal()).isFalse();
    assertThat(topic.partitions()).hasSize(count);
    for (int i = 0; i < count; i++) {
      TopicPartitionInfo partition = topic.partitions().get(i);
      assertThat(partition.partition()).isEqualTo(i);
      assertThat(partition.replicas()).isEqualTo(List.of(partition.leader()));
      assertThat(partition.isr()).isEqualTo(List.of(partition.leader()));
    }
  }

  @Test
  void aTopicIsDeletedByIdAndItsNameIsFreeAgain() throws Exception {
    NewTopic topic = new NewTopic("again", 1, (short) -1);
    Uuid first = BROKER.admin().createTopics(List.of(topic)).topicId("again").get();
    BROKER.admin().deleteTopics(TopicCollection.ofTopicIds(List.of(first))).all().get();
    Uuid second = BROKER.admin().createTopics(List.of(topic)).topicId("again").get();
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void descriptionsComeInPages() throws Exception {
    List<NewTopic> topics = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      topics.add(new NewTopic("page-" + i, 10, (short) 1));
    }
    BROKER.admin().createTopics(topics).all().get();
    DescribeTopicsOptions pages = new DescribeTopicsOptions().partitionSizeLimitPerResponse(7);
    List<String> names = topics.stream().map(NewTopic::name).toList();
    Map<String, TopicDescription> all =
        BROKER.admin().describeTopics(names, pages).allTopicNames().get();
    assertThat(all).hasSize(20);
    assertThat(all.values()).allSatisfy(topic -> assertThat(topic.partitions()).hasSize(10));
  }

  @Test
  void replicasMayBePlacedByHand() throws Exception {
    int node = node().id();
    NewTopic placed = new NewTopic("placed", Map.of(0, List.of(node), 1, List.of(node)));
    BROKER.admin().createTopics(List.of(placed)).all().get();
    assertThat(describe("placed").partitions()).hasSize(2);
  }

  @Test
  void aTopicToBeValidatedOnlyIsNotCreated() throws Exception {
    CreateTopicsOptions only = new CreateTopicsOptions().validateOnly(true);
    BROKER.admin().createTopics(List.of(new NewTopic("never", 2, (short) 1)), only).all().get();
    assertThat(BROKER.admin().listTopics().names().get()).doesNotContain("never");
  }

  @Test
  void whatCanNotBeCreatedSaysWhy() throws Exception {
    BROKER.topic("there", 2);
    assertRefused(new NewTopic("there", 1, (short) 1), TopicExistsException.class);
    assertRefused(new NewTopic("x", 0, (short) 1), InvalidPartitionsException.class);
    assertRefused(new NewTopic("x", 1, (short) 2), InvalidReplicationFactorException.class);
    assertRefused(
        new NewTopic("x", 1, (short) 1).configs(Map.of("retention.ms", "soon")),
        InvalidConfigurationException.class);
    assertRefused(
        new NewTopic("x", 1, (short) 1).configs(Map.of("no.such.config", "1")),
        InvalidConfigurationException.class);
    assertFails(
        BROKER.admin().createPartitions(Map.of("there", NewPartitions.increaseTo(1))).all(),
        InvalidPartitionsException.class);
    assertFails(
        BROKER.admin().createPartitions(Map.of("not-there", NewPartitions.increaseTo(1))).all(),
        UnknownTopicOrPartitionException.class);
    assertFails(
        BROKER.admin().deleteTopics(List.of("not-there")).all(),
        UnknownTopicOrPartitionException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", ".", "..", "a b", "a/b", "a\nb", "a\u0000b", "ä"})
  void namesThatAreNoFolderNamesAreRefused(String name) {
    assertRefused(new NewTopic(name, 1, (short) 1), InvalidTopicException.class);
  }

  @Test
  void collidingAndLongNamesAreRefused() throws Exception {
    BROKER.topic("col.li_de", 1);
    assertRefused(new NewTopic("col_li.de", 1, (short) 1), InvalidTopicException.class);
    BROKER.topic("n".repeat(249), 1);
    assertRefused(new NewTopic("n".repeat(250), 1, (short) 1), InvalidTopicException.class);
  }

  private static void assertRefused(NewTopic topic, Class<? extends Exception> expected) {
    assertFails(BROKER.admin().createTopics(List.of(topic)).all(), expected);
  }

  private static void assertFails(KafkaFuture<?> future, Class<? extends Exception> expected) {
    assertThatThrownBy(future::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(expected)
        .message()
        .isNotBlank();
  }

  @Test
  void configsOfATopicAreSetAppendedTakenAwayAndReset() throws Exception {
    BROKER.topic("configured", 1);
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "configured");
    alter(topic, OpType.SET, "retention.ms", "1234567");
    alter(topic, OpType.APPEND, "cleanup.policy", "compact");
    assertThat(value(topic, "retention.ms").value()).isEqualTo("1234567");
    assertThat(value(topic, "retention.ms").synonyms())
        .extracting(ConfigEntry.ConfigSynonym::source)
        .startsWith(ConfigSource.DYNAMIC_TOPIC_CONFIG)
        .endsWith(ConfigSource.DEFAULT_CONFIG);
    assertThat(value(topic, "cleanup.policy").value().split(","))
        .containsExactlyInAnyOrder("delete", "compact");
    alter(topic, OpType.SUBTRACT, "cleanup.policy", "delete");
    assertThat(value(topic, "cleanup.policy").value()).isEqualTo("compact");
    alter(topic, OpType.DELETE, "retention.ms", "");
    ConfigEntry reset = value(topic, "retention.ms");
    assertThat(reset.value()).isEqualTo("604800000");
    assertThat(reset.isDefault()).isTrue();
    assertThat(reset.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
    assertThat(reset.documentation()).isNotBlank();
  }

  @Test
  void configsOfBrokersAreSetForOneAndForAll() throws Exception {
    ConfigResource one = new ConfigResource(ConfigResource.Type.BROKER, node().idString());
    ConfigResource all = new ConfigResource(ConfigResource.Type.BROKER, "");
    BROKER.topic("follows", 1);
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "follows");
    alter(all, OpType.SET, "log.segment.bytes", "1048576");
    assertThat(value(one, "log.segment.bytes").source())
        .isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
    alter(one, OpType.SET, "log.segment.bytes", "2097152");
    assertThat(value(one, "log.segment.bytes").value()).isEqualTo("2097152");
    assertThat(value(one, "log.segment.bytes").source())
        .isEqualTo(ConfigSource.DYNAMIC_BROKER_CONFIG);
    assertThat(value(topic, "segment.bytes").value()).isEqualTo("2097152");
    alter(one, OpType.DELETE, "log.segment.bytes", "");
    alter(all, OpType.DELETE, "log.segment.bytes", "");
    assertThat(value(one, "log.segment.bytes").value()).isEqualTo("1073741824");
    assertThat(value(one, "node.id").isReadOnly()).isTrue();
    assertThatThrownBy(() -> alter(one, OpType.SET, "log.dirs", "elsewhere"))
        .cause()
        .isInstanceOfAny(InvalidRequestException.class, InvalidConfigurationException.class)
        .hasMessageContaining("log.dirs");
  }

  private static void alter(ConfigResource resource, OpType type, String name, String value)
      throws Exception {
    Collection<AlterConfigOp> change =
        List.of(new AlterConfigOp(new ConfigEntry(name, value), type));
    BROKER.admin().incrementalAlterConfigs(Map.of(resource, change)).all().get();
  }

  private static ConfigEntry value(ConfigResource resource, String name) throws Exception {
    DescribeConfigsOptions everything =
        new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true);
    Config config =
        BROKER.admin().describeConfigs(List.of(resource), everything).all().get().get(resource);
    return config.get(name);
  }

  @Test
  void theClusterIsOneNodeThatControlsItself() throws Exception {
    DescribeClusterResult cluster = BROKER.admin().describeCluster();
    assertThat(cluster.clusterId().get()).hasSize(22);
    assertThat(cluster.controller().get()).isEqualTo(node());
    assertThat(node().host() + ":" + node().port()).isEqualTo(BROKER.bootstrap());
  }

  private static Node node() throws Exception {
    Collection<Node> nodes = BROKER.admin().describeCluster().nodes().get();
    assertThat(nodes).hasSize(1);
    return nodes.iterator().next();
  }

  @Test
  void featuresAreDescribed() throws Exception {
    var features = BROKER.admin().describeFeatures().featureMetadata().get();
    assertThat(features.finalizedFeatures()).containsKey("metadata.version");
    assertThat(features.supportedFeatures()).containsKey("metadata.version");
  }

  @Test
  void logFoldersTellTheirSizes() throws Exception {
    TopicPartition partition = BROKER.topic("weighed", 1).getFirst();
    send(partition, true, 1000);
    int node = node().id();
    Map<String, LogDirDescription> folders =
        BROKER.admin().describeLogDirs(List.of(node)).allDescriptions().get().get(node);
    assertThat(folders).containsOnlyKeys(BROKER.folder().toString());
    LogDirDescription folder = folders.get(BROKER.folder().toString());
    assertThat(folder.error()).isNull();
    assertThat(folder.totalBytes().orElse(0)).isPositive();
    assertThat(folder.usableBytes().orElse(0)).isPositive();
    assertThat(folder.replicaInfos().get(partition).size()).isGreaterThan(100);
    assertThat(folder.replicaInfos().get(partition).isFuture()).isFalse();
  }

  @Test
  void offsetsAreListedByEverySpec() throws Exception {
    TopicPartition partition = BROKER.topic("offsets", 1).getFirst();
    assertThat(offset(partition, OffsetSpec.maxTimestamp()).offset()).isEqualTo(-1);
    send(partition, true, 1000, 3000, 2000);
    assertThat(offset(partition, OffsetSpec.earliest()).offset()).isZero();
    assertThat(offset(partition, OffsetSpec.earliestLocal()).offset()).isZero();
    assertThat(offset(partition, OffsetSpec.latest()).offset()).isEqualTo(3);
    assertThat(offset(partition, OffsetSpec.latest()).leaderEpoch()).contains(0);
    assertThat(offset(partition, OffsetSpec.latestTiered()).offset()).isEqualTo(-1);
    assertThat(offset(partition, OffsetSpec.earliestPendingUpload()).offset()).isEqualTo(-1);
    assertAt(offset(partition, OffsetSpec.maxTimestamp()), 1, 3000);
    assertAt(offset(partition, OffsetSpec.forTimestamp(0)), 0, 1000);
    assertAt(offset(partition, OffsetSpec.forTimestamp(1001)), 1, 3000);
    assertAt(offset(partition, OffsetSpec.forTimestamp(3000)), 1, 3000);
    assertThat(offset(partition, OffsetSpec.forTimestamp(3001)).offset()).isEqualTo(-1);
  }

  private static ListOffsetsResultInfo offset(TopicPartition partition, OffsetSpec spec)
      throws Exception {
    return BROKER.admin().listOffsets(Map.of(partition, spec)).partitionResult(partition).get();
  }

  private static void assertAt(ListOffsetsResultInfo found, long offset, long timestamp) {
    assertThat(found.offset()).isEqualTo(offset);
    assertThat(found.timestamp()).isEqualTo(timestamp);
  }

  @Test
  void recordsAreDeleted() throws Exception {
    TopicPartition partition = BROKER.topic("shortened", 1).getFirst();
    long now = System.currentTimeMillis();
    send(partition, false, now, now, now, now);
    assertThat(deleteBefore(partition, 3)).isEqualTo(3);
    assertThat(offset(partition, OffsetSpec.earliest()).offset()).isEqualTo(3);
    assertThatThrownBy(() -> deleteBefore(partition, 5))
        .hasCauseInstanceOf(OffsetOutOfRangeException.class);
    assertThat(deleteBefore(partition, -1)).isEqualTo(4);
    TopicPartition compacted =
        BROKER.topic("kept", 1, Map.of("cleanup.policy", "compact")).getFirst();
    assertThatThrownBy(() -> deleteBefore(compacted, 0))
        .hasCauseInstanceOf(PolicyViolationException.class);
  }

  private static long deleteBefore(TopicPartition partition, long offset) throws Exception {
    return BROKER
        .admin()
        .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
        .lowWatermarks()
        .get(partition)
        .get()
        .lowWatermark();
  }

  @Test
  void producersOfAPartitionAreDescribed() throws Exception {
    TopicPartition partition = BROKER.topic("produced", 1).getFirst();
    send(partition, false, 1000);
    assertThat(producers(partition)).isEmpty();
    send(partition, true, 2000, 2001, 2002);
    assertThat(producers(partition))
        .singleElement()
        .satisfies(producer -> {
          assertThat(producer.producerEpoch()).isZero();
          assertThat(producer.lastSequence()).isEqualTo(2);
          assertThat(producer.lastTimestamp()).isEqualTo(2002);
          assertThat(producer.currentTransactionStartOffset()).isEmpty();
        });
  }

  private static List<ProducerState> producers(TopicPartition partition) throws Exception {
    return BROKER
        .admin()
        .describeProducers(List.of(partition))
        .partitionResult(partition)
        .get()
        .activeProducers();
  }

  /** One batch for each record. */
  private static void send(TopicPartition partition, boolean idempotent, long... timestamps)
      throws Exception {
    try (Producer<byte[], byte[]> producer =
        BROKER.producer(Map.of("enable.idempotence", idempotent))) {
      for (long timestamp : timestamps) {
        producer
            .send(
                new ProducerRecord<>(
                    partition.topic(), partition.partition(), timestamp, null, new byte[100]))
            .get();
      }
    }
  }
}
