package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicClient.error;
import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static io.tailrace.coordinator.group.ClassicFixture.now;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassicLeaveTest {
  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient client = coordinator.client();

  private LeaveGroupResponse leave(int version, LeaveGroupRequest request) {
    return now(coordinator.leave(version, request));
  }

  private List<ErrorCode> leaveAll(MemberIdentity... members) {
    return leave(5, new LeaveGroupRequest().groupId(GROUP).members(List.of(members)))
        .members()
        .stream()
        .map(member -> error(member.errorCode()))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void theLastMemberLeavesAnEmptyGroupInTheLog(int version) {
    ClassicClient only = coordinator.client(version);
    coordinator.stabilize(only);
    coordinator.advance(100);

    LeaveGroupResponse answer = only.leave();

    assertThat(answer.errorCode()).isZero();
    assertThat(answer.members()).hasSize(version < 3 ? 0 : 1);
    assertThat(coordinator.group().state()).isEqualTo("Empty");
    GroupMetadataValue value = coordinator.recordsOf(GROUP).getLast();
    assertThat(value.generation()).isEqualTo(2);
    assertThat(value.protocolType()).isEqualTo("consumer");
    assertThat(value.protocol()).isNull();
    assertThat(value.leader()).isNull();
    assertThat(value.members()).isEmpty();
    assertThat(value.currentStateTimestamp()).isEqualTo(coordinator.nowMs);
    assertThat(coordinator.group().emptySinceMs()).isEqualTo(coordinator.nowMs);
    assertThat(coordinator.runtime().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void before3TheErrorIsTheResponses(int version) {
    LeaveGroupRequest request = new LeaveGroupRequest().groupId(GROUP).memberId("stranger");
    assertThat(error(leave(version, request).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    coordinator.stabilize(client);
    assertThat(error(leave(version, request).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(coordinator.group().state()).isEqualTo("Stable");
  }

  @Test
  void refusesWhatIsNoGroupId() {
    LeaveGroupRequest request =
        new LeaveGroupRequest().members(List.of(new MemberIdentity().memberId("a")));
    assertThat(error(leave(5, request).errorCode())).isEqualTo(ErrorCode.INVALID_GROUP_ID);
  }

  @Test
  void membersOfAnUnknownGroupAreUnknown() {
    assertThat(leaveAll(new MemberIdentity().memberId("a"), new MemberIdentity().memberId("b")))
        .containsExactly(ErrorCode.UNKNOWN_MEMBER_ID, ErrorCode.UNKNOWN_MEMBER_ID);
  }

  @Test
  void severalLeaveAndEachHasItsOwnError() {
    ClassicClient fixed = coordinator.client();
    fixed.instanceId = "instance";
    ClassicClient stays = coordinator.client();
    coordinator.stabilize(client, fixed, stays);

    assertThat(
            leaveAll(
                new MemberIdentity().memberId(client.memberId),
                new MemberIdentity().memberId(client.memberId),
                new MemberIdentity().memberId("").groupInstanceId("other"),
                new MemberIdentity().memberId("wrong").groupInstanceId("instance"),
                new MemberIdentity().memberId("").groupInstanceId("instance"),
                new MemberIdentity().memberId("").groupInstanceId("instance")))
        .containsExactly(
            ErrorCode.NONE,
            ErrorCode.UNKNOWN_MEMBER_ID,
            ErrorCode.UNKNOWN_MEMBER_ID,
            ErrorCode.FENCED_INSTANCE_ID,
            ErrorCode.NONE,
            ErrorCode.UNKNOWN_MEMBER_ID);

    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
    assertThat(coordinator.group().members().leader()).isEqualTo(stays.memberId);
    assertThat(now(stays.join()).members()).hasSize(1);
  }

  @Test
  void whoeverWaitsForTheMemberIsAnswered() {
    ClassicClient leader = coordinator.client();
    CompletableFuture<JoinGroupResponse> join = leader.join();
    ClassicClient goes = coordinator.client();
    CompletableFuture<JoinGroupResponse> itsJoin = goes.join();
    goes.leave();
    assertThat(error(now(itsJoin).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);

    coordinator.advance(0);
    assertThat(now(join).members()).hasSize(1);
  }

  @Test
  void whoLeavesWhileItWaitsForItsAssignmentIsAnswered() {
    ClassicClient goes = coordinator.client();
    client.join();
    goes.join();
    coordinator.advance(0);
    CompletableFuture<SyncGroupResponse> sync = goes.sync();
    goes.leave();
    assertThat(error(now(sync).errorCode())).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(coordinator.group().state()).isEqualTo("PreparingRebalance");
  }

  @Test
  void theLastOneThatIsMissedCompletesTheRebalance() {
    ClassicClient goes = coordinator.client();
    coordinator.stabilize(client, goes);
    CompletableFuture<JoinGroupResponse> join = client.join();
    assertThat(join).isNotCompleted();
    goes.leave();
    assertThat(now(join).generationId()).isEqualTo(2);
  }

  @Test
  void theFirstMembersAreWaitedForThoughOneLeaves() {
    coordinator.settings = ClassicFixture.settings(3000, 10);
    CompletableFuture<JoinGroupResponse> join = client.join();
    ClassicClient goes = coordinator.client();
    goes.join();
    goes.leave();
    assertThat(join).isNotCompleted();
  }

  @Test
  void aFreshIdCanBeGivenBack() {
    ClassicClient fresh = coordinator.client();
    fresh.memberId = now(coordinator.join(9, fresh.joinRequest())).memberId();
    assertThat(leaveAll(new MemberIdentity().memberId(fresh.memberId)))
        .containsExactly(ErrorCode.NONE);
    assertThat(coordinator.group().pendingJoins()).isEmpty();
    assertThat(coordinator.group().state()).isEqualTo("Empty");
    assertThat(coordinator.runtime().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void thatNobodyIsLeftHoldsAlsoIfItCannotBeStored() {
    coordinator.stabilize(client);
    coordinator.log.refuse(ErrorCode.NOT_COORDINATOR);
    coordinator.advance(ClassicClient.SESSION_MS);
    assertThat(coordinator.group().state()).isEqualTo("Empty");
    coordinator.log.refuse(ErrorCode.NONE);

    // The log still has the member: after a load it times out once more.
    coordinator.restart();
    assertThat(coordinator.group().state()).isEqualTo("Stable");
    coordinator.advance(ClassicClient.SESSION_MS);
    assertThat(coordinator.group().state()).isEqualTo("Empty");
    assertThat(coordinator.recordsOf(GROUP).getLast().generation()).isEqualTo(2);
  }
}
