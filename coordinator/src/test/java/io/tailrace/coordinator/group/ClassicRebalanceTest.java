package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicClient.error;
import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static io.tailrace.coordinator.group.ClassicFixture.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who is waited for, and how long. */
class ClassicRebalanceTest {
  private static final int SESSION_MS = ClassicClient.SESSION_MS;
  private static final int REBALANCE_MS = ClassicClient.REBALANCE_MS;

  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient a = coordinator.client();
  private final ClassicClient b = coordinator.client();
  private final ClassicClient c = coordinator.client();

  @Test
  void aNewGroupWaitsForTheInitialDelay() {
    coordinator.settings = ClassicFixture.settings(3000, 10);
    CompletableFuture<JoinGroupResponse> join = a.join();
    coordinator.advance(2999);
    assertThat(join).isNotCompleted();
    coordinator.advance(1);
    assertThat(now(join).generationId()).isEqualTo(1);
  }

  @Test
  void theInitialDelayGrowsWithEachNewMember() {
    coordinator.settings = ClassicFixture.settings(3000, 10);
    CompletableFuture<JoinGroupResponse> join = a.join();
    coordinator.advance(2000);
    b.join();
    coordinator.advance(3000);
    c.join();
    coordinator.advance(3999);
    assertThat(join).isNotCompleted();
    coordinator.advance(1);
    assertThat(now(join).members()).hasSize(3);
  }

  @Test
  void theInitialDelayGrowsToTheRebalanceTimeoutAtMost() {
    coordinator.settings = ClassicFixture.settings(3000, 100);
    a.rebalanceMs = 8000;
    CompletableFuture<JoinGroupResponse> join = a.join();
    long fromMs = coordinator.nowMs;
    while (!join.isDone()) {
      ClassicClient late = coordinator.client();
      late.rebalanceMs = 8000;
      late.join();
      coordinator.advance(500);
    }
    assertThat(coordinator.nowMs - fromMs).isBetween(8000L, 8500L);
  }

  @Test
  void anEmptiedGroupWaitsAgain() {
    coordinator.settings = ClassicFixture.settings(3000, 10);
    coordinator.stabilize(a);
    a.leave();
    CompletableFuture<JoinGroupResponse> join = b.join();
    assertThat(join).isNotCompleted();
    coordinator.advance(3000);
    assertThat(now(join).generationId()).isEqualTo(3);
  }

  @Test
  void whoDoesNotComeBackIsLeftBehindAfterTheLongestTimeout() {
    b.rebalanceMs = 2 * REBALANCE_MS;
    coordinator.stabilize(a, b, c);
    CompletableFuture<JoinGroupResponse> join = a.join();
    for (int ms = 0; ms < 2 * REBALANCE_MS - 1000; ms += 1000) {
      b.heartbeat();
      c.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(join).isNotCompleted();
    b.heartbeat();
    coordinator.advance(1000);

    assertThat(now(join).members()).hasSize(1);
    assertThat(b.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(coordinator.group().members().size()).isEqualTo(1);
  }

  @Test
  void ifTheLeaderDoesNotComeBackAnotherLeads() {
    coordinator.stabilize(a, b);
    b.protocols = List.of(ClassicClient.protocol("range", "changed"));
    CompletableFuture<JoinGroupResponse> join = b.join();
    coordinator.advance(REBALANCE_MS);
    assertThat(now(join).leader()).isEqualTo(b.memberId);
    assertThat(now(join).members()).hasSize(1);
  }

  @Test
  void aSilentMemberIsRemovedAndTheGroupRebalances() {
    coordinator.stabilize(a, b);
    coordinator.advance(SESSION_MS / 2);
    b.heartbeat();
    coordinator.advance(SESSION_MS / 2);
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
    assertThat(b.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(now(b.join()).leader()).isEqualTo(b.memberId);
  }

  @Test
  void whoWaitsForTheOthersNeedsNoHeartbeats() {
    coordinator.stabilize(a, b);
    CompletableFuture<JoinGroupResponse> join = a.join();
    for (int ms = 0; ms < 3 * SESSION_MS; ms += 1000) {
      b.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(coordinator.group().members().size()).isEqualTo(2);
    b.join();
    assertThat(now(join).members()).hasSize(2);
  }

  @Test
  void whoWaitsForItsAssignmentNeedsNoHeartbeats() {
    a.join();
    b.join();
    coordinator.advance(0);
    CompletableFuture<SyncGroupResponse> sync = b.sync();
    for (int ms = 0; ms < 3 * SESSION_MS; ms += 1000) {
      a.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(coordinator.group().members().size()).isEqualTo(2);
    assertThat(sync).isNotCompleted();
  }

  @Test
  void aNewMemberThatWaitsTooLongMayBeGone() {
    a.rebalanceMs = 20 * 60_000;
    coordinator.stabilize(a);
    CompletableFuture<JoinGroupResponse> join = b.join();
    for (int ms = 0; ms < 299_000; ms += 1000) {
      a.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(join).isNotCompleted();
    a.heartbeat();
    coordinator.advance(1000);
    assertThat(error(now(join).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(now(join).memberId()).isEmpty();
    assertThat(coordinator.group().members().get(b.memberId)).isNull();
  }

  @Test
  void whoDoesNotAskForItsAssignmentIsRemoved() {
    CompletableFuture<JoinGroupResponse> join = a.join();
    b.join();
    coordinator.advance(0);
    a.assign(now(join));
    assertThat(coordinator.group().state()).isEqualTo("Stable");
    for (int ms = 0; ms < REBALANCE_MS - 1000; ms += 1000) {
      a.heartbeat();
      b.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(coordinator.group().state()).isEqualTo("Stable");
    a.heartbeat();
    b.heartbeat();
    coordinator.advance(1000);
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
    assertThat(b.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(now(a.join()).generationId()).isEqualTo(2);
  }

  @Test
  void aLeaderThatDoesNotAssignIsRemovedAndWhoWaitsJoinsAgain() {
    a.join();
    b.join();
    coordinator.advance(0);
    CompletableFuture<SyncGroupResponse> sync = b.sync();
    for (int ms = 0; ms < REBALANCE_MS; ms += 1000) {
      a.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(error(now(sync).errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(a.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(now(b.join()).leader()).isEqualTo(b.memberId);
  }

  @Test
  void onceAllHaveSyncedNobodyIsRemoved() {
    coordinator.stabilize(a, b);
    for (int ms = 0; ms < 3 * REBALANCE_MS; ms += 1000) {
      a.heartbeat();
      b.heartbeat();
      coordinator.advance(1000);
    }
    assertThat(coordinator.group().state()).isEqualTo("Stable");
    assertThat(coordinator.group().generation()).isEqualTo(1);
  }

  @Test
  void theLastSilentMemberLeavesAnEmptyGroupInTheLog() {
    coordinator.stabilize(a);
    coordinator.advance(SESSION_MS);
    assertThat(coordinator.group().state()).isEqualTo("Empty");
    assertThat(coordinator.recordsOf(GROUP).getLast().members()).isEmpty();
    assertThat(coordinator.recordsOf(GROUP).getLast().generation()).isEqualTo(2);
    assertThat(coordinator.runtime().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aClockThatJumpsAheadEndsAllSessions() {
    coordinator.stabilize(a, b);
    coordinator.nowMs += 3_600_000;
    coordinator.advance(0);
    assertThat(coordinator.group().state()).isEqualTo("Empty");
  }
}
