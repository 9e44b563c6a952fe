package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicClient.assignment;
import static io.tailrace.coordinator.group.ClassicClient.error;
import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static io.tailrace.coordinator.group.ClassicFixture.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicSyncTest {
  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient leader = coordinator.client();
  private final ClassicClient follower = coordinator.client();
  private JoinGroupResponse joined;

  /** Both are in generation 1, which nobody has assigned. */
  @BeforeEach
  void join() {
    CompletableFuture<JoinGroupResponse> first = leader.join();
    follower.join();
    coordinator.advance(0);
    joined = now(first);
  }

  private ErrorCode syncError(SyncGroupRequest request) {
    return error(now(coordinator.sync(5, request)).errorCode());
  }

  @Test
  void followersWaitForTheLeader() {
    CompletableFuture<SyncGroupResponse> waiting = follower.sync();
    assertThat(waiting).isNotCompleted();
    CompletableFuture<SyncGroupResponse> assigned = leader.assign(joined);

    assertThat(now(assigned).assignment()).isEqualTo(assignment(leader.memberId, 1));
    assertThat(now(waiting).assignment()).isEqualTo(assignment(follower.memberId, 1));
    assertThat(now(waiting).protocolType()).isEqualTo("consumer");
    assertThat(now(waiting).protocolName()).isEqualTo("range");
    assertThat(coordinator.group().state()).isEqualTo("Stable");
  }

  @Test
  void inAStableGenerationTheAssignmentIsThere() {
    leader.assign(joined);
    assertThat(now(follower.sync()).assignment()).isEqualTo(assignment(follower.memberId, 1));
    assertThat(now(follower.sync()).assignment()).isEqualTo(assignment(follower.memberId, 1));
  }

  @Test
  void nobodyIsAssignedAnythingBeforeTheGenerationIsCommitted() {
    CompletableFuture<SyncGroupResponse> waiting = follower.sync();
    coordinator.log.holdCommits();
    CompletableFuture<SyncGroupResponse> assigned = leader.assign(joined);
    CompletableFuture<SyncGroupResponse> late = follower.sync();
    assertThat(List.of(waiting, assigned, late)).noneMatch(CompletableFuture::isDone);

    coordinator.log.releaseCommits(ErrorCode.NONE);
    assertThat(now(waiting).assignment()).isEqualTo(assignment(follower.memberId, 1));
    assertThat(now(assigned).assignment()).isEqualTo(assignment(leader.memberId, 1));
    assertThat(now(late).assignment()).isEqualTo(assignment(follower.memberId, 1));
  }

  @Test
  void theGenerationIsInTheLogAsKafkaHasIt() {
    leader.assign(joined);
    GroupMetadataValue value = coordinator.recordsOf(GROUP).getLast();
    assertThat(value.protocolType()).isEqualTo("consumer");
    assertThat(value.protocol()).isEqualTo("range");
    assertThat(value.generation()).isEqualTo(1);
    assertThat(value.leader()).isEqualTo(leader.memberId);
    assertThat(value.members())
        .extracting(MemberMetadata::memberId)
        .containsExactly(leader.memberId, follower.memberId);
    MemberMetadata member = value.members().getLast();
    assertThat(member.clientId()).isEqualTo("client");
    assertThat(member.clientHost()).isEqualTo("/127.0.0.1");
    assertThat(member.groupInstanceId()).isNull();
    assertThat(member.sessionTimeout()).isEqualTo(ClassicClient.SESSION_MS);
    assertThat(member.rebalanceTimeout()).isEqualTo(ClassicClient.REBALANCE_MS);
    assertThat(member.subscription()).asString().isEqualTo("topics");
    assertThat(member.assignment()).isEqualTo(assignment(follower.memberId, 1));
  }

  @Test
  void whomTheLeaderForgetsGetsNothingAndStrangersAreIgnored() {
    CompletableFuture<SyncGroupResponse> waiting = follower.sync();
    coordinator.sync(
        5,
        leader
            .syncRequest()
            .assignments(
                List.of(
                    new SyncGroupRequestAssignment()
                        .memberId("stranger")
                        .assignment(new byte[] {1}))));
    assertThat(error(now(waiting).errorCode())).isEqualTo(ErrorCode.NONE);
    assertThat(now(waiting).assignment()).isEmpty();
    assertThat(coordinator.recordsOf(GROUP).getLast().members()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"consumer,", ",range", ","})
  void version5MustSayTheProtocol(String type, String name) {
    SyncGroupRequest request = leader.syncRequest().protocolType(type).protocolName(name);
    assertThat(syncError(request)).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(syncError(request.groupId(""))).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }

  @ParameterizedTest
  @CsvSource({"connect, range", "consumer, sticky"})
  void version5MustSayTheRightProtocol(String type, String name) {
    SyncGroupRequest request = leader.syncRequest().protocolType(type).protocolName(name);
    assertThat(syncError(request)).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void olderVersionsDoNotSay(int version) {
    SyncGroupRequest request = leader.syncRequest().protocolType(null).protocolName(null);
    SyncGroupResponse answer = now(coordinator.sync(version, request));
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void refusesWhoDoesNotBelong() {
    assertThat(syncError(leader.syncRequest().groupId(""))).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(syncError(leader.syncRequest().groupId("other")))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(syncError(leader.syncRequest().memberId("stranger")))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(syncError(leader.syncRequest().groupInstanceId("instance")))
        .isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(syncError(leader.syncRequest().generationId(2)))
        .isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(coordinator.group().state()).isEqualTo("CompletingRebalance");
  }

  @Test
  void refusesWhileTheGroupPreparesToRebalance() {
    leader.assign(joined);
    leader.join();
    assertThat(syncError(follower.syncRequest())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void aRepeatedSyncTakesTheAnswerAndTheFirstIsToldToTryAgain() {
    CompletableFuture<SyncGroupResponse> first = follower.sync();
    CompletableFuture<SyncGroupResponse> second = follower.sync();
    assertThat(error(now(first).errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    leader.assign(joined);
    assertThat(now(second).assignment()).isEqualTo(assignment(follower.memberId, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_ENOUGH_REPLICAS, COORDINATOR_NOT_AVAILABLE",
    "KAFKA_STORAGE_ERROR, NOT_COORDINATOR",
    "RECORD_LIST_TOO_LARGE, UNKNOWN_SERVER_ERROR",
    "NOT_COORDINATOR, NOT_COORDINATOR"
  })
  void anAssignmentThatIsNotStoredIsNobodys(ErrorCode failure, ErrorCode told) {
    CompletableFuture<SyncGroupResponse> waiting = follower.sync();
    coordinator.log.refuse(failure);

    assertThat(leader.assign(joined))
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(CoordinatorException.class);
    assertThat(error(now(waiting).errorCode())).isEqualTo(told);
    assertThat(now(waiting).assignment()).isEmpty();
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");

    coordinator.log.refuse(ErrorCode.NONE);
    coordinator.stabilize(leader, follower);
    assertThat(leader.generation).isEqualTo(2);
  }
}
