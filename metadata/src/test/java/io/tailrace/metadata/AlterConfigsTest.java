package io.tailrace.metadata;

import static io.tailrace.metadata.ConfigEdits.APPEND;
import static io.tailrace.metadata.ConfigEdits.DELETE;
import static io.tailrace.metadata.ConfigEdits.SET;
import static io.tailrace.metadata.ConfigEdits.SUBTRACT;
import static io.tailrace.metadata.TestCluster.configured;
import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tailrace.metadata.ConfigEdits.Edit;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class AlterConfigsTest {
  private static final ConfigResource TOPIC = ConfigResource.topic("t");
  private final TestCluster cluster = TestCluster.of(1);

  @BeforeEach
  void setUp() {
    cluster.create(configured("t", Map.of("retention.ms", "5")), topic("u"));
  }

  private static Edit edit(String name, int operation, @Nullable String value) {
    return new Edit(name, (byte) operation, value);
  }

  private static ConfigEdits edits(ConfigResource resource, Edit... edits) {
    return new ConfigEdits(resource, List.of(edits), false);
  }

  private static ConfigEdits replacement(ConfigResource resource, Edit... edits) {
    return new ConfigEdits(resource, List.of(edits), true);
  }

  private List<AlterConfigs.Result> alter(boolean validateOnly, ConfigEdits... resources) {
    return cluster.run(
        new AlterConfigs<>(List.of(resources), validateOnly, TestCluster.POLICY, it -> it));
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        arguments(
            edits(TOPIC, edit("cleanup.policy", SET, "compact")),
            Map.of("retention.ms", "5", "cleanup.policy", "compact")),
        arguments(edits(TOPIC, edit("retention.ms", SET, "7")), Map.of("retention.ms", "7")),
        arguments(edits(TOPIC, edit("retention.ms", DELETE, null)), Map.of()),
        arguments(edits(TOPIC, edit("retention.ms", DELETE, "x")), Map.of()),
        arguments(edits(TOPIC, edit("no.such", DELETE, null)), Map.of("retention.ms", "5")),
        arguments(
            edits(TOPIC, edit("cleanup.policy", APPEND, "compact")),
            Map.of("retention.ms", "5", "cleanup.policy", "delete,compact")),
        arguments(
            edits(TOPIC, edit("cleanup.policy", APPEND, "delete, compact,")),
            Map.of("retention.ms", "5", "cleanup.policy", "delete,compact")),
        arguments(
            edits(TOPIC, edit("cleanup.policy", SUBTRACT, "compact")),
            Map.of("retention.ms", "5", "cleanup.policy", "delete")),
        arguments(edits(TOPIC), Map.of("retention.ms", "5")),
        arguments(replacement(TOPIC), Map.of()),
        arguments(
            replacement(TOPIC, edit("cleanup.policy", SET, "compact")),
            Map.of("cleanup.policy", "compact")),
        arguments(
            edits(ConfigResource.CLUSTER_DEFAULT, edit("retention.ms", SET, "1")),
            Map.of("retention.ms", "1")),
        arguments(
            edits(ConfigResource.broker(1), edit("retention.ms", SET, "1")),
            Map.of("retention.ms", "1")),
        arguments(
            edits(new ConfigResource(ConfigResource.GROUP, "g"), edit("retention.ms", SET, "1")),
            Map.of("retention.ms", "1")));
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void eachAcceptedRowLeavesTheseOverrides(ConfigEdits edits, Map<String, String> expected) {
    ClusterImage before = cluster.image;
    assertThat(alter(true, edits).getFirst().code()).isEqualTo(ErrorCode.NONE);
    assertThat(cluster.image).isSameAs(before);
    AlterConfigs.Result result = alter(false, edits).getFirst();
    assertThat(result.code()).as(result.message()).isEqualTo(ErrorCode.NONE);
    assertThat(cluster.image.configs(edits.resource())).isEqualTo(expected);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        arguments(
            edits(TOPIC, edit("retention.ms", SET, "soon")), ErrorCode.INVALID_CONFIG, "soon"),
        arguments(edits(TOPIC, edit("no.such", SET, "1")), ErrorCode.INVALID_CONFIG, "no.such"),
        arguments(
            edits(TOPIC, edit("retention.ms", APPEND, "1")), ErrorCode.INVALID_CONFIG, "no list"),
        arguments(
            edits(TOPIC, edit("retention.ms", SUBTRACT, "1")), ErrorCode.INVALID_CONFIG, "no list"),
        arguments(
            edits(TOPIC, edit("cleanup.policy", SUBTRACT, "delete")),
            ErrorCode.INVALID_CONFIG,
            "cleanup.policy="),
        arguments(
            edits(TOPIC, edit("retention.ms", SET, "1".repeat(32_768))),
            ErrorCode.INVALID_CONFIG,
            "32768"),
        arguments(
            edits(TOPIC, edit("retention.ms", SET, null)), ErrorCode.INVALID_REQUEST, "no value"),
        arguments(
            edits(TOPIC, edit("cleanup.policy", APPEND, null)),
            ErrorCode.INVALID_REQUEST,
            "no value"),
        arguments(
            edits(TOPIC, edit("retention.ms", 4, "1")), ErrorCode.INVALID_REQUEST, "operation 4"),
        arguments(
            edits(TOPIC, edit("retention.ms", -1, "1")), ErrorCode.INVALID_REQUEST, "operation -1"),
        arguments(
            edits(TOPIC, edit("retention.ms", SET, "1"), edit("retention.ms", DELETE, null)),
            ErrorCode.INVALID_REQUEST,
            "'retention.ms' twice"),
        arguments(
            edits(ConfigResource.topic("nope"), edit("retention.ms", SET, "1")),
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            "'nope'"),
        arguments(
            edits(ConfigResource.topic("../x"), edit("retention.ms", SET, "1")),
            ErrorCode.INVALID_TOPIC_EXCEPTION,
            "'/'"),
        arguments(edits(ConfigResource.topic("")), ErrorCode.INVALID_REQUEST, "name one"),
        arguments(
            edits(ConfigResource.broker(2), edit("retention.ms", SET, "1")),
            ErrorCode.INVALID_REQUEST,
            "the brokers are [1]"),
        arguments(
            edits(new ConfigResource(ConfigResource.BROKER, "01"), edit("retention.ms", SET, "1")),
            ErrorCode.INVALID_REQUEST,
            "'01' is no broker"),
        arguments(
            edits(ConfigResource.broker(1), edit("no.such", SET, "1")),
            ErrorCode.INVALID_REQUEST,
            "no.such"),
        arguments(
            edits(new ConfigResource(ConfigResource.BROKER_LOGGER, "1")),
            ErrorCode.INVALID_REQUEST,
            "log levels"),
        arguments(
            edits(new ConfigResource(ConfigResource.GROUP, "")),
            ErrorCode.INVALID_REQUEST,
            "name one"),
        arguments(edits(new ConfigResource((byte) 99, "x")), ErrorCode.INVALID_REQUEST, "type 99"),
        arguments(edits(new ConfigResource((byte) 0, "x")), ErrorCode.INVALID_REQUEST, "type 0"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void eachRefusedRowGetsItsErrorAndChangesNothing(
      ConfigEdits edits, ErrorCode code, String message) {
    ClusterImage before = cluster.image;
    AlterConfigs.Result result = alter(false, edits).getFirst();
    assertThat(result.code()).as(result.message()).isEqualTo(code);
    assertThat(result.message()).contains(message);
    assertThat(cluster.image).isSameAs(before);
  }

  @Test
  void aResourceNamedTwiceIsRefusedBothTimesAndTheOthersGoOn() {
    List<AlterConfigs.Result> results =
        alter(
            false,
            edits(TOPIC, edit("retention.ms", SET, "1")),
            edits(ConfigResource.topic("u"), edit("retention.ms", SET, "2")),
            edits(TOPIC, edit("retention.ms", SET, "3")));
    assertThat(results)
        .extracting(AlterConfigs.Result::code)
        .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.NONE, ErrorCode.INVALID_REQUEST);
    assertThat(cluster.image.configs(TOPIC)).isEqualTo(Map.of("retention.ms", "5"));
    assertThat(cluster.image.configs(ConfigResource.topic("u")))
        .isEqualTo(Map.of("retention.ms", "2"));
  }

  @Test
  void anUnchangedValueIsWrittenForBrokersOnly() {
    AlterConfigs<List<AlterConfigs.Result>> same =
        new AlterConfigs<>(
            List.of(edits(TOPIC, edit("retention.ms", SET, "5"))),
            false,
            TestCluster.POLICY,
            it -> it);
    assertThat(same.decide(cluster.image).records()).isEmpty();
    ConfigEdits broker = edits(ConfigResource.broker(1), edit("retention.ms", SET, "5"));
    alter(false, broker);
    AlterConfigs<List<AlterConfigs.Result>> again =
        new AlterConfigs<>(List.of(broker), false, TestCluster.POLICY, it -> it);
    assertThat(again.decide(cluster.image).records()).hasSize(1);
  }
}
