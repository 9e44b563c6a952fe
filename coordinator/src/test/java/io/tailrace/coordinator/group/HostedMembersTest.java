package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.group.GroupSettings.MigrationPolicy;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.LeaveGroupResponse.MemberResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Members of the classic protocol in a consumer group. */
class HostedMembersTest {
  private final MigrationTestBed bed = new MigrationTestBed(MigrationPolicy.UPGRADE, 0);
  private final MigrationClient classic = new MigrationClient(bed, null, "foo");
  private final MigrationClient fixed = new MigrationClient(bed, "instance", "foo");
  private UUID foo;

  @BeforeEach
  void makeGroup() {
    bed.topics = bed.topics.with("foo", 6);
    foo = bed.topics.id("foo");
    bed.heartbeat(join("new", "foo"));
  }

  private ConsumerMember member(MigrationClient client) {
    return bed.consumerGroup().member(client.memberId);
  }

  /** "new" gives up what it is to, and takes what it is given. */
  private void reconcileNew() {
    int epoch = bed.consumerGroup().member("new").epoch();
    bed.heartbeat(beat("new", epoch));
    ConsumerMember member = bed.consumerGroup().member("new");
    bed.heartbeat(
        beat("new", member.epoch())
            .topicPartitions(ConsumerTestBed.owning(member.assignment().toTarget().partitions())));
  }

  @Test
  void aMemberWithoutAnIdIsGivenOne() {
    var answer = bed.join(9, classic.joinRequest()).join();
    assertThat(answer.errorCode()).isEqualTo(ErrorCode.MEMBER_ID_REQUIRED.code());
    assertThat(answer.memberId()).isNotEmpty();
    assertThat(bed.consumerGroup().members()).hasSize(1);
    assertThat(bed.join(3, classic.joinRequest()).join().errorCode()).isZero();
    assertThat(bed.consumerGroup().members()).hasSize(2);
  }

  @Test
  void aMemberGetsWhatOthersGiveUp() {
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(classic.sync().get(foo)).isNull();
    assertThat(classic.beat()).as("others have it still").isEqualTo(ErrorCode.NONE);
    reconcileNew();
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(classic.sync().get(foo)).hasSize(3);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
    assertThat(bed.consumerGroup().state()).isEqualTo("Stable");
  }

  private void share() {
    classic.joinNow();
    reconcileNew();
    classic.joinNow();
    classic.owned = classic.sync().get(foo).stream().mapToInt(it -> it).toArray();
    assertThat(bed.consumerGroup().state()).isEqualTo("Stable");
  }

  @Test
  void aCooperativeMemberGivesUpWhatItIsToAndJoinsAgain() {
    share();
    int generation = classic.generation;
    bed.heartbeat(join("other", "foo"));
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(classic.generation).as("not before it has given up").isEqualTo(generation);
    Set<Integer> kept = classic.sync().get(foo);
    assertThat(kept).hasSize(2);
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    classic.owned = kept.stream().mapToInt(it -> it).toArray();
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(classic.generation).isGreaterThan(generation);
    assertThat(classic.sync().get(foo)).isEqualTo(kept);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void anEagerMemberHasGivenUpAllWhenItJoins() {
    share();
    bed.heartbeat(join("other", "foo"));
    classic.owned = new int[0];
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(classic.sync().get(foo)).hasSize(2);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void aJoinThatChangesNothingWritesNothing() {
    share();
    classic.joinNow();
    bed.takeRecords();
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(bed.takeRecords()).isEmpty();
  }

  private void assertGetsAll(int partitions) {
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(classic.sync().get(foo)).hasSize(partitions);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
  }

  /** By policy the group is not downgraded, and nobody else sends heartbeats. */
  @Test
  void classicMembersAloneNoticeThatOthersHaveGoneAndTopicsHaveGrown() {
    share();
    bed.heartbeat(beat("new", ConsumerAssignment.LEAVE_EPOCH));
    assertGetsAll(6);
    bed.topics(bed.topics.with("foo", 8), "foo");
    bed.log.refuse(1);
    assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
    assertThat(bed.join(9, classic.joinRequest())).isCompletedExceptionally();
    assertGetsAll(8);
    bed.topics(bed.topics.with("bar", 1), "foo");
    assertThat(classic.beat()).as("nothing to it").isEqualTo(ErrorCode.NONE);
    bed.restart();
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
  }

  @Test
  void otherwiseConsumersDo() {
    share();
    bed.topics(bed.topics.with("foo", 8), "foo");
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
    bed.heartbeat(beat("new", bed.consumerGroup().member("new").epoch()));
    assertGetsAll(4);
  }

  @Test
  void whoIsBehindIsRefusedItsAssignment() {
    classic.joinNow();
    bed.heartbeat(join("other", "foo"));
    assertThat(classic.syncError()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
  }

  @Test
  void othersAreRefused() {
    fixed.joinNow();
    fixed.generation++;
    assertThat(fixed.beat()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    assertThat(fixed.syncError()).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
    fixed.generation--;
    assertThat(code(fixed.syncRequest().protocolName("sticky")))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    assertThat(code(fixed.syncRequest().protocolType("connect")))
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    fixed.memberId = "another";
    assertThat(fixed.beat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(fixed.syncError()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(fixed.joinNow()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    assertThat(fixed.leave()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    classic.memberId = "unheard of";
    assertThat(classic.beat()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    assertThat(classic.leave()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
    classic.memberId = "new";
    assertThat(classic.beat()).as("is not classic").isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
  }

  private ErrorCode code(SyncGroupRequest request) {
    return ErrorCode.forCode(bed.sync(5, request).join().errorCode());
  }

  @Test
  void joinsOfOthersThanConsumersAreRefused() {
    var request = classic.joinRequest().memberId("m");
    assertThat(bed.join(9, request.protocolType("connect")).join().errorCode())
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    request.protocolType("consumer").protocols(List.of());
    assertThat(bed.join(9, request).join().errorCode())
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    request.protocols(
        List.of(new JoinGroupRequestProtocol().name("range").metadata(new byte[] {0, 1, 7})));
    assertThat(bed.join(9, request).join().errorCode())
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    classic.joinNow();
    byte[] metadata = classic.joinRequest().protocols().getFirst().metadata();
    request.protocols(List.of(new JoinGroupRequestProtocol().name("mine").metadata(metadata)));
    assertThat(bed.join(9, request).join().errorCode())
        .as("no protocol in common")
        .isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL.code());
    assertThat(bed.consumerGroup().members()).hasSize(2);
  }

  @Test
  void byPolicyNoClassicMemberJoins() {
    bed.settings = MigrationTestBed.settings(MigrationPolicy.DISABLED, 0, 100, 100);
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
    bed.settings = MigrationTestBed.settings(MigrationPolicy.UPGRADE, 0, 100, 1);
    assertThat(classic.joinNow()).isEqualTo(ErrorCode.GROUP_MAX_SIZE_REACHED);
  }

  @Test
  void whoDoesNotSyncInTimeIsPutOut() {
    classic.joinNow();
    for (int ms = 0; ms < MigrationClient.REBALANCE_MS; ms += 10_000) {
      assertThat(member(classic)).isNotNull();
      classic.beat();
      bed.pass(10_000);
    }
    assertThat(member(classic)).isNull();
  }

  @Test
  void whoDoesNotJoinAgainInTimeIsPutOut() {
    share();
    bed.heartbeat(join("other", "foo"));
    for (int ms = 0; ms < MigrationClient.REBALANCE_MS; ms += 10_000) {
      assertThat(classic.beat()).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
      bed.pass(10_000);
    }
    assertThat(member(classic)).isNull();
  }

  @Test
  void whoIsSilentIsPutOut() {
    share();
    bed.pass(MigrationClient.SESSION_MS - 1);
    assertThat(classic.beat()).isEqualTo(ErrorCode.NONE);
    bed.pass(MigrationClient.SESSION_MS - 1);
    assertThat(member(classic)).isNotNull();
    bed.pass(1);
    assertThat(member(classic)).isNull();
  }

  @Test
  void membersCommitWithTheirGeneration() {
    share();
    ConsumerGroup group = bed.consumerGroup();
    group.checkCommit(classic.memberId, null, classic.generation, false, (short) 2);
    assertThatThrownBy(() ->
            group.checkCommit(classic.memberId, null, classic.generation + 1, false, (short) 9))
        .isInstanceOfSatisfying(
            CoordinatorException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.ILLEGAL_GENERATION));
  }

  @Test
  void aConsumerTakesThePlaceOfAStaticClassicMember() {
    fixed.joinNow();
    reconcileNew();
    fixed.joinNow();
    Set<Integer> had = fixed.sync().get(foo);
    var answer = bed.heartbeat(join("successor", "foo").instanceId("instance"));
    assertThat(ConsumerTestBed.assignment(answer).get(foo)).isEqualTo(had).hasSize(3);
    assertThat(fixed.beat()).isEqualTo(ErrorCode.FENCED_INSTANCE_ID);
    bed.follow();
  }

  @Test
  void aClassicMemberTakesThePlaceOfAnotherOfEitherProtocol() {
    classic.joinNow();
    bed.heartbeat(join("static", "foo").instanceId("instance"));
    assertThat(fixed.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(bed.consumerGroup().member("static")).isNull();
    String first = fixed.memberId;
    fixed.memberId = "";
    assertThat(fixed.joinNow()).isEqualTo(ErrorCode.NONE);
    assertThat(fixed.memberId).isNotEqualTo(first);
    assertThat(bed.consumerGroup().members()).hasSize(3);
    bed.follow();
  }

  @Test
  void anAdminPutsMembersOfEitherProtocolOut() {
    bed.heartbeat(join("static", "foo").instanceId("other"));
    fixed.joinNow();
    classic.joinNow();
    List<MemberIdentity> identities =
        List.of(
            new MemberIdentity().groupInstanceId("other"),
            new MemberIdentity().groupInstanceId("instance"),
            new MemberIdentity().groupInstanceId("nobody"),
            new MemberIdentity().memberId("nobody"),
            new MemberIdentity().memberId("new"));
    int epoch = bed.consumerGroup().epoch();
    assertThat(
            bed.leave(new LeaveGroupRequest().groupId(MigrationTestBed.GROUP).members(identities))
                .members())
        .extracting(MemberResponse::errorCode)
        .containsExactly((short) 0, (short) 0, (short) 25, (short) 25, (short) 0);
    assertThat(bed.consumerGroup().memberIds()).containsExactly(classic.memberId);
    assertThat(bed.consumerGroup().epoch()).isEqualTo(epoch + 1);
    bed.follow();
  }
}
