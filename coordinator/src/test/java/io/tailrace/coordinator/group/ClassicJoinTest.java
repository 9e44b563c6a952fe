package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicClient.error;
import static io.tailrace.coordinator.group.ClassicClient.protocol;
import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static io.tailrace.coordinator.group.ClassicFixture.now;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicJoinTest {
  private final ClassicFixture coordinator = new ClassicFixture();

  private ErrorCode joinError(JoinGroupRequest request) {
    return error(now(coordinator.join(9, request)).errorCode());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9})
  void everyVersionLeadsToAStableGeneration(int version) {
    ClassicClient first = coordinator.client(version);
    ClassicClient second = coordinator.client(version);

    coordinator.stabilize(first, second);

    assertThat(first.generation).isEqualTo(1);
    assertThat(second.generation).isEqualTo(1);
    assertThat(coordinator.group().members().leader()).isEqualTo(first.memberId);
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 6, 7, 8, 9})
  void aNewMemberIsGivenItsIdFirst(int version) {
    ClassicClient client = coordinator.client(version);

    JoinGroupResponse answer = now(coordinator.join(version, client.joinRequest()));

    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
    assertThat(answer.memberId()).startsWith("client-");
    assertThat(coordinator.group().members().isEmpty()).isTrue();
    assertThat(coordinator.group().pendingJoins()).containsExactly(answer.memberId());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void olderVersionsJoinAtOnce(int version) {
    CompletableFuture<JoinGroupResponse> answer =
        coordinator.join(version, coordinator.client(version).joinRequest());
    assertThat(answer).isNotCompleted();

    coordinator.advance(0);

    assertThat(error(now(answer).errorCode())).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void versionZeroHasOneTimeout() {
    ClassicClient client = coordinator.client(0);
    coordinator.stabilize(client);
    assertThat(coordinator.group().members().rebalanceTimeoutMs())
        .isEqualTo(ClassicClient.SESSION_MS);
  }

  @Test
  void onlyTheLeaderIsToldWhoIsInTheGeneration() {
    ClassicClient leader = coordinator.client();
    ClassicClient follower = coordinator.client();
    follower.protocols = List.of(protocol("range", "other topics"));
    CompletableFuture<JoinGroupResponse> first = leader.join();
    CompletableFuture<JoinGroupResponse> second = follower.join();
    coordinator.advance(0);

    assertThat(now(first).leader()).isEqualTo(leader.memberId);
    assertThat(now(first).protocolType()).isEqualTo("consumer");
    assertThat(now(first).protocolName()).isEqualTo("range");
    assertThat(now(first).skipAssignment()).isFalse();
    assertThat(now(first).members())
        .extracting(JoinGroupResponseMember::memberId)
        .containsExactly(leader.memberId, follower.memberId);
    assertThat(now(first).members())
        .extracting(member -> new String(member.metadata(), UTF_8))
        .containsExactly("topics", "other topics");
    assertThat(now(second).leader()).isEqualTo(leader.memberId);
    assertThat(now(second).members()).isEmpty();
  }

  @Test
  void refusesWhatIsNoGroupId() {
    JoinGroupRequest request = coordinator.client().joinRequest();
    assertThat(joinError(request.groupId(""))).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    // 32767 bytes that were no UTF-8 have become three times as many.
    String grown = "\uFFFD".repeat(32767);
    RequestContext asker = new RequestContext("c", "/127.0.0.1", (short) 9, coordinator.nowMs);
    JoinGroupResponse answer =
        now(
            coordinator
                .runtime()
                .run(0, shard -> shard.groups.join(asker, request.groupId(grown))));
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
    assertThat(coordinator.log.endOffset()).isZero();
  }

  @Test
  void refusesStringsThatNoRecordCanHold() {
    String grown = "\uFFFD".repeat(32767);
    RequestContext asker = new RequestContext(grown, "/127.0.0.1", (short) 9, coordinator.nowMs);
    ClassicClient client = coordinator.client();
    List<JoinGroupRequest> requests =
        List.of(
            client.joinRequest().groupInstanceId(grown),
            client.joinRequest().protocolType(grown),
            client.joinRequest().protocols(List.of(protocol(grown, "topics"))));
    for (JoinGroupRequest request : requests) {
      JoinGroupResponse answer =
          now(coordinator.runtime().run(0, shard -> shard.groups.join(asker, request)));
      assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
    }
    assertThat(coordinator.log.endOffset()).isZero();
  }

  @Test
  void aLongClientIdIsCutForTheMemberId() {
    coordinator.clientId = "x".repeat(9_999) + "\uD83D\uDE00".repeat(5_000);
    ClassicClient client = coordinator.client();
    coordinator.stabilize(client);
    assertThat(client.memberId).startsWith("x".repeat(9_999) + "-");
    coordinator.restart();
    assertThat(client.heartbeat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void theLongestGroupIdWorks() {
    ClassicClient client = new ClassicClient(coordinator, "g".repeat(32767), 9);
    CompletableFuture<JoinGroupResponse> joined = client.join();
    coordinator.advance(0);
    assertThat(error(now(joined).errorCode())).isEqualTo(ErrorCode.NONE);
    client.assign(now(joined));
    coordinator.restart();
    assertThat(client.heartbeat()).isEqualTo(ErrorCode.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "5999, INVALID_SESSION_TIMEOUT",
    "6000, MEMBER_ID_REQUIRED",
    "1800000, MEMBER_ID_REQUIRED",
    "1800001, INVALID_SESSION_TIMEOUT",
    "-1, INVALID_SESSION_TIMEOUT"
  })
  void sessionTimeoutsHaveLimits(int sessionMs, ErrorCode expected) {
    ClassicClient client = coordinator.client();
    client.sessionMs = sessionMs;
    assertThat(joinError(client.joinRequest())).isEqualTo(expected);
  }

  @Test
  void anIdWithoutAGroupIsUnknown() {
    ClassicClient client = coordinator.client();
    client.memberId = "stranger";
    JoinGroupResponse answer = now(client.join());
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(answer.memberId()).isEqualTo("stranger");
    assertThat(coordinator.log.endOffset()).isZero();
  }

  @Test
  void anIdThatTheGroupDoesNotKnowIsUnknown() {
    coordinator.stabilize(coordinator.client());
    ClassicClient client = coordinator.client();
    client.memberId = "stranger";
    assertThat(error(now(client.join()).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aNewGroupIsInTheLogBeforeItsFirstMemberIsAnswered() {
    ClassicClient client = coordinator.client();
    client.join();
    assertThat(coordinator.recordsOf(GROUP))
        .singleElement()
        .satisfies(created -> {
          assertThat(created.generation()).isZero();
          assertThat(created.protocolType()).isEmpty();
          assertThat(created.protocol()).isNull();
          assertThat(created.leader()).isNull();
          assertThat(created.currentStateTimestamp()).isEqualTo(coordinator.nowMs);
          assertThat(created.members()).isEmpty();
        });
  }

  @Test
  void withoutALogThereIsNoNewGroup() {
    coordinator.log.refuse(ErrorCode.NOT_COORDINATOR);
    CompletableFuture<JoinGroupResponse> answer =
        coordinator.join(9, coordinator.client().joinRequest());
    assertThat(answer)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(CoordinatorException.class);
    assertThat(coordinator.group()).isNull();
  }

  @Test
  void protocolsMustHaveATypeAndNames() {
    ClassicClient client = coordinator.client();
    client.protocols = List.of();
    assertThat(joinError(client.joinRequest())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    client = coordinator.client();
    client.protocolType = "";
    assertThat(joinError(client.joinRequest())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }

  @Test
  void aMemberMustFitTheOthers() {
    coordinator.stabilize(coordinator.client());
    ClassicClient otherType = coordinator.client();
    otherType.protocolType = "connect";
    assertThat(joinError(otherType.joinRequest())).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    ClassicClient otherProtocol = coordinator.client();
    otherProtocol.protocols = List.of(protocol("sticky", "topics"));
    assertThat(joinError(otherProtocol.joinRequest()))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
  }

  @Test
  void membersVoteForAProtocolThatAllKnow() {
    ClassicClient a = coordinator.client();
    a.protocols = List.of(protocol("a", ""), protocol("b", ""), protocol("c", ""));
    ClassicClient b = coordinator.client();
    b.protocols = List.of(protocol("c", ""), protocol("b", ""));
    ClassicClient c = coordinator.client();
    c.protocols = List.of(protocol("c", ""), protocol("a", ""), protocol("b", ""));
    coordinator.stabilize(a, b, c);
    assertThat(coordinator.group().protocol()).isEqualTo("c");
  }

  @Test
  void ofTwoProtocolsWithAsManyVotesTheFirstMembersWins() {
    ClassicClient a = coordinator.client();
    a.protocols = List.of(protocol("z", ""), protocol("b", ""));
    ClassicClient b = coordinator.client();
    b.protocols = List.of(protocol("b", ""), protocol("z", ""));
    coordinator.stabilize(a, b);
    assertThat(coordinator.group().protocol()).isEqualTo("z");
  }

  @Test
  void aFullStableGroupTakesMembersBackButNoNewOnes() {
    coordinator.settings = ClassicFixture.settings(0, 2);
    ClassicClient a = coordinator.client();
    ClassicClient b = coordinator.client();
    coordinator.stabilize(a, b);
    JoinGroupResponse answer = now(coordinator.client().join());
    assertThat(error(answer.errorCode())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    assertThat(answer.memberId()).isEmpty();
    assertThat(error(now(b.join()).errorCode())).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aGroupThatShrinksKeepsTheFirstWhoAreBack() {
    ClassicClient a = coordinator.client();
    ClassicClient b = coordinator.client();
    ClassicClient c = coordinator.client();
    coordinator.stabilize(a, b, c);
    coordinator.settings = ClassicFixture.settings(0, 2);
    CompletableFuture<JoinGroupResponse> first = a.join();
    CompletableFuture<JoinGroupResponse> second = c.join();
    assertThat(error(now(b.join()).errorCode())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    CompletableFuture<JoinGroupResponse> again = c.join();
    assertThat(error(now(second).errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    coordinator.advance(ClassicClient.REBALANCE_MS);
    assertThat(now(first).members()).hasSize(2);
    assertThat(error(now(again).errorCode())).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aRepeatedJoinTakesTheAnswerAndTheFirstIsToldToTryAgain() {
    ClassicClient client = coordinator.client();
    CompletableFuture<JoinGroupResponse> first = client.join();
    CompletableFuture<JoinGroupResponse> second = client.join();
    assertThat(error(now(first).errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    coordinator.advance(0);
    assertThat(error(now(second).errorCode())).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void whoHasMissedTheAnswerGetsItAgain() {
    ClassicClient leader = coordinator.client();
    ClassicClient follower = coordinator.client();
    leader.join();
    follower.join();
    coordinator.advance(0);

    assertThat(now(leader.join()).members()).hasSize(2);
    assertThat(now(follower.join()).generationId()).isEqualTo(1);
    assertThat(coordinator.group().state()).isEqualTo("CompletingRebalance");
  }

  @Test
  void aChangedSubscriptionRebalancesAnUnfinishedGeneration() {
    ClassicClient leader = coordinator.client();
    ClassicClient follower = coordinator.client();
    leader.join();
    follower.join();
    coordinator.advance(0);
    CompletableFuture<SyncGroupResponse> waiting = follower.sync();

    leader.protocols = List.of(protocol("range", "new topics"));
    CompletableFuture<JoinGroupResponse> rejoined = leader.join();

    assertThat(rejoined).isNotCompleted();
    assertThat(error(now(waiting).errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
    follower.join();
    assertThat(now(rejoined).generationId()).isEqualTo(2);
  }

  @Test
  void inAStableGenerationFollowersAreToldWhatItIs() {
    ClassicClient leader = coordinator.client();
    ClassicClient follower = coordinator.client();
    coordinator.stabilize(leader, follower);
    JoinGroupResponse answer = now(follower.join());
    assertThat(answer.generationId()).isEqualTo(1);
    assertThat(answer.members()).isEmpty();
    assertThat(coordinator.group().state()).isEqualTo("Stable");
  }

  @Test
  void inAStableGenerationTheLeadersJoinRebalances() {
    ClassicClient leader = coordinator.client();
    ClassicClient follower = coordinator.client();
    coordinator.stabilize(leader, follower);
    assertThat(leader.join()).isNotCompleted();
    assertThat(follower.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void inAStableGenerationAChangedSubscriptionRebalances() {
    ClassicClient leader = coordinator.client();
    ClassicClient follower = coordinator.client();
    coordinator.stabilize(leader, follower);
    follower.protocols = List.of(protocol("range", "new topics"));
    assertThat(follower.join()).isNotCompleted();
    assertThat(leader.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void aRebalanceWaitsForWhoHasAFreshId() {
    ClassicClient a = coordinator.client();
    coordinator.stabilize(a);
    ClassicClient late = coordinator.client();
    late.memberId = now(coordinator.join(9, late.joinRequest())).memberId();

    CompletableFuture<JoinGroupResponse> rejoined = a.join();
    assertThat(rejoined).isNotCompleted();
    late.join();

    assertThat(now(rejoined).members()).hasSize(2);
  }

  @Test
  void aFreshIdIsGoneAfterTheSessionTimeout() {
    ClassicClient a = coordinator.client();
    coordinator.stabilize(a);
    ClassicClient late = coordinator.client();
    late.memberId = now(coordinator.join(9, late.joinRequest())).memberId();
    CompletableFuture<JoinGroupResponse> rejoined = a.join();

    coordinator.advance(ClassicClient.SESSION_MS);

    assertThat(now(rejoined).members()).hasSize(1);
    assertThat(error(now(late.join()).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void aFreshIdIsNoStaticMembers() {
    ClassicClient client = coordinator.client();
    client.memberId = now(coordinator.join(9, client.joinRequest())).memberId();
    client.instanceId = "instance";
    assertThat(error(now(client.join()).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void theReasonIsNoPartOfTheState() {
    ClassicClient client = coordinator.client();
    JoinGroupRequest request = client.joinRequest().reason("x".repeat(30_000));
    assertThat(joinError(request)).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED);
  }
}
