package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.OffsetHarness.errors;
import static io.tailrace.coordinator.group.OffsetHarness.onlyError;
import static io.tailrace.coordinator.group.OffsetHarness.partition;
import static io.tailrace.coordinator.group.OffsetHarness.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.LegacyOffsetCommitKey;
import io.tailrace.protocol.message.LegacyOffsetCommitValue;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetCommitResponse.OffsetCommitResponsePartition;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OffsetCommitTest {
  private final OffsetHarness harness = new OffsetHarness();

  private void assertRefused(int version, OffsetCommitRequest request, ErrorCode code) {
    long end = harness.log.endOffset();
    assertThatThrownBy(() -> harness.commit(version, request))
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code));
    assertThat(harness.log.endOffset()).isEqualTo(end);
  }

  @Test
  void aSimpleConsumerMakesAGroup() {
    assertThat(harness.commit("g", "t", 3, 17)).isEqualTo(ErrorCode.NONE);
    assertThat(harness.offset("g", "t", 3)).isEqualTo(17);
    assertThat(harness.shard().context.groups()).containsOnlyKeys("g");
    assertThat(harness.reload().context.groups()).containsOnlyKeys("g");
    assertThat(harness.offset("g", "t", 3)).isEqualTo(17);
  }

  @Test
  void everythingThatIsCommittedIsKept() {
    OffsetCommitRequest request =
        request("g", "t", partition(1, 17).committedLeaderEpoch(3).committedMetadata("why"));
    harness.commit(9, request);
    CommittedOffset live = harness.shard().offsets.committed("g", "t", 1);
    assertThat(live).isEqualTo(harness.reload().offsets.committed("g", "t", 1));
    assertThat(live.leaderEpoch()).isEqualTo(3);
    assertThat(live.metadata()).isEqualTo("why");
    assertThat(live.commitMs()).isEqualTo(harness.nowMs);
    assertThat(live.expireMs()).isEqualTo(-1);
    assertThat(live.recordOffset()).isZero();
  }

  @Test
  void aLaterCommitReplacesAnEarlierOneWhicheverIsGreater() {
    harness.commit("g", "t", 0, 100);
    harness.commit("g", "t", 0, 5);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(5);
  }

  @Test
  void theEmptyGroupIdIsAGroupToo() {
    assertThat(harness.commit("", "t", 0, 1)).isEqualTo(ErrorCode.NONE);
    harness.reload();
    assertThat(harness.offset("", "t", 0)).isEqualTo(1);
  }

  @Test
  void aGroupIdThatGrowsBeyondTheLimitIsRefused() {
    assertRefused(
        9, request("\uFFFD".repeat(30_000), "t", partition(0, 1)), ErrorCode.UNKNOWN_SERVER_ERROR);
    assertThat(harness.shard().context.groups()).isEmpty();
  }

  @Test
  void whatDoesNotExistIsToldPartitionByPartition() {
    OffsetCommitRequest request =
        new OffsetCommitRequest()
            .groupId("g")
            .topics(List.of(topic("nowhere", 0, 1), topic("u", 1, 2, -1, Integer.MAX_VALUE)));
    OffsetCommitResponse response = harness.commit(9, request);
    ErrorCode unknown = ErrorCode.UNKNOWN_TOPIC_OR_PARTITION;
    assertThat(errors(response))
        .containsExactly(unknown, unknown, ErrorCode.NONE, unknown, unknown, unknown);
    assertThat(response.topics().get(1).partitions())
        .extracting(OffsetCommitResponsePartition::partitionIndex)
        .containsExactly(1, 2, -1, Integer.MAX_VALUE);
    assertThat(harness.log.endOffset()).isEqualTo(1);
  }

  private static OffsetCommitRequestTopic topic(String name, int... partitions) {
    return new OffsetCommitRequestTopic()
        .name(name)
        .partitions(Arrays.stream(partitions).mapToObj(index -> partition(index, 5)).toList());
  }

  @Test
  void aRequestThatNamesNothingThatExistsIsNotChecked() {
    OffsetCommitRequest request =
        request("g", "nowhere", partition(0, 1)).generationIdOrMemberEpoch(4).memberId("m");
    assertThat(onlyError(harness.commit(9, request)))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(harness.commit(9, new OffsetCommitRequest().groupId("g")).topics()).isEmpty();
  }

  @Test
  void versionTenKnowsTopicsByTheirIds() {
    UUID nobody = new UUID(1, 1);
    OffsetCommitRequest request =
        new OffsetCommitRequest()
            .groupId("g")
            .topics(
                List.of(
                    topic("", 0).topicId(nobody),
                    topic("", 3, 4).topicId(harness.t.id()),
                    topic("t", 1)));
    OffsetCommitResponse response = harness.commit(10, request);
    assertThat(errors(response))
        .containsExactly(
            ErrorCode.UNKNOWN_TOPIC_ID,
            ErrorCode.NONE,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode.UNKNOWN_TOPIC_ID);
    assertThat(response.topics().get(1).topicId()).isEqualTo(harness.t.id());
    assertThat(harness.reload().offsets.committed("g", "t", 3).topicId()).isEqualTo(harness.t.id());
  }

  @Test
  void metadataHasALimit() {
    int most = GroupSettings.DEFAULT.offsetMetadataMaxBytes();
    OffsetCommitRequest request =
        request(
            "g",
            "t",
            partition(0, 1).committedMetadata("x".repeat(most + 1)),
            partition(1, 2).committedMetadata("x".repeat(most)),
            partition(2, 3).committedMetadata(null));
    assertThat(errors(harness.commit(9, request)))
        .containsExactly(ErrorCode.OFFSET_METADATA_TOO_LARGE, ErrorCode.NONE, ErrorCode.NONE);
    harness.reload();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    assertThat(harness.shard().offsets.committed("g", "t", 1).metadata()).hasSize(most);
    assertThat(harness.shard().offsets.committed("g", "t", 2).metadata()).isEmpty();
  }

  @Test
  void aMemberOfAnUnknownGroupIsToldSoFromVersionNineOn() {
    OffsetCommitRequest request =
        request("g", "t", partition(0, 1)).generationIdOrMemberEpoch(0).memberId("m");
    assertRefused(8, request, ErrorCode.ILLEGAL_GENERATION);
    assertRefused(9, request, ErrorCode.GROUP_ID_NOT_FOUND);
    assertThat(harness.shard().context.groups()).isEmpty();
  }

  @Test
  void theGroupDecidesWhoMayCommit() {
    OffsetTestGroup group = harness.add(OffsetTestGroup.withMember("g", Group.CLASSIC, "m", "t"));
    assertRefused(9, request("g", "t", partition(0, 1)), ErrorCode.UNKNOWN_MEMBER_ID);
    assertRefused(
        9,
        request("g", "t", partition(0, 1)).memberId("m").generationIdOrMemberEpoch(4),
        ErrorCode.ILLEGAL_GENERATION);
    assertThat(group.heartbeats).isEmpty();
    harness.commit(
        9, request("g", "t", partition(0, 1)).memberId("m").generationIdOrMemberEpoch(5));
    assertThat(group.heartbeats).containsExactly("m@" + harness.nowMs);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
  }

  @Test
  void aPartitionThatTheGroupRefusesRefusesAll() {
    OffsetTestGroup group = harness.add(OffsetTestGroup.withMember("g", Group.CONSUMER, "m", "t"));
    group.newlyAssigned = Set.of("t-1");
    OffsetCommitRequest request =
        request("g", "t", partition(0, 1), partition(1, 1))
            .memberId("m")
            .generationIdOrMemberEpoch(5);
    assertRefused(9, request, ErrorCode.STALE_MEMBER_EPOCH);
    group.newlyAssigned = Set.of("t-2");
    assertThat(errors(harness.commit(9, request))).containsOnly(ErrorCode.NONE);
  }

  @Test
  void oldClientsSayHowLongAnOffsetIsKept() {
    harness.commit(4, request("g", "t", partition(0, 1)).retentionTimeMs(500));
    CommittedOffset live = harness.shard().offsets.committed("g", "t", 0);
    assertThat(live.expireMs()).isEqualTo(harness.nowMs + 500);
    assertThat(harness.reload().offsets.committed("g", "t", 0)).isEqualTo(live);
  }

  @Test
  void aFailedAppendCommitsNothing() {
    harness.commit("g", "t", 0, 1);
    harness.log.failAppend(1, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThatThrownBy(() -> harness.commit("g2", "t", 0, 2))
        .isInstanceOf(CoordinatorException.class);
    assertThat(harness.offset("g2", "t", 0)).isEqualTo(-1);
    assertThat(harness.shard().context.groups()).containsOnlyKeys("g");
  }

  @Test
  void recordsOfOldKafkasAreUnderstood() {
    GroupCodec codec = new GroupCodec();
    CoordinatorRecord record =
        new CoordinatorRecord(
            new LegacyOffsetCommitKey().group("g").topic("t").partition(2),
            new LegacyOffsetCommitValue().offset(44).metadata("old").commitTimestamp(3),
            (short) 0);
    harness.log.append(
        List.of(new CoordinatorLog.Entry(codec.key(record), codec.value(record))), 0);
    assertThat(harness.reload().offsets.committed("g", "t", 2))
        .isEqualTo(new CommittedOffset(2, 0, 44, -1, "old", 3, -1, Message.ZERO_UUID));
    harness.log.append(List.of(new CoordinatorLog.Entry(codec.key(record), null)), 0);
    assertThat(harness.reload().offsets.hasOffsets("g")).isFalse();
  }

  @Test
  void aRecordThatIsNoOffsetIsRefusedLoudly() {
    assertThatThrownBy(() ->
            harness
                .shard()
                .offsets
                .replay(0, -1, CoordinatorRecord.tombstone(new GroupMetadataKey().group("g"))))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
