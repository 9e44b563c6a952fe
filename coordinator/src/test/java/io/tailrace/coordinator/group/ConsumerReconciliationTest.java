package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static io.tailrace.coordinator.group.ConsumerTestBed.owning;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.group.ConsumerAssignment.State;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Partitions on their way from member to member. */
class ConsumerReconciliationTest extends ConsumerTestCase {

  @Test
  void partitionsMoveOnceTheyAreGivenUp() {
    bed.send(join("m1", "foo"));
    ConsumerGroupHeartbeatResponse joined = bed.send(join("m2", "foo"));
    assertThat(joined.memberEpoch()).isEqualTo(3);
    assertThat(assignment(joined)).as("nothing is free").isEmpty();
    assertThat(bed.member("m2").assignment().state()).isEqualTo(State.UNRELEASED_PARTITIONS);

    ConsumerGroupHeartbeatResponse revoke = bed.send(beat("m1", 2));
    assertThat(revoke.memberEpoch()).isEqualTo(2);
    assertThat(assignment(revoke)).isEqualTo(foo(0, 1));
    assertThat(bed.member("m1").assignment().state()).isEqualTo(State.UNREVOKED_PARTITIONS);
    assertThat(bed.send(beat("m2", 3)).assignment()).isNull();
    assertThat(bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1, 2)))).memberEpoch())
        .as("it still has one of them")
        .isEqualTo(2);
    assertThat(bed.group().state()).isEqualTo("Reconciling");

    ConsumerGroupHeartbeatResponse done =
        bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1))));
    assertThat(done.memberEpoch()).isEqualTo(3);
    assertThat(assignment(bed.send(beat("m2", 3)))).isEqualTo(foo(2, 3));
    assertThat(bed.group().state()).isEqualTo("Stable");
    assertThat(bed.member("m2").ownedSince(bed.topics.id("foo"), 3)).isEqualTo(3);
    assertThat(bed.member("m1").ownedSince(bed.topics.id("foo"), 0)).isEqualTo(2);
  }

  @Test
  void onlyMembersWhoseTargetChangesGetRecords() {
    bed.topics = bed.topics.with("foo", 12);
    for (int i = 0; i < 4; i++) {
      bed.send(join("m" + i, "foo"));
    }
    bed.takeRecords();
    bed.send(join("m4", "foo"));
    bed.send(join("m5", "foo"));
    bed.takeRecords();
    bed.send(beat("m5", -1));
    bed.send(beat("m4", -1));
    bed.takeRecords();
    bed.send(join("m4", "bar"));
    assertThat(kinds(bed.takeRecords()))
        .filteredOn("+TargetAssignmentMember"::equals)
        .as("m0 to m3 get what m4 and m5 had")
        .hasSize(5);
    bed.send(join("m5", "bar"));
    assertThat(kinds(bed.takeRecords())).filteredOn("+TargetAssignmentMember"::equals).hasSize(2);
  }

  @Test
  void targetsAreComputedNoMoreOftenThanTheIntervalSays() {
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "1000");
    bed.send(join("m1", "foo"));
    ConsumerGroupHeartbeatResponse joined = bed.send(join("m2", "foo"));
    assertThat(joined.memberEpoch()).as("with the target that holds").isEqualTo(2);
    assertThat(assignment(joined)).isEmpty();
    assertThat(bed.group().state()).isEqualTo("Assigning");
    bed.pass(999);
    assertThat(bed.send(beat("m2", 2)).memberEpoch()).isEqualTo(2);
    bed.pass(1);
    assertThat(bed.send(beat("m2", 2)).memberEpoch()).isEqualTo(3);
  }

  @Test
  void theBrokersIntervalHoldsWhereTheGroupHasNone() {
    bed.groupConfigs.remove(ConsumerSettings.ASSIGNMENT_INTERVAL);
    bed.send(join("m1", "foo"));
    assertThat(bed.send(join("m2", "foo")).memberEpoch()).isEqualTo(2);
    bed.pass(GroupSettings.DEFAULT.consumerAssignmentMs() - 1);
    assertThat(bed.send(beat("m2", 2)).memberEpoch()).isEqualTo(2);
    bed.pass(1);
    assertThat(bed.send(beat("m2", 2)).memberEpoch()).isEqualTo(3);
  }

  @Test
  void anIntervalBeyondTheBrokersLimitCountsAsTheLimit() {
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "60000");
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.pass(GroupSettings.DEFAULT.consumerMaxAssignmentMs());
    assertThat(bed.send(beat("m2", 2)).memberEpoch()).isEqualTo(3);
  }

  @Test
  void aClockThatGoesBackDoesNotHoldUpTheTarget() {
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "1000");
    bed.send(join("m1", "foo"));
    bed.pass(-3_600_000);
    assertThat(bed.send(join("m2", "foo")).memberEpoch()).isEqualTo(3);
  }

  @Test
  void aMemberThatDoesNotGiveUpInTimeIsPutOut() {
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    bed.pass(ConsumerTestBed.REBALANCE_MS - 1);
    bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1, 2, 3))));
    assertThat(bed.group().member("m1")).isNotNull();
    bed.pass(1);
    assertThat(bed.group().member("m1")).isNull();
    assertThat(assignment(bed.send(beat("m2", 3)))).isEqualTo(foo(0, 1, 2, 3));
  }

  @Test
  void aMemberThatRejoinsStartsWithWhatIsStillIts() {
    twoMembers();
    ConsumerGroupHeartbeatResponse again = bed.send(join("m1", "foo"));
    assertThat(again.memberEpoch()).isEqualTo(3);
    assertThat(assignment(again)).isEqualTo(foo(0, 1));
  }

  @Test
  void aMemberGivesUpWhatItNoLongerSubscribesTo() {
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "1000");
    bed.send(join("m1", "foo", "bar"));
    ConsumerGroupHeartbeatResponse response =
        bed.send(beat("m1", 2).subscribedTopicNames(List.of("foo")));
    assertThat(assignment(response)).as("though there is no new target").isEqualTo(foo(0, 1, 2, 3));
    assertThat(bed.member("m1").assignment().revoking()).containsKey(bed.topics.id("bar"));
    bed.pass(1000);
    response = bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1, 2, 3))));
    assertThat(response.memberEpoch()).isEqualTo(3);
    assertThat(bed.group().state()).isEqualTo("Stable");
  }

  @Test
  void aTargetThatIsOlderThanTheSubscriptionKeepsNothingElse() {
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "1000");
    assertThat(assignment(bed.send(beat("m1", 2).subscribedTopicNames(List.of("bar"))))).isEmpty();
    assertThat(bed.member("m1").assignment().revoking()).containsKey(bed.topics.id("foo"));
  }

  @Test
  void whoHasGivenUpInTimeStaysThoughItsEpochIsTheSame() {
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "60000");
    bed.send(join("m1", "foo", "bar"));
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("foo")));
    bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1, 2, 3))));
    assertThat(bed.member("m1").assignment().state()).isEqualTo(State.STABLE);
    bed.pass(ConsumerTestBed.REBALANCE_MS);
    assertThat(bed.group().member("m1")).isNotNull();
  }

  @Test
  void aTargetThatIsOlderThanTheSubscriptionGivesNothingElse() {
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "1000");
    bed.send(beat("m2", 3).subscribedTopicNames(List.of("bar")));
    bed.send(beat("m1", 2));
    bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1))));
    ConsumerGroupHeartbeatResponse response =
        bed.send(join("m2", "bar").memberEpoch(3).topicPartitions(List.of()));
    assertThat(assignment(response)).as("foo's partitions are free, and its target").isEmpty();
    bed.pass(1000);
    assertThat(assignment(bed.send(beat("m2", 3)))).containsOnlyKeys(bed.topics.id("bar"));
  }
}
