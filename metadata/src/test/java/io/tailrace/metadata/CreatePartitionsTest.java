package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsAssignment;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CreatePartitionsTest {
  private final TestCluster cluster = TestCluster.of(1, 2);

  @BeforeEach
  void setUp() {
    cluster.create(topic("t", 3, 1), topic("u", 1, 1));
  }

  private static CreatePartitionsTopic grow(String name, int count, int[]... assignments) {
    return new CreatePartitionsTopic()
        .name(name)
        .count(count)
        .assignments(
            assignments.length == 0
                ? null
                : Arrays.stream(assignments)
                    .map(it -> new CreatePartitionsAssignment().brokerIds(it))
                    .toList());
  }

  static Stream<Arguments> rows() {
    return Stream.of(
        arguments(grow("t", 4), ErrorCode.NONE, ""),
        arguments(grow("t", 5, new int[] {1}, new int[] {2}), ErrorCode.NONE, ""),
        arguments(grow("t", 10_003), ErrorCode.NONE, ""),
        arguments(grow("t", 3), ErrorCode.INVALID_PARTITIONS, "has 3 partitions"),
        arguments(grow("t", 2), ErrorCode.INVALID_PARTITIONS, "larger than that, not 2"),
        arguments(grow("t", 0), ErrorCode.INVALID_PARTITIONS, ""),
        arguments(grow("t", -1), ErrorCode.INVALID_PARTITIONS, ""),
        arguments(grow("t", 10_004), ErrorCode.POLICY_VIOLATION, "at most 10000"),
        arguments(grow("t", Integer.MAX_VALUE), ErrorCode.POLICY_VIOLATION, "at most 10000"),
        arguments(grow("no", 4), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "'no'"),
        arguments(grow("t", 5, new int[] {1}), ErrorCode.INVALID_REPLICA_ASSIGNMENT, "but 1 are"),
        arguments(
            grow("t", 4, new int[] {1, 2}), ErrorCode.INVALID_REPLICA_ASSIGNMENT, "2 replicas"),
        arguments(grow("t", 4, new int[] {9}), ErrorCode.INVALID_REPLICA_ASSIGNMENT, "broker 9"),
        arguments(
            grow("t", 4, new int[] {}),
            ErrorCode.INVALID_REPLICA_ASSIGNMENT,
            "partition 3 has no broker"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void eachRowGetsItsErrorAndMessage(CreatePartitionsTopic topic, ErrorCode code, String message) {
    ClusterImage before = cluster.image;
    CreatePartitionsResponse response =
        cluster.run(new CreatePartitions(new CreatePartitionsRequest().topics(List.of(topic))));
    var result = response.results().getFirst();
    assertThat(ErrorCode.forCode(result.errorCode())).as(result.errorMessage()).isEqualTo(code);
    if (code == ErrorCode.NONE) {
      assertThat(cluster.image.topic("t").partitions()).hasSize(topic.count());
      assertThat(cluster.image.topic("t").partition(topic.count() - 1).index())
          .isEqualTo(topic.count() - 1);
    } else {
      assertThat(result.errorMessage()).contains(message);
      assertThat(cluster.image).isSameAs(before);
    }
  }

  @Test
  void namedTwiceOrOnlyValidatedChangesNothing() {
    ClusterImage before = cluster.image;
    CreatePartitionsResponse twice =
        cluster.run(
            new CreatePartitions(
                new CreatePartitionsRequest().topics(List.of(grow("t", 4), grow("t", 5)))));
    assertThat(twice.results()).hasSize(1);
    assertThat(twice.results().getFirst().errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
    CreatePartitionsResponse valid =
        cluster.run(
            new CreatePartitions(
                new CreatePartitionsRequest().topics(List.of(grow("t", 4))).validateOnly(true)));
    assertThat(valid.results().getFirst().errorCode()).isZero();
    assertThat(cluster.image).isSameAs(before);
  }
}
