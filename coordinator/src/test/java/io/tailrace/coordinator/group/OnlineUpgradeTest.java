package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.assignment;
import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.group.GroupSettings.MigrationPolicy;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.ConsumerProtocolAssignment.TopicPartition;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Classic groups that a member of the consumer protocol joins. */
class OnlineUpgradeTest {
  private final MigrationTestBed bed = new MigrationTestBed(MigrationPolicy.UPGRADE, 3000);
  private final MigrationClient leader = new MigrationClient(bed, null, "foo");
  private final MigrationClient follower = new MigrationClient(bed, "instance", "foo");
  private UUID foo;

  @BeforeEach
  void makeTopic() {
    bed.topics = bed.topics.with("foo", 4);
    foo = bed.topics.id("foo");
  }

  private Set<Integer> has(String memberId) {
    return bed.consumerGroup().member(memberId).assignment().toTarget().of(foo);
  }

  @Test
  void membersStayWithWhatTheyHave() {
    MigrationClient.stabilize(bed, leader, follower);
    int generation = leader.generation;
    assertThat(bed.heartbeat(join("new", "foo")).memberEpoch()).isEqualTo(generation + 1);

    ConsumerGroup group = bed.consumerGroup();
    assertThat(group.epoch()).isEqualTo(generation + 1);
    assertThat(has(leader.memberId)).containsExactly(0, 2);
    assertThat(has(follower.memberId)).containsExactly(1, 3);
    for (MigrationClient client : List.of(leader, follower)) {
      ConsumerMember member = group.member(client.memberId);
      assertThat(member.epoch()).isEqualTo(generation);
      assertThat(member.subscription().topics()).containsExactly("foo");
      assertThat(member.subscription().classic().sessionTimeoutMs())
          .isEqualTo(MigrationClient.SESSION_MS);
      assertThat(member.subscription().classic().protocols()).hasSize(2);
    }
    assertThat(group.staticMember("instance").memberId()).isEqualTo(follower.memberId);
    bed.follow();
  }

  @Test
  void theRecordsComeInKafkasOrder() {
    MigrationClient.stabilize(bed, leader, follower);
    bed.heartbeat(join("new", "foo"));
    assertThat(bed.takeRecords())
        .containsExactly(
            "no GroupMetadata",
            "ConsumerGroupMemberMetadata",
            "ConsumerGroupMemberMetadata",
            "ConsumerGroupMetadata",
            "ConsumerGroupTargetAssignmentMember",
            "ConsumerGroupTargetAssignmentMember",
            "ConsumerGroupTargetAssignmentMetadata",
            "ConsumerGroupCurrentMemberAssignment",
            "ConsumerGroupCurrentMemberAssignment",
            "ConsumerGroupMemberMetadata",
            "ConsumerGroupMetadata",
            "ConsumerGroupTargetAssignmentMember",
            "ConsumerGroupTargetAssignmentMember",
            "ConsumerGroupTargetAssignmentMetadata",
            "ConsumerGroupCurrentMemberAssignment");
  }

  @Test
  void allShareOnceTheClassicMembersHaveJoinedAgain() {
    MigrationClient.stabilize(bed, leader, follower);
    int epoch = bed.heartbeat(join("new", "foo")).memberEpoch();
    for (MigrationClient client : List.of(leader, follower)) {
      assertThat(client.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
      assertThat(client.joinNow()).isEqualTo(ErrorCode.NONE);
      assertThat(client.generation).isEqualTo(epoch);
      assertThat(client.sync().get(foo)).isEqualTo(has(client.memberId));
      assertThat(client.beat()).isEqualTo(ErrorCode.NONE);
    }
    Map<UUID, Set<Integer>> given = assignment(bed.heartbeat(beat("new", epoch)));
    assertThat(given.get(foo)).isEqualTo(has("new")).hasSize(1);
    assertThat(bed.consumerGroup().state()).isEqualTo("Stable");
    bed.follow();
  }

  @Test
  void aLoadFindsTheSameInAnyState() {
    MigrationClient.stabilize(bed, leader, follower);
    int epoch = bed.heartbeat(join("new", "foo")).memberEpoch();
    bed.restart();
    bed.follow();
    assertThat(leader.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(leader.joinNow()).isEqualTo(ErrorCode.NONE);
    bed.restart();
    bed.follow();
    assertThat(leader.sync().get(foo)).isEqualTo(has(leader.memberId));
    bed.heartbeat(beat("new", epoch));
    bed.restart();
    bed.follow();
    assertThat(follower.joinNow()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void whoWaitsToJoinIsToldToJoinAgain() {
    CompletableFuture<JoinGroupResponse> waiting = leader.join();
    bed.heartbeat(join("new", "foo"));
    // Not even a protocol was chosen yet.
    assertThat(waiting).isCompleted();
    assertThat(waiting.join().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS.code());
    assertThat(leader.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(leader.sync().get(foo)).hasSize(2);
    bed.follow();
  }

  @Test
  void whoWaitsForTheLeaderIsToldToJoinAgain() {
    CompletableFuture<JoinGroupResponse> first = leader.join();
    CompletableFuture<JoinGroupResponse> second = follower.join();
    bed.pass(10_000);
    assertThat(first).isCompleted();
    assertThat(second).isCompleted();
    var waiting = bed.sync(5, follower.syncRequest());
    bed.heartbeat(join("new", "foo"));
    assertThat(waiting.join().errorCode()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS.code());
    assertThat(leader.syncError()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    bed.follow();
  }

  /** What had been assigned before counts for nothing by then. */
  @Test
  void whoTakesAPlaceAmidARebalanceHasThePartitionsSharedOut() {
    leader.join();
    follower.join();
    bed.pass(10_000);
    assertThat(bed.classicGroup().state()).isEqualTo("CompletingRebalance");
    bed.heartbeat(join("new", "foo").instanceId("instance"));
    assertThat(sharedOut()).isEqualTo(4);
    bed.follow();
  }

  /** The leader may not have noticed yet, and does not lead any more. */
  @Test
  void whoTakesAPlaceHasNewPartitionsSharedOut() {
    MigrationClient.stabilize(bed, leader, follower);
    bed.topics(bed.topics.with("foo", 6), "foo");
    bed.heartbeat(join("new", "foo").instanceId("instance"));
    assertThat(sharedOut()).isEqualTo(6);
  }

  private int sharedOut() {
    ConsumerGroup group = bed.consumerGroup();
    return group.members().stream().mapToInt(member -> group.target(member).of(foo).size()).sum();
  }

  @Test
  void whoWasGivenAnIdJoinsWithIt() {
    MigrationClient.stabilize(bed, leader);
    JoinGroupResponse promised =
        bed.join(9, new MigrationClient(bed, null, "foo").joinRequest()).join();
    bed.heartbeat(join("new", "foo"));
    MigrationClient late = new MigrationClient(bed, null, "foo");
    late.memberId = promised.memberId();
    assertThat(late.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(bed.consumerGroup().members()).hasSize(3);
  }

  @Test
  void silentClassicMembersArePutOut() {
    MigrationClient.stabilize(bed, leader);
    bed.heartbeat(join("new", "foo"));
    bed.pass(MigrationClient.SESSION_MS - 1);
    assertThat(bed.consumerGroup().members()).hasSize(2);
    bed.pass(1);
    assertThat(bed.consumerGroup().memberIds()).containsExactly("new");
  }

  @Test
  void withoutALogTheGroupStaysClassic() {
    MigrationClient.stabilize(bed, leader);
    bed.log.refuse(1);
    assertRefused(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThat(leader.beat()).isEqualTo(ErrorCode.NONE);
    for (int i = 0; i < 5; i++) {
      bed.pass(MigrationClient.SESSION_MS / 2);
      assertThat(leader.beat()).isEqualTo(ErrorCode.NONE);
    }
    bed.heartbeat(join("new", "foo"));
    assertThat(bed.consumerGroup().members()).hasSize(2);
  }

  private void assertRefused(ErrorCode code) {
    assertThatThrownBy(() -> bed.heartbeat(join("new", "foo")))
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(bed.classicGroup().members().size()).isPositive();
    bed.follow();
  }

  @ParameterizedTest
  @EnumSource(names = {"DOWNGRADE", "DISABLED"})
  void byPolicyTheGroupStaysClassic(MigrationPolicy policy) {
    MigrationClient.stabilize(bed, leader);
    bed.settings = MigrationTestBed.settings(policy, 3000, 100, 100);
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
    assertThat(leader.beat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aGroupThatIsTooLargeStaysClassic() {
    MigrationClient.stabilize(bed, leader, follower);
    bed.settings = MigrationTestBed.settings(MigrationPolicy.BIDIRECTIONAL, 3000, 100, 1);
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
  }

  @Test
  void aFullGroupStaysClassicForWhoHasNoRoomInIt() {
    MigrationClient.stabilize(bed, leader, follower);
    bed.settings = MigrationTestBed.settings(MigrationPolicy.BIDIRECTIONAL, 3000, 100, 2);
    assertRefused(ErrorCode.GROUP_MAX_SIZE_REACHED);
  }

  @Test
  void aGroupOfOthersThanConsumersStaysClassic() {
    bed.join(0, leader.joinRequest().protocolType("connect"));
    bed.pass(10_000);
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
  }

  @Test
  void aSubscriptionThatCannotBeReadKeepsTheGroupClassic() {
    leader.metadata = new byte[] {0, 1, 2};
    bed.join(0, leader.joinRequest());
    bed.pass(10_000);
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
  }

  private void assign(byte[] ofLeader, byte[] ofFollower) {
    CompletableFuture<JoinGroupResponse> joined = leader.join();
    follower.join();
    bed.pass(10_000);
    assertThat(joined.join().members()).hasSize(2);
    bed.sync(
            5,
            leader
                .syncRequest()
                .assignments(
                    List.of(
                        new SyncGroupRequestAssignment()
                            .memberId(leader.memberId)
                            .assignment(ofLeader),
                        new SyncGroupRequestAssignment()
                            .memberId(follower.memberId)
                            .assignment(ofFollower))))
        .join();
  }

  private static byte[] assignmentOf(byte[] userData, int... partitions) {
    return SimulatedClassic.versioned(
        new ConsumerProtocolAssignment()
            .assignedPartitions(List.of(new TopicPartition().topic("foo").partitions(partitions)))
            .userData(userData),
        (short) 0);
  }

  @Test
  void anAssignmentThatCannotBeReadKeepsTheGroupClassic() {
    assign(new byte[] {0, 1, 0, 0}, new byte[0]);
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
  }

  @Test
  void anAssignorWithDataOfItsOwnKeepsTheGroupClassic() {
    assign(assignmentOf(new byte[] {7}, 0), new byte[0]);
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
  }

  @Test
  void aPartitionOfTwoMembersKeepsTheGroupClassic() {
    assign(assignmentOf(null, 0, 1), assignmentOf(new byte[0], 1, 2));
    assertRefused(ErrorCode.GROUP_ID_NOT_FOUND);
  }

  @Test
  void whoHasNotSyncedYetHasNothing() {
    assign(assignmentOf(null, 0, 1), new byte[0]);
    bed.heartbeat(join("new", "foo"));
    assertThat(has(leader.memberId)).containsExactly(0, 1);
    assertThat(has(follower.memberId)).isEmpty();
  }
}
