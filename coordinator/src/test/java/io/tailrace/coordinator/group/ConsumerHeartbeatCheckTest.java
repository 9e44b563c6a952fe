package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Requests that make no sense, with the answers that Kafka gives. */
class ConsumerHeartbeatCheckTest {
  private static final Supplier<List<String>> ASSIGNORS = () -> List.of("uniform", "range");

  private static void assertRefused(ConsumerGroupHeartbeatRequest request, String message) {
    assertRefused(request, (short) 1, ErrorCode.INVALID_REQUEST, message);
  }

  private static void assertRefused(
      ConsumerGroupHeartbeatRequest request, short version, ErrorCode code, String message) {
    assertThatThrownBy(() -> ConsumerHeartbeatCheck.request(request, version, ASSIGNORS))
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }

  @Test
  void idsMustNotBeBlank() {
    assertRefused(join(" ", "foo"), "MemberId can't be empty.");
    assertRefused(join("m", "foo").groupId(""), "GroupId can't be empty.");
    assertRefused(join("m", "foo").instanceId(" "), "InstanceId can't be empty.");
    assertRefused(join("m", "foo").rackId(""), "RackId can't be empty.");
    assertRefused(beat("", -2), "MemberId can't be empty.");
  }

  @Test
  void idsMustFitIntoTheKeysOfRecords() {
    String longest = "ü".repeat(16_383) + "u";
    ConsumerHeartbeatCheck.request(join(longest, "foo").groupId(longest), (short) 1, ASSIGNORS);
    assertRefused(join(longest + "u", "foo"), "MemberId can't be longer than 32767 bytes.");
    assertRefused(
        join("m", "foo").groupId("g".repeat(100_000)), "GroupId can't be longer than 32767 bytes.");
  }

  @Test
  void onlyInVersion0TheCoordinatorMakesUpMemberIds() {
    ConsumerHeartbeatCheck.request(join("", "foo"), (short) 0, ASSIGNORS);
    assertRefused(beat("", 1), (short) 0, ErrorCode.INVALID_REQUEST, "MemberId can't be empty.");
    assertRefused(beat("", -1), (short) 0, ErrorCode.INVALID_REQUEST, "MemberId can't be empty.");
  }

  @Test
  void aFirstRequestSaysAll() {
    assertRefused(
        join("m", "foo").rebalanceTimeoutMs(-1),
        "RebalanceTimeoutMs must be provided in first request.");
    assertRefused(
        join("m", "foo").topicPartitions(null), "TopicPartitions must be empty when (re-)joining.");
    assertRefused(
        join("m", "foo").topicPartitions(List.of(new TopicPartitions())),
        "TopicPartitions must be empty when (re-)joining.");
    assertRefused(
        join("m").subscribedTopicNames(null),
        "Either SubscribedTopicNames or SubscribedTopicRegex must be non-null when (re-)joining.");
  }

  @Test
  void epochsBelowMinusTwoMeanNothing() {
    assertRefused(beat("m", -3), "MemberEpoch is invalid.");
    assertRefused(beat("m", -2), "InstanceId can't be null.");
  }

  @Test
  void theAssignorMustBeSupported() {
    assertRefused(
        join("m", "foo").serverAssignor("sticky"),
        (short) 1,
        ErrorCode.UNSUPPORTED_ASSIGNOR,
        "ServerAssignor sticky is not supported. Supported assignors: uniform, range.");
  }
}
