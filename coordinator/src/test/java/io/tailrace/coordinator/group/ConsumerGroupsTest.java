package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.GROUP;
import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static io.tailrace.coordinator.group.ConsumerTestBed.owning;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.group.ConsumerAssignment.State;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.KafkaUuid;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataKey;
import io.tailrace.protocol.message.ConsumerGroupPartitionMetadataValue;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumerGroupsTest {
  private final ConsumerTestBed bed = new ConsumerTestBed();

  ConsumerGroupsTest() {
    bed.topics = bed.topics.with("foo", 4).with("bar", 2);
  }

  @AfterEach
  void theLogTellsTheSameAsTheState() {
    assertThat(bed.stateOfReplay()).isEqualTo(bed.state());
  }

  private Map<UUID, Set<Integer>> foo(Integer... partitions) {
    return Map.of(bed.topics.id("foo"), Set.of(partitions));
  }

  private static void assertRefused(ThrowingCallable call, ErrorCode code, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessage(message);
  }

  private static List<String> kinds(List<CoordinatorRecord> records) {
    return records.stream()
        .map(record ->
            (record.value() == null ? "-" : "+")
                + record.key().getClass().getSimpleName().replaceAll("ConsumerGroup|Key", ""))
        .toList();
  }

  /** Two members, each with two of foo's partitions; m1 had all four before. */
  private void twoMembers() {
    bed.send(join("m1", "foo"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    bed.send(beat("m1", 2).topicPartitions(owning(foo(0, 1))));
    bed.send(beat("m2", 3));
    bed.send(beat("m1", 3));
    assertThat(bed.group().state()).isEqualTo("Stable");
    bed.takeRecords();
  }

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
  void aClockThatGoesBackDoesNotHoldUpTheTarget() {
    bed.groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "1000");
    bed.send(join("m1", "foo"));
    bed.pass(-3_600_000);
    assertThat(bed.send(join("m2", "foo")).memberEpoch()).isEqualTo(3);
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
        maxSize,
        s.consumerAssignors(),
        s.consumerRegexRefreshMs(),
        s.migration());
  }

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
  void aMemberThatRejoinsStartsWithWhatIsStillIts() {
    twoMembers();
    ConsumerGroupHeartbeatResponse again = bed.send(join("m1", "foo"));
    assertThat(again.memberEpoch()).isEqualTo(3);
    assertThat(assignment(again)).isEqualTo(foo(0, 1));
  }

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

  @Test
  void topicsThatComeGrowAndGoAreNoticedWithTheNextHeartbeat() {
    bed.send(join("m1", "foo", "new"));
    bed.topics(bed.topics.with("new", 1), "new");
    assertThat(assignment(bed.send(beat("m1", 2)))).containsKey(bed.topics.id("new"));
    bed.topics(bed.topics.with("foo", 6), "foo");
    assertThat(assignment(bed.send(beat("m1", 3))).get(bed.topics.id("foo"))).hasSize(6);
    bed.topics(bed.topics.without("foo"), "foo");
    assertThat(assignment(bed.send(beat("m1", 4)))).containsOnlyKeys(bed.topics.id("new"));
    bed.topics(bed.topics.with("bar", 7), "bar");
    bed.takeRecords();
    bed.send(beat("m1", 4));
    assertThat(bed.takeRecords()).as("bar is nothing to the group").isEmpty();
  }

  @Test
  void aTopicOfTheSameNameIsAnother() {
    bed.send(join("m1", "bar"));
    bed.topics(bed.topics.with("bar", new UUID(9, 9), 2), "bar");
    ConsumerGroupHeartbeatResponse response = bed.send(beat("m1", 2));
    assertThat(response.memberEpoch()).as("it has to give up the old one").isEqualTo(2);
    response = bed.send(beat("m1", 2).topicPartitions(List.of()));
    assertThat(assignment(response)).containsOnlyKeys(new UUID(9, 9));
  }

  @Test
  void topicsThatChangedWhileNobodyLookedAreNoticedAfterARestart() {
    bed.send(join("m1", "foo"));
    bed.send(beat("m1", 2));
    bed.topics = bed.topics.with("foo", 5);
    assertThat(bed.send(beat("m1", 2)).memberEpoch()).isEqualTo(2);
    bed.restart();
    assertThat(bed.send(beat("m1", 2)).memberEpoch()).isEqualTo(3);
  }

  @Test
  void whatOldKafkaWroteOfTheTopicsIsTakenOutOfTheLog() {
    bed.send(join("m1", "foo"));
    bed.append(
        List.of(
            new CoordinatorRecord(
                new ConsumerGroupPartitionMetadataKey().groupId(GROUP),
                new ConsumerGroupPartitionMetadataValue(),
                (short) 0)));
    bed.takeRecords();
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("bar")));
    assertThat(kinds(bed.takeRecords())).contains("-PartitionMetadata");
    bed.send(beat("m1", 2).subscribedTopicNames(List.of("foo")));
    assertThat(kinds(bed.takeRecords())).doesNotContain("-PartitionMetadata");
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

  @Test
  void describeShowsMembersTheirAssignmentsAndTargets() {
    bed.send(join("m1", "foo").rackId("r").instanceId("i"));
    bed.send(join("m2", "foo"));
    bed.send(beat("m1", 2));
    var described = bed.groups().describe(GROUP);
    assertThat(described.groupState()).isEqualTo("Reconciling");
    assertThat(described.groupEpoch()).isEqualTo(3);
    assertThat(described.assignmentEpoch()).isEqualTo(3);
    var member = described.members().getFirst();
    assertThat(member.memberId()).isEqualTo("m1");
    assertThat(member.instanceId()).isEqualTo("i");
    assertThat(member.rackId()).isEqualTo("r");
    assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
    assertThat(member.memberType()).isEqualTo((byte) 1);
    assertThat(member.assignment().topicPartitions().getFirst().partitions())
        .as("with what it is still to give up")
        .containsExactly(0, 1, 2, 3);
    assertThat(member.targetAssignment().topicPartitions().getFirst().partitions())
        .containsExactly(0, 1);
    assertThat(member.targetAssignment().topicPartitions().getFirst().topicName()).isEqualTo("foo");
  }

  @Test
  void describeOfWhatIsNoConsumerGroupSaysSo() {
    var described = bed.groups().describe("none");
    assertThat(described.errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    assertThat(described.errorMessage()).isEqualTo("Consumer group none not found.");
  }

  @Test
  void aGroupIsDeletedOnceItIsEmpty() {
    bed.send(join("m1", "foo"));
    assertRefused(
        () -> bed.group().checkDelete(),
        ErrorCode.NON_EMPTY_GROUP,
        "Group group still has members.");
    bed.send(beat("m1", -1));
    bed.group().checkDelete();
    List<CoordinatorRecord> tombstones = new ArrayList<>();
    bed.group().addTombstones(tombstones);
    bed.append(tombstones);
    assertThat(bed.find(GROUP)).isNull();
  }

  /** A classic group: of members, or of nothing but offsets that a client has committed. */
  private static Group classic(boolean empty) {
    ConsumerGroup shown = new ConsumerGroup(GROUP);
    return (Group)
        Proxy.newProxyInstance(
            Group.class.getClassLoader(),
            new Class<?>[] {Group.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isEmpty" -> empty;
                  case "protocolType" -> "";
                  case "type" -> Group.CLASSIC;
                  default -> method.invoke(shown, arguments);
                });
  }

  @Test
  void aGroupThatIsOffsetsAloneBecomesAConsumerGroup() {
    bed.put(classic(true));
    assertThat(bed.send(join("m1", "foo")).memberEpoch()).isEqualTo(2);
    assertThat(bed.group().type()).isEqualTo(Group.CONSUMER);
  }

  @Test
  void aClassicGroupWithMembersIsNone() {
    bed.send(join("m1", "foo"));
    ConsumerGroup before = bed.group();
    bed.put(classic(false));
    for (ConsumerGroupHeartbeatRequest request : List.of(join("m2", "foo"), beat("m2", 2))) {
      assertRefused(
          () -> bed.send(request),
          ErrorCode.GROUP_ID_NOT_FOUND,
          "Group group is not a consumer group.");
    }
    bed.put(before);
  }

  @Test
  void membersCommitWithTheirEpoch() {
    twoMembers();
    ConsumerGroup group = bed.group();
    group.checkCommit("m1", null, 3, false, (short) 9);
    group.checkCommit("", null, -1, true, (short) 3);
    assertRefused(
        () -> group.checkCommit("m1", null, 3, false, (short) 8),
        ErrorCode.UNSUPPORTED_VERSION,
        "OffsetCommit version 9 or above must be used by members using the consumer group"
            + " protocol");
    assertRefused(
        () -> group.checkCommit("m3", null, 3, false, (short) 9),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member m3 is not a member of group group.");
    assertRefused(
        () -> group.checkCommit("m1", null, 4, false, (short) 9),
        ErrorCode.STALE_MEMBER_EPOCH,
        "Received member epoch 4 is newer than current member epoch 3.");
    assertRefused(
        () -> group.checkCommit("", null, -1, false, (short) 9),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member  is not a member of group group.");
  }

  @Test
  void withAnOlderEpochAMemberCommitsWhatItHasHadSinceThen() {
    twoMembers();
    Topics.Topic foo = bed.topics.topic("foo");
    ConsumerGroup group = bed.group();
    group.checkCommit("m1", null, 2, false, (short) 9);
    group.checkCommitOf("m1", 2, foo, 0);
    group.checkCommitOf("m1", 3, foo, 3);
    assertRefused(
        () -> group.checkCommitOf("m1", 2, foo, 2),
        ErrorCode.STALE_MEMBER_EPOCH,
        "Partition foo-2 is not assigned or pending revocation for member.");
    assertRefused(
        () -> group.checkCommitOf("m2", 2, foo, 2),
        ErrorCode.STALE_MEMBER_EPOCH,
        "Received member epoch 2 is older than assignment epoch 3 for partition foo-2.");
    assertThatThrownBy(() -> group.checkCommitOf("m1", -1, foo, 0))
        .isInstanceOf(CoordinatorException.class);
    bed.send(beat("m1", 3).subscribedTopicNames(List.of()));
    assertThat(bed.member("m1").assignment().assigned()).isEmpty();
    group.checkCommitOf("m1", 2, foo, 0);
  }

  @Test
  void anybodyCommitsToAnEmptyGroup() {
    bed.send(join("m1", "foo"));
    bed.send(beat("m1", -1));
    bed.group().checkCommit("", null, -1, false, (short) 2);
  }

  @Test
  void whoReadsOffsetsIsAskedOnlyIfHeSaysWhoHeIs() {
    bed.send(join("m1", "foo"));
    ConsumerGroup group = bed.group();
    group.checkFetch(null, -1);
    group.checkFetch("m1", 2);
    assertRefused(
        () -> group.checkFetch("m1", 0),
        ErrorCode.STALE_MEMBER_EPOCH,
        "The received member epoch 0 does not match the expected member epoch 2.");
    assertRefused(
        () -> group.checkFetch("m2", 2),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member m2 is not a member of group group.");
  }

  @Test
  void aCompactedLogTellsTheSame() {
    twoMembers();
    bed.send(join("m3", "foo").instanceId("i"));
    bed.send(beat("m3", -2).instanceId("i"));
    bed.send(join("m4", "foo").instanceId("i"));
    bed.send(beat("m1", -1));
    List<Object> before = bed.state();
    for (int dirty = bed.log.batches(); dirty >= 0; dirty--) {
      bed.log.compact(dirty, dirty % 2 == 0);
      assertThat(bed.stateOfReplay()).isEqualTo(before);
    }
  }
}
