package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import org.junit.jupiter.api.Test;

/** Members that leave, or are put out. */
class ConsumerDepartureTest extends ConsumerTestCase {

  @Test
  void aMemberThatLeavesIsGoneAndTheOthersHaveItsPartitions() {
    twoMembers();
    ConsumerGroupHeartbeatResponse left = bed.send(beat("m1", -1));
    assertThat(left.memberEpoch()).isEqualTo(-1);
    assertThat(kinds(bed.takeRecords()))
        .containsExactly(
            "-CurrentMemberAssignment", "-TargetAssignmentMember", "-MemberMetadata", "+Metadata");
    assertThat(assignment(bed.send(beat("m2", 3)))).isEqualTo(foo(0, 1, 2, 3));
    bed.send(beat("m2", -1));
    assertThat(bed.group().state()).isEqualTo("Empty");
    bed.pass(60_000);
  }

  @Test
  void aSilentMemberIsPutOutAfterItsSession() {
    twoMembers();
    bed.pass(44_000);
    bed.send(beat("m2", 3));
    bed.pass(1_000);
    assertThat(bed.group().member("m1")).isNull();
    assertThat(assignment(bed.send(beat("m2", 3)))).isEqualTo(foo(0, 1, 2, 3));
    assertRefused(
        () -> bed.send(beat("m1", 3)),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member m1 is not a member of group group.");
  }

  @Test
  void aGroupsOwnTimesHoldWithinTheBrokersLimits() {
    bed.groupConfigs.put(ConsumerSettings.SESSION_TIMEOUT, "50000");
    bed.groupConfigs.put(ConsumerSettings.HEARTBEAT_INTERVAL, "7000");
    assertThat(bed.send(join("m1", "foo")).heartbeatIntervalMs()).isEqualTo(7000);
    bed.pass(49_999);
    assertThat(bed.group().member("m1")).isNotNull();
    bed.groupConfigs.put(ConsumerSettings.SESSION_TIMEOUT, "3000000");
    bed.groupConfigs.put(ConsumerSettings.HEARTBEAT_INTERVAL, "1");
    assertThat(bed.send(beat("m1", 2)).heartbeatIntervalMs()).isEqualTo(5000);
    bed.pass(60_000);
    assertThat(bed.group().member("m1")).isNull();
  }

  @Test
  void afterARestartTimeoutsRunAnew() {
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    bed.pass(20_000);
    bed.restart();
    bed.pass(ConsumerTestBed.REBALANCE_MS - 1);
    assertThat(bed.group().member("m1")).isNotNull();
    bed.pass(1);
    assertThat(bed.group().member("m1")).isNull();
    bed.pass(15_000);
    assertThat(bed.group().member("m2")).isNull();
  }

  @Test
  void aMemberThatCouldNotBePutOutIsTriedAgain() {
    bed.send(join("m1", "foo"));
    bed.log.refuse(2);
    bed.pass(45_000);
    assertThat(bed.group().member("m1")).isNotNull();
    bed.pass(500);
    bed.pass(500);
    assertThat(bed.group().member("m1")).isNull();
  }
}
