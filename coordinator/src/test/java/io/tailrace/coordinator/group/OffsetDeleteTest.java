package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.OffsetHarness.askingAll;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestPartition;
import io.tailrace.protocol.message.OffsetDeleteRequest.OffsetDeleteRequestTopic;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetDeleteResponse.OffsetDeleteResponsePartition;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OffsetDeleteTest {
  private final OffsetHarness harness = new OffsetHarness();

  private List<ErrorCode> delete(String groupId, OffsetDeleteRequestTopic... topics) {
    OffsetDeleteRequest request =
        new OffsetDeleteRequest().groupId(groupId).topics(List.of(topics));
    OffsetDeleteResponse response = harness.run(shard -> shard.writes.delete(request));
    return response.topics().stream()
        .flatMap(topic -> topic.partitions().stream())
        .map(OffsetDeleteResponsePartition::errorCode)
        .map(ErrorCode::forCode)
        .toList();
  }

  private static OffsetDeleteRequestTopic topic(String name, int... partitions) {
    return new OffsetDeleteRequestTopic()
        .name(name)
        .partitions(
            Arrays.stream(partitions)
                .mapToObj(index -> new OffsetDeleteRequestPartition().partitionIndex(index))
                .toList());
  }

  private void assertRefused(String groupId, ErrorCode code) {
    assertThatThrownBy(() -> delete(groupId, topic("t", 0)))
        .isInstanceOfSatisfying(
            CoordinatorException.class, e -> assertThat(e.code()).isEqualTo(code));
  }

  @Test
  void deletesWhatIsThere() {
    harness.commit("g", "t", 0, 1);
    harness.commit("g", "t", 1, 2);
    harness.commit("g", "u", 0, 3);
    assertThat(delete("g", topic("t", 1, 2, 4), topic("nowhere", 0), topic("u", 0)))
        .containsExactly(
            ErrorCode.NONE,
            ErrorCode.NONE,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
            ErrorCode.NONE);
    assertThat(harness.log.endOffset()).as("a tombstone only for what was there").isEqualTo(5);
    harness.reload();
    assertThat(harness.fetch(9, askingAll("g"), false).topics())
        .hasSize(1)
        .allSatisfy(topic -> assertThat(topic.partitions()).hasSize(1));
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
  }

  @Test
  void deletesWhatIsPendingToo() {
    harness.commitInTransaction(5, "g", "t", 0, 70);
    harness.commitInTransaction(6, "g", "t", 0, 71);
    harness.commitInTransaction(6, "g", "t", 1, 72);
    assertThat(delete("g", topic("t", 0))).containsExactly(ErrorCode.NONE);
    harness.endTransaction(5, true);
    harness.endTransaction(6, true);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    assertThat(harness.offset("g", "t", 1)).isEqualTo(72);
    harness.reload();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    assertThat(harness.offset("g", "t", 1)).isEqualTo(72);
  }

  @Test
  void thereHasToBeAGroup() {
    assertRefused("", ErrorCode.INVALID_GROUP_ID);
    assertRefused("nobody", ErrorCode.GROUP_ID_NOT_FOUND);
  }

  @Test
  void whatMembersConsumeStays() {
    harness.commit("g", "t", 0, 1);
    harness.commit("g", "u", 0, 2);
    OffsetTestGroup group = harness.add(OffsetTestGroup.withMember("g", Group.CLASSIC, "m", "t"));
    assertThat(delete("g", topic("t", 0, 1), topic("u", 0)))
        .containsExactly(
            ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC,
            ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC,
            ErrorCode.NONE);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    group.becomeEmpty(0);
    assertThat(delete("g", topic("t", 0))).containsExactly(ErrorCode.NONE);
    assertThat(harness.shard().offsets.hasOffsets("g")).isFalse();
  }

  @Test
  void ofMembersThatAreNoConsumersNothingIsKnown() {
    OffsetTestGroup group = harness.add(OffsetTestGroup.withMember("g", Group.CLASSIC, "m"));
    group.protocolType = "connect";
    assertRefused("g", ErrorCode.NON_EMPTY_GROUP);
    group.becomeEmpty(0);
    assertThat(delete("g", topic("t", 0))).containsExactly(ErrorCode.NONE);
  }

  @Test
  void offsetsOfDeletedTopicsGo() {
    harness.commit("g", "t", 0, 1);
    harness.commit("g", "u", 0, 2);
    harness.commitInTransaction(5, "h", "t", 1, 3);
    harness.cluster.remove("t");
    harness.append(harness.shard().expiration.topicsDeleted(Set.of("t")));
    harness.endTransaction(5, true);
    for (int round = 0; round < 2; round++) {
      assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
      assertThat(harness.offset("h", "t", 1)).isEqualTo(-1);
      assertThat(harness.offset("g", "u", 0)).isEqualTo(2);
      harness.reload();
    }
  }

  @Test
  void offsetsOfTheNextTopicOfThatNameStay() {
    harness.commit("g", "t", 0, 1);
    harness.cluster.remove("t");
    harness.cluster.add("t", 4);
    harness.commit("g", "t", 1, 2);
    harness.append(harness.shard().expiration.topicsDeleted(Set.of("t")));
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    assertThat(harness.offset("g", "t", 1)).isEqualTo(2);
  }
}
