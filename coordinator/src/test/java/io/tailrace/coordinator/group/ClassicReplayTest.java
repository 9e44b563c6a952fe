package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ClassicClient.assignment;
import static io.tailrace.coordinator.group.ClassicClient.error;
import static io.tailrace.coordinator.group.ClassicFixture.GROUP;
import static io.tailrace.coordinator.group.ClassicFixture.now;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DescribeGroupsResponse.DescribedGroup;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What is loaded, what is told to whom waits when a coordinator goes, and what admins see. */
class ClassicReplayTest {
  private final ClassicFixture coordinator = new ClassicFixture();
  private final ClassicClient a = coordinator.client();
  private final ClassicClient b = coordinator.client();

  private void append(List<CoordinatorRecord> records) {
    now(coordinator.runtime().run(coordinator.nowMs, shard -> CoordinatorResult.of(records)));
  }

  private void append(GroupMetadataValue value) {
    append(List.of(new CoordinatorRecord(new GroupMetadataKey().group(GROUP), value, (short) 3)));
  }

  @Test
  void aLoadedGenerationGoesOn() {
    coordinator.stabilize(a, b);
    coordinator.restart();
    assertThat(coordinator.group().state()).isEqualTo("Stable");
    assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    assertThat(now(b.sync()).assignment()).isEqualTo(assignment(b.memberId, 1));
    assertThat(now(b.join()).generationId()).isEqualTo(1);
    assertThat(a.join()).isNotCompleted();
  }

  @Test
  void loadedMembersHaveTheirSessionTimeoutToBeHeardOf() {
    coordinator.stabilize(a, b);
    coordinator.nowMs += 3_600_000;
    coordinator.restart();
    coordinator.advance(ClassicClient.SESSION_MS - 1);
    assertThat(b.heartbeat()).isEqualTo(ErrorCode.NONE);
    coordinator.advance(1);
    assertThat(coordinator.group().members().size()).isEqualTo(1);
  }

  @Test
  void whatWasNotAssignedIsLost() {
    coordinator.stabilize(a);
    a.join();
    assertThat(coordinator.group().generation()).isEqualTo(2);
    coordinator.restart();
    assertThat(coordinator.group().generation()).isEqualTo(1);
    assertThat(a.heartbeat()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    coordinator.stabilize(a);
  }

  @Test
  void aLoadedGroupThatIsTooLargeRebalances() {
    coordinator.stabilize(a, b);
    coordinator.settings = ClassicFixture.settings(0, 1);
    coordinator.restart();
    assertThat(a.heartbeat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    CompletableFuture<JoinGroupResponse> joined = b.join();
    assertThat(error(now(a.join()).errorCode())).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
    coordinator.advance(ClassicClient.REBALANCE_MS);
    assertThat(now(joined).members()).hasSize(1);
  }

  @Test
  void whoWaitsIsSentToTheNewCoordinator() {
    CompletableFuture<JoinGroupResponse> join = a.join();
    coordinator.runtime().stop(ErrorCode.NOT_COORDINATOR, "moved");
    assertThat(error(now(join).errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
  }

  @Test
  void whoWaitsForItsAssignmentIsSentToTheNewCoordinator() {
    a.join();
    b.join();
    coordinator.advance(0);
    CompletableFuture<SyncGroupResponse> sync = b.sync();
    coordinator.runtime().stop(ErrorCode.NOT_COORDINATOR, "moved");
    assertThat(error(now(sync).errorCode())).isEqualTo(ErrorCode.NOT_COORDINATOR);
  }

  @Test
  void aDeletedGroupIsGoneAndSoAreItsTimers() {
    coordinator.join(9, a.joinRequest());
    List<CoordinatorRecord> tombstones = new ArrayList<>();
    coordinator.group().checkDelete();
    coordinator.group().addTombstones(tombstones);
    append(tombstones);
    assertThat(coordinator.group()).isNull();
    assertThat(coordinator.runtime().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
    coordinator.restart();
    assertThat(coordinator.group()).isNull();
  }

  @Test
  void aGroupWithMembersIsNotDeleted() {
    coordinator.stabilize(a);
    assertThatThrownBy(() -> coordinator.group().checkDelete())
        .isInstanceOfSatisfying(
            CoordinatorException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.NON_EMPTY_GROUP));
  }

  @Test
  void whoWaitsWhenTheGroupChangesItsProtocolJoinsAgain() {
    coordinator.stabilize(a, b);
    CompletableFuture<JoinGroupResponse> join = a.join();
    List<CoordinatorRecord> tombstones = new ArrayList<>();
    coordinator.group().addTombstones(tombstones);
    append(tombstones);
    assertThat(error(now(join).errorCode())).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(now(join).memberId()).isEqualTo(a.memberId);
    assertThat(coordinator.runtime().nextDeadlineMs()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void oldRecordsHaveNoRebalanceTimeout() {
    append(
        new GroupMetadataValue()
            .protocolType("consumer")
            .protocol("range")
            .leader("m")
            .generation(7)
            .members(List.of(new MemberMetadata().memberId("m").sessionTimeout(6500))));
    assertThat(coordinator.group().members().rebalanceTimeoutMs()).isEqualTo(6500);
    assertThat(coordinator.group().stateSinceMs()).isEqualTo(-1);
  }

  @Test
  void recordsThatContradictThemselvesStopTheLoad() {
    MemberMetadata member = new MemberMetadata().memberId("m").groupInstanceId("i");
    GroupMetadataValue noProtocol =
        new GroupMetadataValue().protocol(null).members(List.of(member));
    GroupMetadataValue twice =
        new GroupMetadataValue().protocol("range").members(List.of(member, member));
    GroupMetadataValue sameInstance =
        new GroupMetadataValue()
            .protocol("range")
            .members(List.of(member, new MemberMetadata().memberId("n").groupInstanceId("i")));
    for (GroupMetadataValue value : List.of(noProtocol, twice, sameInstance)) {
      ClassicFixture fresh = new ClassicFixture();
      assertThatThrownBy(() ->
              fresh.runtime().shard().groups.replay(new GroupMetadataKey().group(GROUP), value))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aGroupForCommitsIsSimpleUntilSomebodyJoins() {
    coordinator.runtime().shard().groups.create(GROUP);
    ClassicGroup group = coordinator.group();
    assertThat(group.isSimple()).isTrue();
    assertThat(group.isEmpty()).isTrue();
    assertThat(group.protocolType()).isEmpty();
    assertThat(group.emptySinceMs()).isEqualTo(-1);
    coordinator.stabilize(a);
    assertThat(coordinator.group()).isSameAs(group);
    assertThat(group.isSimple()).isFalse();
  }

  @Test
  void aStableGroupIsDescribedWithItsSubscriptions() {
    coordinator.stabilize(a, b);
    DescribedGroup described = describe();
    assertThat(described.groupState()).isEqualTo("Stable");
    assertThat(described.protocolType()).isEqualTo("consumer");
    assertThat(described.protocolData()).isEqualTo("range");
    assertThat(described.members()).hasSize(2);
    assertThat(described.members().getLast().memberId()).isEqualTo(b.memberId);
    assertThat(described.members().getLast().clientHost()).isEqualTo("/127.0.0.1");
    assertThat(described.members().getLast().memberMetadata()).asString().isEqualTo("topics");
    assertThat(described.members().getLast().memberAssignment())
        .isEqualTo(assignment(b.memberId, 1));
  }

  @Test
  void aRebalancingGroupIsDescribedWithout() {
    coordinator.stabilize(a, b);
    a.join();
    DescribedGroup described = describe();
    assertThat(described.groupState()).isEqualTo("PreparingRebalance");
    assertThat(described.protocolData()).isEmpty();
    assertThat(described.members()).hasSize(2);
    assertThat(described.members().getFirst().memberMetadata()).isEmpty();
  }

  @Test
  void whatIsNoGroupIsDeadAndFromVersion6AnError() {
    DescribedGroup old = describe(5);
    assertThat(old.groupState()).isEqualTo("Dead");
    assertThat(error(old.errorCode())).isEqualTo(ErrorCode.NONE);
    DescribedGroup described = describe(6);
    assertThat(described.groupState()).isEqualTo("Dead");
    assertThat(error(described.errorCode())).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    assertThat(described.errorMessage()).isEqualTo("Group group not found.");
  }

  private DescribedGroup describe() {
    return describe(6);
  }

  private DescribedGroup describe(int version) {
    RequestContext asker = new RequestContext("admin", "/127.0.0.1", (short) version, 0);
    return coordinator.runtime().shard().groups.describe(asker, GROUP);
  }
}
