package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static io.tailrace.coordinator.group.ConsumerTestBed.owning;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import org.junit.jupiter.api.Test;

class ConsumerStaticMembersTest extends ConsumerTestCase {

  @Test
  void aStaticMemberKeepsItsPartitionsWhileItIsAway() {
    bed.send(join("m1", "foo").instanceId("i1"));
    bed.send(join("m2", "foo").instanceId("i2"));
    bed.send(beat("m1", 2));
    bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1))));
    bed.send(beat("m2", 3));
    bed.takeRecords();
    assertThat(bed.send(beat("m1", -2).instanceId("i1")).memberEpoch()).isEqualTo(-2);
    assertThat(kinds(bed.takeRecords())).containsExactly("+CurrentMemberAssignment");
    assertThat(bed.send(beat("m2", 3)).assignment()).isNull();

    ConsumerGroupHeartbeatResponse back = bed.send(join("m3", "foo").instanceId("i1"));
    assertThat(back.memberEpoch()).as("no new epoch for the group").isEqualTo(3);
    assertThat(assignment(back)).isEqualTo(foo(0, 1));
    assertThat(bed.member("m3").ownedSince(bed.topics.id("foo"), 0)).isZero();
    assertThat(bed.group().member("m1")).isNull();
    assertThat(bed.group().epoch()).isEqualTo(3);
    assertRefused(
        () -> bed.send(beat("m1", 3).instanceId("i1")),
        ErrorCode.FENCED_INSTANCE_ID,
        "Static member m1 with instance id i1 was fenced by member m3.");
    bed.pass(44_000);
    bed.send(beat("m3", 3));
    bed.pass(5_000);
    assertThat(bed.group().member("m3")).as("m1's session is not m3's").isNotNull();
  }

  @Test
  void aStaticMemberThatGoesAwayGivesUpWhatItWasToGiveUp() {
    bed.send(join("m1", "foo").instanceId("i1"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    bed.pass(1_000);
    bed.send(beat("m1", -2).instanceId("i1"));
    assertThat(assignment(bed.send(beat("m2", 3)))).isEqualTo(foo(2, 3));
    bed.pass(ConsumerTestBed.REBALANCE_MS);
    assertThat(bed.group().member("m1")).as("it is not late").isNotNull();
  }

  @Test
  void aMemberWithANewInstanceIdLeavesTheOldOneToOthers() {
    bed.send(join("m1", "foo").instanceId("i1"));
    bed.send(join("m1", "foo").instanceId("i2"));
    assertThat(bed.send(join("m2", "foo").instanceId("i1")).memberEpoch()).isPositive();
  }

  @Test
  void aStaticMemberThatStaysAwayIsPutOut() {
    bed.send(join("m1", "foo").instanceId("i1"));
    bed.send(beat("m1", -2).instanceId("i1"));
    bed.pass(45_000);
    assertThat(bed.group().state()).isEqualTo("Empty");
    assertThat(bed.send(join("m2", "foo").instanceId("i1")).memberEpoch()).isPositive();
  }

  @Test
  void anInstanceIdInUseIsNotGivenAway() {
    bed.send(join("m1", "foo").instanceId("i1"));
    assertRefused(
        () -> bed.send(join("m2", "foo").instanceId("i1")),
        ErrorCode.UNRELEASED_INSTANCE_ID,
        "Static member m2 with instance id i1 cannot join the group because the instance id is"
            + " owned by m1 member.");
  }
}
