package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.group.GroupSettings.MigrationPolicy;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Consumer groups that none but classic members are left in. */
class OnlineDowngradeTest {
  private final MigrationTestBed bed = new MigrationTestBed(MigrationPolicy.BIDIRECTIONAL, 0);
  private final MigrationClient classic = new MigrationClient(bed, null, "foo");
  private UUID foo;

  /** A consumer group of one classic member and "new", which share a topic. */
  @BeforeEach
  void makeGroup() {
    bed.topics = bed.topics.with("foo", 4);
    foo = bed.topics.id("foo");
    bed.heartbeat(join("new", "foo"));
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    classic.sync();
    reconcile();
    bed.takeRecords();
  }

  private void reconcile() {
    for (int i = 0; i < 3; i++) {
      int epoch = bed.consumerGroup().member("new").epoch();
      bed.heartbeat(beat("new", epoch).topicPartitions(ConsumerTestBed.owning(has("new"))));
      if (classic.beat() == ErrorCode.REBALANCE_IN_PROGRESS) {
        assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
        classic.sync();
      }
    }
    assertThat(bed.consumerGroup().state()).isEqualTo("Stable");
  }

  private Map<UUID, Set<Integer>> has(String memberId) {
    return bed.consumerGroup().member(memberId).assignment().toTarget().partitions();
  }

  private ConsumerGroupHeartbeatRequest leaves() {
    return beat("new", -1);
  }

  @Test
  void theGroupIsClassicWhenTheLastConsumerHasLeft() {
    Set<Integer> had = classic.sync().get(foo);
    int groupEpoch = bed.consumerGroup().epoch();
    bed.heartbeat(leaves());

    ClassicGroup group = bed.classicGroup();
    assertThat(group.generation()).isEqualTo(groupEpoch);
    assertThat(group.state()).isEqualTo("PreparingRebalance");
    assertThat(group.protocol()).isEqualTo("range");
    ClassicMember member = group.members().get(classic.memberId);
    assertThat(bed.partitions(member.assignment()).get(foo)).isEqualTo(had).hasSize(2);
    assertThat(member.terms().sessionTimeoutMs()).isEqualTo(MigrationClient.SESSION_MS);
    assertThat(member.terms().rebalanceTimeoutMs()).isEqualTo(MigrationClient.REBALANCE_MS);
    assertThat(member.terms().protocols()).hasSize(2);
    bed.follow();
  }

  @Test
  void theRecordsComeInKafkasOrder() {
    bed.heartbeat(leaves());
    assertThat(bed.takeRecords())
        .containsExactly(
            "no ConsumerGroupCurrentMemberAssignment",
            "no ConsumerGroupCurrentMemberAssignment",
            "no ConsumerGroupTargetAssignmentMember",
            "no ConsumerGroupTargetAssignmentMember",
            "no ConsumerGroupTargetAssignmentMetadata",
            "no ConsumerGroupMemberMetadata",
            "no ConsumerGroupMemberMetadata",
            "no ConsumerGroupPartitionMetadata",
            "no ConsumerGroupMetadata",
            "GroupMetadata");
  }

  @Test
  void theClassicGroupRebalances() {
    bed.heartbeat(leaves());
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    CompletableFuture<JoinGroupResponse> joined = classic.join();
    assertThat(joined).isCompleted();
    assertThat(joined.join().leader()).isEqualTo(classic.memberId);
    classic.assign(joined.join());
    assertThat(classic.sync().get(foo)).hasSize(4);
    assertThat(bed.classicGroup().state()).isEqualTo("Stable");
    bed.follow();
  }

  @Test
  void afterALoadTheClassicGroupIsStable() {
    bed.heartbeat(leaves());
    bed.restart();
    bed.follow();
    assertThat(bed.classicGroup().state()).isEqualTo("Stable");
    assertThat(classic.sync().get(foo)).hasSize(2);
  }

  @Test
  void theGroupIsClassicWhenTheLastConsumersSessionHasEnded() {
    for (int i = 0; i < 9; i++) {
      bed.pass(5_000);
      ErrorCode error = classic.beat();
      assertThat(error).isEqualTo(i < 8 ? ErrorCode.NONE : ErrorCode.REBALANCE_IN_PROGRESS);
    }
    bed.classicGroup();
    // The timers of the consumer group are gone.
    for (int i = 0; i < 9; i++) {
      CompletableFuture<JoinGroupResponse> joined = classic.join();
      classic.assign(joined.join());
      bed.pass(10_000);
    }
    assertThat(bed.classicGroup().members().size()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"UPGRADE", "DISABLED"})
  void byPolicyTheGroupStaysAConsumerGroup(MigrationPolicy policy) {
    bed.settings = MigrationTestBed.settings(policy, 0, 100, 100);
    bed.heartbeat(leaves());
    assertThat(bed.consumerGroup().memberIds()).containsExactly(classic.memberId);
    bed.follow();
  }

  @Test
  void aGroupThatIsTooLargeStaysAConsumerGroup() {
    bed.settings = MigrationTestBed.settings(MigrationPolicy.BIDIRECTIONAL, 0, 0, 100);
    bed.heartbeat(leaves());
    assertThat(bed.consumerGroup().memberIds()).containsExactly(classic.memberId);
  }

  @Test
  void aGroupWithoutMembersStaysAConsumerGroup() {
    assertThat(classic.leave()).isEqualTo(ErrorCode.NONE);
    bed.heartbeat(leaves());
    assertThat(bed.consumerGroup().state()).isEqualTo("Empty");
  }

  @Test
  void withoutALogTheGroupStaysAConsumerGroup() {
    bed.log.refuse(1);
    assertThatThrownBy(() -> bed.heartbeat(leaves())).isInstanceOf(CoordinatorException.class);
    assertThat(bed.consumerGroup().members()).hasSize(2);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
    bed.follow();
    bed.heartbeat(leaves());
    bed.classicGroup();
  }

  @Test
  void whoIsPutOutIsTriedAgainUntilTheLogTakesIt() {
    for (int i = 0; i < 8; i++) {
      bed.pass(5_000);
      classic.beat();
    }
    bed.log.refuse(2);
    bed.pass(5_000);
    assertThat(bed.consumerGroup().members()).hasSize(2);
    bed.pass(1_000);
    assertThat(bed.classicGroup().members().size()).isEqualTo(1);
  }

  /** "new" gives way to a static member, "old", which shares with the classic one. */
  private void makeStatic() {
    bed.heartbeat(leaves().memberEpoch(-1));
    classic.assign(classic.join().join());
    bed.heartbeat(join("old", "foo").instanceId("instance"));
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    classic.sync();
    bed.heartbeat(beat("old", bed.consumerGroup().member("old").epoch()));
    if (classic.beat() == ErrorCode.REBALANCE_IN_PROGRESS) {
      classic.joinNow();
    }
    classic.sync();
    assertThat(bed.consumerGroup().state()).isEqualTo("Stable");
    bed.takeRecords();
  }

  @Test
  void aStaticMemberThatIsReplacedLeavesItsPartitions() {
    makeStatic();
    Set<Integer> had = has("old").get(foo);
    MigrationClient successor = new MigrationClient(bed, "instance", "foo");
    assertThat(successor.joinNow()).isEqualTo(ErrorCode.NONE);

    assertThat(bed.classicGroup().state()).isEqualTo("Stable");
    assertThat(successor.generation).isEqualTo(bed.classicGroup().generation());
    assertThat(successor.sync().get(foo)).isEqualTo(had);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
    bed.follow();
    assertThatThrownBy(() -> bed.heartbeat(beat("old", 5)))
        .isInstanceOf(CoordinatorException.class);
  }

  @Test
  void aReplacementWithAnotherSubscriptionRebalances() {
    makeStatic();
    bed.topics = bed.topics.with("bar", 2);
    MigrationClient successor = new MigrationClient(bed, "instance", "foo", "bar");
    assertThat(successor.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(bed.classicGroup().state()).isEqualTo("PreparingRebalance");
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    bed.follow();
  }

  /** Else the classic member would not be told when it may take what it waits for. */
  @Test
  void aReplacementAmidAReconciliationRebalances() {
    bed.heartbeat(leaves());
    classic.assign(classic.join().join());
    bed.heartbeat(join("old", "foo").instanceId("instance"));
    assertThat(bed.consumerGroup().state()).isEqualTo("Reconciling");
    MigrationClient successor = new MigrationClient(bed, "instance", "foo");
    assertThat(successor.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(bed.classicGroup().state()).isEqualTo("PreparingRebalance");
    bed.follow();
  }

  @Test
  void anUnreadableSubscriptionIsAnsweredInTheFirstVersion() {
    JoinGroupRequest odd = new MigrationClient(bed, null, "foo").joinRequest().memberId("odd");
    odd.protocols().getLast().metadata(new byte[] {1});
    assertThat(bed.join(9, odd).join().errorCode()).isZero();
    JoinGroupRequest plain = new MigrationClient(bed, null, "foo").joinRequest().memberId("plain");
    plain.protocols(List.of(plain.protocols().getLast()));
    assertThat(bed.join(9, plain).join().errorCode()).isZero();
    assertThat(classic.leave()).isEqualTo(ErrorCode.NONE);
    bed.heartbeat(leaves());
    assertThat(bed.classicGroup().protocol()).isEqualTo("sticky");
    assertThat(bed.classicGroup().members().get("odd").assignment()).isNotEmpty();
    bed.follow();
  }
}
