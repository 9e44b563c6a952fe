package io.tailrace.coordinator.differential;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Known differences that the streams of {@link DifferentialTest} keep away from. */
final class KnownDifferencesTest {
  private static final long START_MS = 1_700_000_000_000L;

  private final Side kafka = new Side(new KafkaGroups(Streams.settings(1), START_MS), START_MS);
  private final Side tailrace =
      new Side(new TailraceGroups(Streams.settings(1), START_MS), START_MS);

  KnownDifferencesTest() {
    both(new Step.SetTopics(List.of(new Topic("topic", new UUID(1, 1), 1))));
  }

  private record Lines(TreeMap<String, String> kafka, TreeMap<String, String> tailrace) {}

  private Lines both(Step step) {
    return new Lines(kafka.apply(step).lines(), tailrace.apply(step).lines());
  }

  private static Step ask(Api api, int version, Message request) {
    return new Step.Ask(api, (short) version, request, "client", answer -> {});
  }

  /** In Kafka it is there until the next restart, without a record. */
  @Test
  void aCommitOfWhichNothingIsStoredMakesNoGroup() {
    both(commit("group", "x".repeat(Streams.METADATA_MAX + 1)));
    both(commit("other", ""));
    Lines listed = both(ask(Api.LIST_GROUPS, 5, new ListGroupsRequest()));
    String groups = "answer 2 to LIST_GROUPS v5.groups";
    assertThat(listed.kafka()).containsKey(groups + "[group].groupState");
    assertThat(listed.tailrace()).containsEntry(groups + ".size", "1");
    assertThat(listed.tailrace()).containsKey(groups + "[other].groupState");
  }

  private static Step commit(String groupId, String metadata) {
    OffsetCommitRequestPartition partition =
        new OffsetCommitRequestPartition().committedMetadata(metadata);
    OffsetCommitRequestTopic topic =
        new OffsetCommitRequestTopic().name("topic").partitions(List.of(partition));
    return ask(
        Api.OFFSET_COMMIT, 9, new OffsetCommitRequest().groupId(groupId).topics(List.of(topic)));
  }

  /** Kafka does, too, if there are new topics: it stores as of which metadata they were. */
  @Test
  void regularExpressionsAreLookedUpAfterALoad() {
    ConsumerGroupHeartbeatRequest heartbeat =
        new ConsumerGroupHeartbeatRequest().groupId("group").memberId("member");
    both(
        ask(
            Api.CONSUMER_GROUP_HEARTBEAT,
            1,
            heartbeat
                .rebalanceTimeoutMs(1000)
                .subscribedTopicRegex("t.*")
                .topicPartitions(List.of())));
    both(new Step.Wait(15_000));
    both(new Step.Restart());
    heartbeat
        .memberEpoch(1)
        .rebalanceTimeoutMs(-1)
        .subscribedTopicRegex(null)
        .topicPartitions(null);
    Lines lines = both(ask(Api.CONSUMER_GROUP_HEARTBEAT, 1, heartbeat));
    String regex = "record ConsumerGroupRegularExpressionKey(groupId=group, regularExpression=t.*)";
    assertThat(lines.kafka()).doesNotContainKey(regex);
    assertThat(lines.tailrace()).containsEntry(regex, "v0");
  }

  /** In Kafka it has nothing from then on, until the next epoch. */
  @Test
  void aMemberThatTakesOnAnInstanceIdKeepsItsTarget() {
    both(join("member", "topic", null));
    both(new Step.Wait(15_000));
    both(join("other", "nothing", null));
    Lines lines = both(join("member", "topic", "static"));
    String assigned =
        "record ConsumerGroupCurrentMemberAssignmentKey(groupId=group, memberId=member)"
            + ".assignedPartitions";
    assertThat(lines.kafka()).containsEntry(assigned, "[]");
    assertThat(lines.tailrace())
        .containsEntry(assigned + "[" + new UUID(1, 1) + "].partitions", "[0]");
  }

  private static Step join(String memberId, String topic, String instanceId) {
    return ask(
        Api.CONSUMER_GROUP_HEARTBEAT,
        1,
        new ConsumerGroupHeartbeatRequest()
            .groupId("group")
            .memberId(memberId)
            .instanceId(instanceId)
            .rebalanceTimeoutMs(1000)
            .subscribedTopicNames(List.of(topic))
            .topicPartitions(List.of()));
  }
}
