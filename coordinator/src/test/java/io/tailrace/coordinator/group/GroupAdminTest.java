package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteGroupsResponse.DeletableGroupResult;
import io.tailrace.protocol.message.ListGroupsResponse.ListedGroup;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GroupAdminTest {
  private final OffsetHarness harness = new OffsetHarness();

  @BeforeEach
  void makeGroups() {
    harness.commit("simple", "t", 0, 1);
    harness.commit("simple", "u", 1, 2);
    harness.add(OffsetTestGroup.withMember("classic", Group.CLASSIC, "m", "t"));
    harness.add(OffsetTestGroup.withMember("consumer", Group.CONSUMER, "m", "t")).state =
        "Reconciling";
  }

  private List<String> list(List<String> states, List<String> types) {
    return harness.shard().admin.listGroups(states, types).stream()
        .map(ListedGroup::groupId)
        .sorted()
        .toList();
  }

  @Test
  void listsGroupsOfAllKinds() {
    assertThat(harness.shard().admin.listGroups(List.of(), List.of()))
        .extracting(
            ListedGroup::groupId,
            ListedGroup::protocolType,
            ListedGroup::groupState,
            ListedGroup::groupType)
        .containsExactlyInAnyOrder(
            tuple("simple", "", "Empty", "classic"),
            tuple("classic", "consumer", "Stable", "classic"),
            tuple("consumer", "consumer", "Reconciling", "consumer"));
  }

  @Test
  void filtersByStateAndType() {
    assertThat(list(List.of("stable"), List.of())).containsExactly("classic");
    assertThat(list(List.of("RECONCILING", " empty "), List.of()))
        .containsExactly("consumer", "simple");
    assertThat(list(List.of(), List.of("Classic"))).containsExactly("classic", "simple");
    assertThat(list(List.of("Empty"), List.of("consumer"))).isEmpty();
    assertThat(list(List.of("Stable", "nonsense"), List.of("share", "CLASSIC")))
        .containsExactly("classic");
    assertThat(list(List.of("nonsense"), List.of())).isEmpty();
    assertThat(list(List.of(), List.of("nonsense"))).isEmpty();
  }

  private List<DeletableGroupResult> delete(String... groupIds) {
    return harness.run(shard -> shard.admin.deleteGroups(List.of(groupIds)));
  }

  @Test
  void deletesWhatHasNoMembers() {
    harness.commitInTransaction(5, "simple", "t", 0, 7);
    harness.commitInTransaction(5, "simple", "t", 2, 7);
    harness.commitInTransaction(6, "simple", "t", 2, 7);
    long before = harness.log.endOffset();
    assertThat(delete("classic", "simple", "nobody", "simple"))
        .extracting(DeletableGroupResult::groupId, DeletableGroupResult::errorCode)
        .containsExactly(
            tuple("classic", ErrorCode.NON_EMPTY_GROUP.code()),
            tuple("simple", ErrorCode.NONE.code()),
            tuple("nobody", ErrorCode.GROUP_ID_NOT_FOUND.code()));
    assertThat(harness.log.endOffset() - before)
        .as("a tombstone for each of three partitions and for the group")
        .isEqualTo(4);
    assertThat(list(List.of(), List.of())).containsExactly("classic", "consumer");
    assertThat(harness.shard().offsets.hasOffsets("simple")).isFalse();
    harness.endTransaction(5, true);
    harness.endTransaction(6, true);
    assertThat(harness.shard().offsets.hasOffsets("simple")).isFalse();
    assertThat(harness.reload().offsets.hasOffsets("simple")).isFalse();
    assertThat(list(List.of(), List.of())).isEmpty();
  }

  @Test
  void aFailedAppendDeletesNothing() {
    harness.log.failAppend(1, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    assertThatThrownBy(() -> delete("simple")).isInstanceOf(CoordinatorException.class);
    assertThat(list(List.of(), List.of("classic"))).contains("simple");
    assertThat(harness.offset("simple", "u", 1)).isEqualTo(2);
  }
}
