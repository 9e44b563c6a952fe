package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heartbeats, and commits, which count as such. */
class ClassicHeartbeatTest {
  private static final int SESSION_MS = ClassicClient.SESSION_MS;

  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient client = coordinator.client();

  private ErrorCode beat(HeartbeatRequest request) {
    return ClassicClient.error(coordinator.heartbeat(4, request).errorCode());
  }

  private HeartbeatRequest good() {
    return new HeartbeatRequest()
        .groupId(GROUP)
        .memberId(client.memberId)
        .generationId(client.generation);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void everyVersionIsAnswered(int version) {
    coordinator.stabilize(client);
    assertThat(coordinator.heartbeat(version, good()).errorCode()).isZero();
  }

  @Test
  void refusesWhoDoesNotBelong() {
    coordinator.stabilize(client);
    assertThat(beat(good().groupId(""))).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(beat(good().groupId("other"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(beat(good().memberId("other").generationId(7)))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(beat(good().groupInstanceId("i"))).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(beat(good().generationId(0))).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
  }

  @Test
  void heartbeatsKeepAMember() {
    coordinator.stabilize(client);
    for (int i = 0; i < 5; i++) {
      coordinator.advance(SESSION_MS - 1);
      assertThat(client.heartbeat()).isEqualTo(ErrorCode.NONE);
    }
    coordinator.advance(SESSION_MS);
    assertThat(client.heartbeat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void duringARebalanceTheyAreToldOfIt() {
    ClassicClient other = coordinator.client();
    coordinator.stabilize(client, other);
    client.join();
    assertThat(other.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    other.join();
    assertThat(coordinator.group().state()).isEqualTo("CompletingRebalance");
    assertThat(other.heartbeat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aCommitIsAHeartbeat() {
    coordinator.stabilize(client);
    coordinator.advance(SESSION_MS - 1);
    coordinator.group().committed(client.memberId, coordinator.nowMs);
    coordinator.group().committed("stranger", coordinator.nowMs);
    coordinator.advance(SESSION_MS - 1);
    assertThat(client.heartbeat()).isEqualTo(ErrorCode.NONE);
  }

  private static void refuses(ErrorCode error, ThrowingCallable check) {
    assertThatThrownBy(check)
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(error));
  }

  private void check(String memberId, String instanceId, int generation, boolean transactional) {
    coordinator.group().checkCommit(memberId, instanceId, generation, transactional, (short) 9);
  }

  @Test
  void membersOfTheGenerationCommit() {
    coordinator.stabilize(client);
    assertThatCode(() -> check(client.memberId, null, 1, false)).doesNotThrowAnyException();
    refuses(ErrorCode.ILLEGAL_GENERATION, () -> check(client.memberId, null, 2, false));
    refuses(ErrorCode.ILLEGAL_GENERATION, () -> check(client.memberId, null, -1, false));
    refuses(ErrorCode.UNKNOWN_MEMBER_ID, () -> check("stranger", null, 1, false));
    refuses(ErrorCode.UNKNOWN_MEMBER_ID, () -> check(client.memberId, "instance", 1, false));
    refuses(ErrorCode.UNKNOWN_MEMBER_ID, () -> check("", null, -1, false));
  }

  @Test
  void oldTransactionsCommitWithoutSayingWho() {
    coordinator.stabilize(client);
    assertThatCode(() -> check("", null, -1, true)).doesNotThrowAnyException();
  }

  @Test
  void nobodyButTransactionsCommitsBeforeTheAssignment() {
    client.join();
    coordinator.advance(0);
    refuses(ErrorCode.REBALANCE_IN_PROGRESS, () -> check(client.memberId, null, 1, false));
    assertThatCode(() -> check(client.memberId, null, 1, true)).doesNotThrowAnyException();
  }

  @Test
  void toAnEmptyGroupAnybodyCommitsButMembersOfThePast() {
    coordinator.stabilize(client);
    client.leave();
    assertThatCode(() -> check("", null, -1, false)).doesNotThrowAnyException();
    assertThatCode(() -> check("anyone", null, -1, false)).doesNotThrowAnyException();
    refuses(ErrorCode.UNKNOWN_MEMBER_ID, () -> check(client.memberId, null, 1, false));
  }
}
