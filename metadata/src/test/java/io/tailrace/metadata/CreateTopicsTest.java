package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.assigned;
import static io.tailrace.metadata.TestCluster.configured;
import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.tailrace.protocol.message.FenceBrokerRecord;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CreateTopicsTest {
  /** Brokers 1 and 2 alive, 3 fenced; topics {@code old} and {@code a.b} exist. */
  private final TestCluster cluster = TestCluster.of(1, 2, 3);

  @BeforeEach
  void setUp() {
    cluster.apply(new FenceBrokerRecord().id(3).epoch(cluster.image.brokers().get(3).epoch()));
    cluster.create(topic("old"), topic("a.b"));
  }

  static Stream<Arguments> rows() {
    return Stream.of(
        arguments(topic("new"), ErrorCode.NONE, ""),
        arguments(topic("new", -1, -1), ErrorCode.NONE, ""),
        arguments(topic("new", 10_000, 2), ErrorCode.NONE, ""),
        arguments(topic("__consumer_offsets", 50, 1), ErrorCode.NONE, ""),
        arguments(topic("x".repeat(249)), ErrorCode.NONE, ""),
        arguments(assigned("new", new int[] {2, 1}, new int[] {1, 3}), ErrorCode.NONE, ""),
        arguments(configured("new", Map.of("retention.ms", "1")), ErrorCode.NONE, ""),
        arguments(topic(""), ErrorCode.INVALID_TOPIC_EXCEPTION, "empty"),
        arguments(topic("."), ErrorCode.INVALID_TOPIC_EXCEPTION, "'.'"),
        arguments(topic(".."), ErrorCode.INVALID_TOPIC_EXCEPTION, "'..'"),
        arguments(topic("../x"), ErrorCode.INVALID_TOPIC_EXCEPTION, "'/' at place 2"),
        arguments(topic("a\u0007"), ErrorCode.INVALID_TOPIC_EXCEPTION, "U+0007"),
        arguments(topic("x".repeat(250)), ErrorCode.INVALID_TOPIC_EXCEPTION, "at most 249"),
        arguments(topic("a_b"), ErrorCode.INVALID_TOPIC_EXCEPTION, "collides with topic 'a.b'"),
        arguments(topic("old"), ErrorCode.TOPIC_ALREADY_EXISTS, "'old' already exists"),
        arguments(topic("a.b"), ErrorCode.TOPIC_ALREADY_EXISTS, "'a.b' already exists"),
        arguments(topic("__cluster_metadata"), ErrorCode.INVALID_REQUEST, "can't be created"),
        arguments(topic("new", 0, 1), ErrorCode.INVALID_PARTITIONS, "at least 1"),
        arguments(topic("new", -2, 1), ErrorCode.INVALID_PARTITIONS, "-2 partitions"),
        arguments(topic("new", 10_001, 1), ErrorCode.POLICY_VIOLATION, "at most 10000"),
        arguments(topic("new", Integer.MAX_VALUE, 1), ErrorCode.POLICY_VIOLATION, "2147483647"),
        arguments(topic("new", 1, 0), ErrorCode.INVALID_REPLICATION_FACTOR, "at least 1"),
        arguments(topic("new", 1, -2), ErrorCode.INVALID_REPLICATION_FACTOR, "at least 1"),
        arguments(topic("new", 1, 3), ErrorCode.INVALID_REPLICATION_FACTOR, "at most 2"),
        arguments(topic("new", 1, 32767), ErrorCode.INVALID_REPLICATION_FACTOR, "at most 2"),
        arguments(assigned("new", new int[] {1}).numPartitions(1), ErrorCode.INVALID_REQUEST, "-1"),
        arguments(
            assigned("new", new int[] {1}).replicationFactor((short) 1),
            ErrorCode.INVALID_REQUEST,
            "-1"),
        arguments(
            assigned("new", new int[] {}),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "partition 0 has no broker"),
        arguments(
            assigned("new", new int[] {1, 1}),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "broker 1 more than once"),
        arguments(
            assigned("new", new int[] {4}),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "broker 4, but the brokers are [1, 2, 3]"),
        arguments(assigned("new", new int[] {3}), ErrorCode.INVALID_REPLICA_ASSIGNMENT, "fenced"),
        arguments(
            assigned("new", new int[] {1}, new int[] {1, 2}),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "partition 1 has 2 replicas"),
        arguments(
            renumbered(assigned("new", new int[] {1}, new int[] {1}), 1, 2),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "2 comes where 1 should"),
        arguments(
            renumbered(assigned("new", new int[] {1}, new int[] {1}), 1, 0),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "0 comes where 1 should"),
        arguments(
            renumbered(assigned("new", new int[] {1}, new int[] {1}), 0, -1),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "-1 comes where 0 should"),
        arguments(
            configured("new", Map.of("retention.ms", "soon")),
            ErrorCode.INVALID_CONFIG,
            "retention.ms=soon is no number"),
        arguments(configured("new", Map.of("no.such", "1")), ErrorCode.INVALID_CONFIG, "no.such"),
        arguments(
            configured("new", Map.of("retention.ms", "1".repeat(32768))),
            ErrorCode.INVALID_CONFIG,
            "32768 characters"),
        arguments(
            topic("new").configs(List.of(new CreatableTopicConfig().name("x").value(null))),
            ErrorCode.INVALID_CONFIG,
            "'x' has no value"));
  }

  private static CreatableTopic renumbered(CreatableTopic topic, int place, int index) {
    topic.assignments().get(place).partitionIndex(index);
    return topic;
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachRowGetsItsErrorAndMessage(CreatableTopic topic, ErrorCode code, String message) {
    ClusterImage before = cluster.image;
    CreatableTopicResult result = cluster.create(topic).topics().getFirst();
    assertThat(ErrorCode.forCode(result.errorCode())).as(result.errorMessage()).isEqualTo(code);
    assertThat(result.name()).isEqualTo(topic.name());
    if (code == ErrorCode.NONE) {
      assertThat(result.errorMessage()).isNull();
      assertThat(cluster.image.topic(topic.name())).isNotNull();
    } else {
      assertThat(result.errorMessage()).contains(message).doesNotMatch("(?s).*[\\x00-\\x1f].*");
      assertThat(cluster.image).isEqualTo(before);
    }
  }

  @Test
  void aTopicHasWhatItsResponseSays() {
    CreatableTopic asked = configured("new", Map.of("retention.ms", "5")).numPartitions(3);
    CreatableTopicResult result = cluster.create(asked).topics().getFirst();
    TopicImage topic = cluster.image.topic(result.topicId());
    assertThat(topic).isNotNull().isSameAs(cluster.image.topic("new"));
    assertThat(topic.partitions()).hasSize(3);
    assertThat(result.numPartitions()).isEqualTo(3);
    assertThat(result.replicationFactor()).isEqualTo((short) 1);
    assertThat(result.configs()).hasSize(1);
    assertThat(result.configs().getFirst().value()).isEqualTo("5");
    assertThat(cluster.image.configs(ConfigResource.topic("new")))
        .isEqualTo(Map.of("retention.ms", "5"));
    PartitionImage second = topic.partitions().get(1);
    assertThat(second.replicas()).containsExactly(2);
    assertThat(second.leader()).isEqualTo(2);
    assertThat(second.leaderEpoch()).isZero();
    assertThat(second.partitionEpoch()).isZero();
    assertThat(second.directories()).containsExactly(new UUID(7, 2));
  }

  @Test
  void aFencedReplicaIsNotInSync() {
    cluster.create(assigned("new", new int[] {3, 1}));
    PartitionImage partition = cluster.image.topic("new").partition(0);
    assertThat(partition.replicas()).containsExactly(3, 1);
    assertThat(partition.isr()).containsExactly(1);
    assertThat(partition.leader()).isEqualTo(1);
  }

  @Test
  void oneBadTopicDoesNotHinderTheOthers() {
    CreateTopicsResponse response =
        cluster.create(topic("n1"), topic("../x"), topic("n2"), topic("n.3"), topic("n_3"));
    assertThat(response.topics())
        .extracting(it -> it.name() + ":" + ErrorCode.forCode(it.errorCode()))
        .containsExactly(
            "n1:NONE",
            "../x:INVALID_TOPIC_EXCEPTION",
            "n2:NONE",
            "n.3:NONE",
            "n_3:INVALID_TOPIC_EXCEPTION");
    assertThat(cluster.image.topic("n1")).isNotNull();
    assertThat(cluster.image.topic("n2")).isNotNull();
    assertThat(cluster.image.topic("n_3")).isNull();
  }

  @Test
  void aTopicNamedTwiceIsAnsweredOnceAndNotMade() {
    CreateTopicsResponse response = cluster.create(topic("n1"), topic("n2"), topic("n1"));
    assertThat(response.topics())
        .extracting(it -> it.name() + ":" + ErrorCode.forCode(it.errorCode()))
        .containsExactly("n1:INVALID_REQUEST", "n2:NONE");
    assertThat(cluster.image.topic("n1")).isNull();
  }

  @Test
  void theLimitHoldsForAllTopicsOfARequestTogether() {
    CreateTopicsResponse response = cluster.create(topic("n1", 6000, 1), topic("n2", 6000, 1));
    assertThat(response.topics())
        .hasSize(2)
        .allSatisfy(it ->
            assertThat(ErrorCode.forCode(it.errorCode())).isEqualTo(ErrorCode.POLICY_VIOLATION));
  }

  @Test
  void validateOnlyAnswersAlikeAndChangesNothing() {
    ClusterImage before = cluster.image;
    CreateTopicsResponse response =
        cluster.create(
            new CreateTopicsRequest()
                .topics(List.of(topic("new", 2, 1), topic("old")))
                .validateOnly(true));
    assertThat(response.topics().get(0).errorCode()).isZero();
    assertThat(response.topics().get(0).numPartitions()).isEqualTo(2);
    assertThat(response.topics().get(0).topicId()).isEqualTo(Message.ZERO_UUID);
    assertThat(response.topics().get(1).errorCode())
        .isEqualTo(ErrorCode.TOPIC_ALREADY_EXISTS.code());
    assertThat(cluster.image).isSameAs(before);
  }
}
