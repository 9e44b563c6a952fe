package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.OffsetHarness.asking;
import static io.tailrace.coordinator.group.OffsetHarness.askingAll;
import static io.tailrace.coordinator.group.OffsetHarness.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopics;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OffsetFetchTest {
  private final OffsetHarness harness = new OffsetHarness();

  private static OffsetFetchRequestGroup byId(UUID topicId, int... partitions) {
    return new OffsetFetchRequestGroup()
        .groupId("g")
        .topics(
            List.of(new OffsetFetchRequestTopics().topicId(topicId).partitionIndexes(partitions)));
  }

  private static ErrorCode error(OffsetFetchResponsePartitions partition) {
    return ErrorCode.forCode(partition.errorCode());
  }

  @Test
  void whatWasNotCommittedIsMinusOneWithoutError() {
    harness.commit("g", "t", 1, 7);
    OffsetFetchResponseGroup response = harness.fetch(9, asking("g", "t", 0, 1, 2, -1, 9), true);
    assertThat(response.topics().getFirst().partitions())
        .extracting(
            OffsetFetchResponsePartitions::partitionIndex,
            OffsetFetchResponsePartitions::committedOffset,
            OffsetFetchResponsePartitions::committedLeaderEpoch,
            OffsetFetchResponsePartitions::metadata,
            OffsetFetchResponsePartitions::errorCode)
        .containsExactly(
            tuple(0, -1L, -1, "", (short) 0),
            tuple(1, 7L, -1, "", (short) 0),
            tuple(2, -1L, -1, "", (short) 0),
            tuple(-1, -1L, -1, "", (short) 0),
            tuple(9, -1L, -1, "", (short) 0));
  }

  @Test
  void anUnknownGroupHasNoOffsets() {
    OffsetFetchResponseGroup response = harness.fetch(9, asking("nobody", "t", 0), true);
    assertThat(only(response).committedOffset()).isEqualTo(-1);
    assertThat(response.errorCode()).isZero();
    assertThat(harness.fetch(9, askingAll("nobody"), true).topics()).isEmpty();
  }

  @Test
  void allOfThemAreSortedByPartition() {
    for (int partition : new int[] {2, 0, 3, 1}) {
      harness.commit("g", "t", partition, 10 + partition);
    }
    harness.commit("g", "u", 1, 20);
    OffsetFetchResponseGroup response = harness.fetch(8, askingAll("g"), false);
    assertThat(response.topics())
        .extracting(OffsetFetchResponseTopics::name)
        .containsExactlyInAnyOrder("t", "u");
    assertThat(response.topics())
        .filteredOn(topic -> topic.name().equals("t"))
        .flatExtracting(OffsetFetchResponseTopics::partitions)
        .extracting(OffsetFetchResponsePartitions::committedOffset)
        .containsExactly(10L, 11L, 12L, 13L);
  }

  @Test
  void versionTenKnowsTopicsByTheirIds() {
    harness.commit("g", "t", 0, 7);
    OffsetFetchResponseGroup response = harness.fetch(10, byId(harness.t.id(), 0), false);
    assertThat(only(response).committedOffset()).isEqualTo(7);
    assertThat(response.topics().getFirst().topicId()).isEqualTo(harness.t.id());
    assertThat(error(only(harness.fetch(10, byId(new UUID(1, 1), 0), false))))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    assertThat(error(only(harness.fetch(10, byId(Message.ZERO_UUID, 0), false))))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
    assertThat(harness.fetch(10, askingAll("g"), false).topics().getFirst().topicId())
        .isEqualTo(harness.t.id());
  }

  @Test
  void offsetsOfATopicThatIsNoMoreHaveNoIdToBeSentWith() {
    harness.commit("g", "t", 0, 7);
    harness.cluster.remove("t");
    assertThat(harness.fetch(10, askingAll("g"), false).topics()).isEmpty();
    assertThat(harness.fetch(9, askingAll("g"), false).topics()).hasSize(1);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(7);
  }

  @Test
  void theOffsetOfAnEarlierTopicOfTheSameNameIsNone() {
    OffsetCommitRequest commit = OffsetHarness.request("g", "", OffsetHarness.partition(0, 7));
    commit.topics().getFirst().topicId(harness.t.id());
    harness.commit(10, commit);
    harness.cluster.remove("t");
    UUID again = harness.cluster.add("t", 4).id();
    assertThat(only(harness.fetch(10, byId(again, 0), false)).committedOffset()).isEqualTo(-1);
  }

  @Test
  void aConsumerGroupChecksWhoAsks() {
    harness.add(OffsetTestGroup.withMember("g", Group.CONSUMER, "m", "t"));
    assertFetchRefused(
        asking("g", "t", 0).memberId("x").memberEpoch(5), ErrorCode.UNKNOWN_MEMBER_ID);
    assertFetchRefused(
        asking("g", "t", 0).memberId("m").memberEpoch(4), ErrorCode.STALE_MEMBER_EPOCH);
    assertFetchRefused(askingAll("g").memberId("m").memberEpoch(6), ErrorCode.STALE_MEMBER_EPOCH);
    assertThat(
            only(harness.fetch(9, asking("g", "t", 0).memberId("m").memberEpoch(5), false))
                .committedOffset())
        .isEqualTo(-1);
    assertThat(only(harness.fetch(9, asking("g", "t", 0), false)).committedOffset()).isEqualTo(-1);
  }

  private void assertFetchRefused(OffsetFetchRequestGroup request, ErrorCode code) {
    assertThatThrownBy(() -> harness.fetch(9, request, false))
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void offsetsOfAnOpenTransactionAreUnstable() {
    harness.commit("g", "t", 0, 7);
    harness.commit("g", "t", 1, 8);
    harness.commitInTransaction(5, "g", "t", 0, 70);
    harness.commitInTransaction(5, "g", "t", 2, 90);
    for (int round = 0; round < 2; round++) {
      assertThat(harness.fetch(9, asking("g", "t", 0, 1, 2), true).topics().getFirst().partitions())
          .extracting(OffsetFetchTest::error, OffsetFetchResponsePartitions::committedOffset)
          .containsExactly(
              tuple(ErrorCode.UNSTABLE_OFFSET_COMMIT, -1L),
              tuple(ErrorCode.NONE, 8L),
              tuple(ErrorCode.UNSTABLE_OFFSET_COMMIT, -1L));
      assertThat(harness.fetch(9, askingAll("g"), true).topics().getFirst().partitions())
          .extracting(OffsetFetchTest::error)
          .containsExactly(ErrorCode.UNSTABLE_OFFSET_COMMIT, ErrorCode.NONE);
      assertThat(harness.offset("g", "t", 0)).isEqualTo(7);
      harness.reload();
    }
    harness.endTransaction(5, true);
    assertThat(harness.fetch(9, askingAll("g"), true).topics().getFirst().partitions())
        .extracting(OffsetFetchTest::error, OffsetFetchResponsePartitions::committedOffset)
        .containsExactly(
            tuple(ErrorCode.NONE, 70L), tuple(ErrorCode.NONE, 8L), tuple(ErrorCode.NONE, 90L));
  }

  @Test
  void anAbortedTransactionLeavesNothing() {
    harness.commitInTransaction(5, "g", "t", 0, 70);
    harness.endTransaction(5, false);
    assertThat(only(harness.fetch(9, asking("g", "t", 0), true)).committedOffset()).isEqualTo(-1);
    assertThat(harness.reload().offsets.hasOffsets("g")).isFalse();
  }

  @Test
  void aTransactionDoesNotReplaceWhatWasCommittedAfterIt() {
    harness.commitInTransaction(5, "g", "t", 0, 70);
    harness.commit("g", "t", 0, 80);
    harness.endTransaction(5, true);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(80);
    harness.reload();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(80);
  }
}
