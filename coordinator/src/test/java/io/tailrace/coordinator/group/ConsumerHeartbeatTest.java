package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.GROUP;
import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static io.tailrace.coordinator.group.ConsumerTestBed.owning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.KafkaUuid;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ConsumerHeartbeatTest extends ConsumerTestCase {

  @Test
  void theFirstMemberHasAllAtOnce() {
    ConsumerGroupHeartbeatResponse response = bed.send(join("m1", "foo", "bar", "not there"));
    assertThat(response.memberId()).isEqualTo("m1");
    assertThat(response.memberEpoch()).isEqualTo(2);
    assertThat(response.heartbeatIntervalMs()).isEqualTo(5000);
    assertThat(assignment(response))
        .isEqualTo(
            Map.of(bed.topics.id("foo"), Set.of(0, 1, 2, 3), bed.topics.id("bar"), Set.of(0, 1)));
    assertThat(kinds(bed.takeRecords()))
        .containsExactly(
            "+MemberMetadata",
            "+Metadata",
            "+TargetAssignmentMember",
            "+TargetAssignmentMetadata",
            "+CurrentMemberAssignment");
    assertThat(bed.group().state()).isEqualTo("Stable");
  }

  @Test
  void aHeartbeatWithoutNewsWritesNothingAndSaysNothing() {
    bed.send(join("m1", "foo"));
    bed.takeRecords();
    ConsumerGroupHeartbeatResponse response = bed.send(beat("m1", 2));
    assertThat(assignment(response)).isNull();
    assertThat(response.memberEpoch()).isEqualTo(2);
    assertThat(bed.takeRecords()).isEmpty();
  }

  @Test
  void aHeartbeatIsQuickIfItNeedsNoRecords() {
    bed.send(join("m1", "foo"));
    assertThat(bed.groups().isQuick(beat("m1", 2))).as("topics to look up").isFalse();
    bed.send(beat("m1", 2));
    assertThat(bed.groups().isQuick(beat("m1", 2))).isTrue();
    assertThat(bed.groups().isQuick(beat("m1", 1))).as("another epoch").isFalse();
    assertThat(bed.groups().isQuick(beat("m2", 2))).as("unknown member").isFalse();
    assertThat(bed.groups().isQuick(beat("m1", 2).groupId("other"))).isFalse();
    assertThat(bed.groups().isQuick(join("m1", "foo").memberEpoch(2))).as("names").isFalse();
    assertThat(bed.groups().isQuick(beat("m1", 2).subscribedTopicRegex("f.*"))).isFalse();
    bed.topics(bed.topics.with("baz", 1), "foo");
    assertThat(bed.groups().isQuick(beat("m1", 2))).as("topics have changed").isFalse();
    bed.send(beat("m1", 2));
    bed.send(join("m2", "foo"));
    assertThat(bed.groups().isQuick(beat("m1", 2))).as("something to give up").isFalse();
  }

  @Test
  void aFullRequestIsAnsweredInFull() {
    bed.send(join("m1", "foo"));
    ConsumerGroupHeartbeatResponse response =
        bed.send(join("m1", "foo").memberEpoch(2).topicPartitions(owning(foo(0))));
    assertThat(assignment(response)).isEqualTo(foo(0, 1, 2, 3));
  }

  @Test
  void inVersion0TheCoordinatorMakesUpTheMemberId() {
    ConsumerGroupHeartbeatResponse response = bed.send(join("", "foo"), (short) 0);
    assertThat(response.memberId()).isEqualTo(KafkaUuid.toText(new UUID(0, 1)));
    assertThat(bed.send(beat(response.memberId(), 2), (short) 0).memberEpoch()).isEqualTo(2);
  }

  @Test
  void anEpochThatIsNotTheMembersIsFenced() {
    bed.send(join("m1", "foo"));
    String rejoin = " The member must abandon all its partitions and rejoin.";
    assertRefused(
        () -> bed.send(beat("m1", 3)),
        ErrorCode.FENCED_MEMBER_EPOCH,
        "The consumer group member has a greater member epoch (3) than the one known by the group"
            + " coordinator (2)."
            + rejoin);
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("foo", "bar")));
    bed.send(beat("m1", 3).subscribedTopicNames(List.of("foo")));
    assertRefused(
        () -> bed.send(beat("m1", 2).topicPartitions(List.of())),
        ErrorCode.FENCED_MEMBER_EPOCH,
        "The consumer group member has a smaller member epoch (2) than the one known by the group"
            + " coordinator (3)."
            + rejoin);
  }

  @Test
  void theEpochBeforeIsTakenFromAMemberThatHasNothingElse() {
    bed.send(join("m1", "foo"));
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("foo", "bar")));
    assertThat(bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1)))).memberEpoch())
        .isEqualTo(3);
    assertRefused(
        () -> bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 9)))),
        ErrorCode.FENCED_MEMBER_EPOCH,
        "The consumer group member has a smaller member epoch (2) than the one known by the group"
            + " coordinator (3). The member must abandon all its partitions and rejoin.");
    assertThatThrownBy(() -> bed.send(beat("m1", 2))).isInstanceOf(CoordinatorException.class);
  }

  @Test
  void whatIsNotThereIsNotFound() {
    assertRefused(
        () -> bed.send(beat("m1", 2)),
        ErrorCode.GROUP_ID_NOT_FOUND,
        "Consumer group group not found.");
    assertRefused(
        () -> bed.send(beat("m1", -1)),
        ErrorCode.GROUP_ID_NOT_FOUND,
        "Consumer group group not found.");
    bed.send(join("m1", "foo"));
    for (int epoch : new int[] {1, -1}) {
      assertRefused(
          () -> bed.send(beat("m2", epoch)),
          ErrorCode.UNKNOWN_MEMBER_ID,
          "Member m2 is not a member of group group.");
    }
    assertRefused(
        () -> bed.send(beat("m1", -2).instanceId("i")),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Instance id i is unknown.");
  }

  @Test
  void aFullGroupTakesNoMore() {
    bed.settings = withMaxSize(1);
    bed.send(join("m1", "foo"));
    assertRefused(
        () -> bed.send(join("m2", "foo")),
        ErrorCode.GROUP_MAX_SIZE_REACHED,
        "The consumer group has reached its maximum capacity of 1 members.");
    assertThat(bed.send(join("m1", "foo")).memberEpoch()).isEqualTo(2);
  }

  private static GroupSettings withMaxSize(int maxSize) {
    GroupSettings s = GroupSettings.DEFAULT;
    return new GroupSettings(
        s.offsetMetadataMaxBytes(),
        s.offsetsRetentionMs(),
        s.offsetsRetentionCheckMs(),
        s.classicMinSessionMs(),
        s.classicMaxSessionMs(),
        s.initialRebalanceDelayMs(),
        s.classicMaxSize(),
        s.consumerSessionMs(),
        s.consumerMinSessionMs(),
        s.consumerMaxSessionMs(),
        s.consumerHeartbeatMs(),
        s.consumerMinHeartbeatMs(),
        s.consumerMaxHeartbeatMs(),
        s.consumerAssignmentMs(),
        s.consumerMinAssignmentMs(),
        s.consumerMaxAssignmentMs(),
        maxSize,
        s.consumerAssignors(),
        s.consumerRegexRefreshMs(),
        s.migration());
  }

  @Test
  void aRefusedAppendLeavesNoTrace() {
    bed.send(join("m1", "foo"));
    List<Object> before = bed.state();
    bed.log.refuse(1);
    assertThatThrownBy(() -> bed.send(join("m2", "foo"))).isInstanceOf(CoordinatorException.class);
    assertThat(bed.state()).isEqualTo(before);
    bed.topics(bed.topics.with("foo", 6), "foo");
    bed.log.refuse(1);
    assertThatThrownBy(() -> bed.send(beat("m1", 2))).isInstanceOf(CoordinatorException.class);
    assertThat(bed.send(beat("m1", 2)).memberEpoch())
        .as("the topics are looked at again")
        .isEqualTo(3);
    bed.log.refuse(1);
    assertThatThrownBy(() -> bed.send(beat("m1", -1))).isInstanceOf(CoordinatorException.class);
    bed.pass(45_000);
    assertThat(bed.group().member("m1")).as("its session still runs").isNull();
  }

  @Test
  void mostMembersChooseTheAssignor() {
    bed.send(join("m1", "foo"));
    assertThat(bed.groups().describe(GROUP).assignorName()).isEqualTo("uniform");
    bed.send(join("m2", "foo").serverAssignor("range"));
    assertThat(bed.groups().describe(GROUP).assignorName()).isEqualTo("range");
    bed.send(join("m3", "foo").serverAssignor("uniform"));
    assertThat(bed.groups().describe(GROUP).assignorName()).isEqualTo("uniform");
  }
}
