package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicClient.assignment;
import static io.tailrace.coordinator.group.ClassicClient.error;
import static io.tailrace.coordinator.group.ClassicClient.protocol;
import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static io.tailrace.coordinator.group.ClassicFixture.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KIP-345. */
class ClassicStaticMembersTest {
  private static final int SESSION_MS = ClassicClient.SESSION_MS;
  private static final int REBALANCE_MS = ClassicClient.REBALANCE_MS;

  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient leader = fixed(9, "first");
  private final ClassicClient follower = fixed(9, "second");

  private ClassicClient fixed(int version, String instanceId) {
    ClassicClient client = coordinator.client(version);
    client.instanceId = instanceId;
    return client;
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7, 8, 9})
  void aStaticMemberJoinsWithoutAnIdFirst(int version) {
    ClassicClient client = fixed(version, "instance");
    coordinator.stabilize(client);
    assertThat(client.memberId).startsWith("instance-");
    assertThat(coordinator.recordsOf(GROUP).getLast().members().getFirst().groupInstanceId())
        .isEqualTo("instance");
  }

  @Test
  void aRestartedFollowerTakesItsPlaceAndNobodyNotices() {
    coordinator.stabilize(leader, follower);
    ClassicClient again = fixed(9, "second");

    JoinGroupResponse joined = now(again.join());

    assertThat(joined.generationId()).isEqualTo(1);
    assertThat(joined.leader()).isEqualTo(leader.memberId);
    assertThat(joined.skipAssignment()).isFalse();
    assertThat(joined.members()).isEmpty();
    assertThat(again.memberId).isNotEqualTo(follower.memberId);
    assertThat(now(again.sync()).assignment()).isEqualTo(assignment(follower.memberId, 1));
    assertThat(coordinator.group().state()).isEqualTo("Stable");
    assertThat(leader.heartbeat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void theFormerSelfIsFenced() {
    coordinator.stabilize(leader, follower);
    now(fixed(9, "second").join());
    assertThat(follower.heartbeat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(error(now(follower.sync()).errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(error(now(follower.join()).errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(error(follower.leave().members().getFirst().errorCode()))
        .isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
  }

  @Test
  void theNewIdIsInTheLog() {
    coordinator.stabilize(leader, follower);
    ClassicClient again = fixed(9, "second");
    now(again.join());
    GroupMetadataValue value = coordinator.recordsOf(GROUP).getLast();
    assertThat(value.generation()).isEqualTo(1);
    assertThat(value.members())
        .extracting(MemberMetadata::memberId)
        .containsExactly(leader.memberId, again.memberId);
    assertThat(value.members().getLast().assignment()).isEqualTo(assignment(follower.memberId, 1));
    coordinator.restart();
    assertThat(again.heartbeat()).isEqualTo(ErrorCode.NONE);
    assertThat(follower.heartbeat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
  }

  @Test
  void aRestartedLeaderIsToldToSkipTheAssignment() {
    coordinator.stabilize(leader, follower);
    ClassicClient again = fixed(9, "first");
    JoinGroupResponse joined = now(again.join());
    assertThat(joined.leader()).isEqualTo(again.memberId);
    assertThat(joined.skipAssignment()).isTrue();
    assertThat(joined.members()).hasSize(2);
    assertThat(coordinator.group().members().leader()).isEqualTo(again.memberId);
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7, 8})
  void before9ARestartedLeaderIsToldThatItsFormerSelfLeads(int version) {
    coordinator.stabilize(leader, follower);
    JoinGroupResponse joined = now(fixed(version, "first").join());
    assertThat(joined.leader()).isEqualTo(leader.memberId);
    assertThat(joined.members()).isEmpty();
  }

  @Test
  void ifItCannotBeStoredTheFormerSelfStays() {
    coordinator.stabilize(leader, follower);
    coordinator.log.refuse(ErrorCode.NOT_COORDINATOR);
    assertThat(coordinator.join(9, fixed(9, "second").joinRequest())).failsWithin(Duration.ZERO);
    coordinator.log.refuse(ErrorCode.NONE);
    assertThat(follower.heartbeat()).isEqualTo(ErrorCode.NONE);
    assertThat(coordinator.group().members().idOf("second")).isEqualTo(follower.memberId);
  }

  @Test
  void anotherSubscriptionForTheSameProtocolIsNoRebalance() {
    coordinator.stabilize(leader, follower);
    ClassicClient again = fixed(9, "second");
    again.protocols = List.of(protocol("range", "changed"));
    assertThat(now(again.join()).generationId()).isEqualTo(1);
    assertThat(coordinator.recordsOf(GROUP).getLast().members().getLast().subscription())
        .asString()
        .isEqualTo("changed");
  }

  @Test
  void ifTheProtocolWouldChangeTheGroupRebalances() {
    leader.protocols = List.of(protocol("range", ""), protocol("sticky", ""));
    follower.protocols = List.of(protocol("range", ""), protocol("sticky", ""));
    coordinator.stabilize(leader, follower);
    ClassicClient again = fixed(9, "second");
    again.protocols = List.of(protocol("sticky", ""));
    CompletableFuture<JoinGroupResponse> joined = again.join();
    assertThat(joined).isNotCompleted();
    assertThat(leader.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    leader.join();
    assertThat(now(joined).protocolName()).isEqualTo("sticky");
  }

  @Test
  void aRestartAmidTheJoinFencesTheOneThatWaits() {
    CompletableFuture<JoinGroupResponse> first = leader.join();
    ClassicClient again = fixed(9, "first");
    CompletableFuture<JoinGroupResponse> second = again.join();
    assertThat(error(now(first).errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    coordinator.advance(0);
    assertThat(now(second).leader()).isEqualTo(again.memberId);
    assertThat(now(second).members()).hasSize(1);
  }

  @Test
  void aRestartAmidTheAssignmentRebalances() {
    leader.join();
    follower.join();
    coordinator.advance(0);
    CompletableFuture<SyncGroupResponse> sync = follower.sync();
    ClassicClient again = fixed(9, "second");
    CompletableFuture<JoinGroupResponse> joined = again.join();
    assertThat(error(now(sync).errorCode())).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(joined).isNotCompleted();
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
    leader.join();
    assertThat(now(joined).generationId()).isEqualTo(2);
  }

  @Test
  void whoDoesNotComeBackInTimeKeepsItsPlace() {
    leader.sessionMs = 10 * REBALANCE_MS;
    follower.sessionMs = 10 * REBALANCE_MS;
    coordinator.stabilize(leader, follower);
    CompletableFuture<JoinGroupResponse> joined = leader.join();
    coordinator.advance(REBALANCE_MS);
    assertThat(now(joined).members()).hasSize(2);
    leader.assign(now(joined));
    assertThat(now(fixedAgain().sync()).assignment()).isEqualTo(assignment(follower.memberId, 2));
  }

  private ClassicClient fixedAgain() {
    ClassicClient again = fixed(9, "second");
    again.sessionMs = 10 * REBALANCE_MS;
    now(again.join());
    return again;
  }

  @Test
  void ifTheLeaderDoesNotComeBackInTimeAnotherLeads() {
    leader.sessionMs = 10 * REBALANCE_MS;
    coordinator.stabilize(leader, follower);
    follower.protocols = List.of(protocol("range", "changed"));
    CompletableFuture<JoinGroupResponse> joined = follower.join();
    coordinator.advance(REBALANCE_MS);
    assertThat(now(joined).leader()).isEqualTo(follower.memberId);
    assertThat(now(joined).members()).hasSize(2);
  }

  @Test
  void whoseSessionEndsIsRemoved() {
    coordinator.stabilize(leader, follower);
    for (int ms = 0; ms < SESSION_MS; ms += 1000) {
      leader.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(coordinator.group().members().idOf("second")).isNull();
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void ifOnlyAbsentStaticMembersAreLeftTheyAreWaitedFor() {
    leader.sessionMs = 10 * REBALANCE_MS;
    coordinator.stabilize(leader);
    leader.rebalanceMs = 0;
    leader.assign(now(leader.join()));
    ClassicClient other = coordinator.client();
    other.rebalanceMs = 0;
    other.join();
    other.leave();
    coordinator.advance(2 * REBALANCE_MS);
    assertThat(coordinator.group().members().size()).isEqualTo(1);
    CompletableFuture<JoinGroupResponse> joined = leader.join();
    assertThat(now(joined).members()).hasSize(1);
  }

  @Test
  void aMemberThatHasNotSyncedIsNotMissedAfterItsRestart() {
    CompletableFuture<JoinGroupResponse> join = leader.join();
    follower.join();
    coordinator.advance(0);
    leader.assign(now(join));
    ClassicClient again = fixed(9, "second");
    now(again.join());
    for (int ms = 0; ms < 2 * REBALANCE_MS; ms += 1000) {
      leader.heartbeat();
      again.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(coordinator.group().generation()).isEqualTo(1);
    assertThat(coordinator.group().state()).isEqualTo("Stable");
  }
}
