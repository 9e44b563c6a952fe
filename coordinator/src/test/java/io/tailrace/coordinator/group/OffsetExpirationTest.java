package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.OffsetHarness.partition;
import static io.tailrace.coordinator.group.OffsetHarness.request;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import org.junit.jupiter.api.Test;

class OffsetExpirationTest {
  private static final long RETENTION_MS = GroupSettings.DEFAULT.offsetsRetentionMs();
  private static final long CHECK_MS = GroupSettings.DEFAULT.offsetsRetentionCheckMs();

  private final OffsetHarness harness = new OffsetHarness();

  private void expire() {
    harness.append(harness.shard().expiration.expired(harness.nowMs));
  }

  private boolean isKnown(String groupId) {
    return harness.shard().context.group(groupId) != null;
  }

  @Test
  void offsetsOfASimpleConsumerExpireEachInItsTime() {
    harness.commit("g", "t", 0, 1);
    harness.nowMs += 1000;
    harness.commit("g", "t", 1, 2);
    harness.nowMs += RETENTION_MS - 1001;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    harness.nowMs += 1;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    assertThat(harness.offset("g", "t", 1)).isEqualTo(2);
    assertThat(isKnown("g")).isTrue();
    harness.nowMs += 1000;
    expire();
    assertThat(isKnown("g")).isFalse();
    assertThat(harness.reload().offsets.hasOffsets("g")).isFalse();
    assertThat(isKnown("g")).isFalse();
  }

  @Test
  void whatOldClientsHaveSaidCounts() {
    harness.commit(4, request("g", "t", partition(0, 1)).retentionTimeMs(500));
    harness.commit(4, request("g", "t", partition(1, 1)).retentionTimeMs(2 * RETENTION_MS));
    harness.nowMs += 499;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    harness.nowMs += 1;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    harness.nowMs += RETENTION_MS;
    expire();
    assertThat(harness.offset("g", "t", 1)).isEqualTo(1);
    harness.nowMs += RETENTION_MS;
    expire();
    assertThat(isKnown("g")).isFalse();
  }

  private OffsetTestGroup classicGroupWithOffsets() {
    OffsetTestGroup group = harness.add(OffsetTestGroup.withMember("g", Group.CLASSIC, "m", "t"));
    for (String topic : new String[] {"t", "u"}) {
      harness.commit(
          9, request("g", topic, partition(0, 1)).memberId("m").generationIdOrMemberEpoch(5));
    }
    return group;
  }

  @Test
  void aSimpleConsumersTimeDoesNotRunSinceItsGroupIsEmpty() {
    harness.commit("g", "t", 0, 1);
    ((OffsetTestGroup) harness.shard().context.groups().get("g")).emptySinceMs = harness.nowMs + 5;
    harness.nowMs += RETENTION_MS;
    expire();
    assertThat(isKnown("g")).isFalse();
  }

  @Test
  void anActiveClassicGroupKeepsWhatItConsumes() {
    classicGroupWithOffsets();
    harness.nowMs += 10 * RETENTION_MS;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    assertThat(harness.offset("g", "u", 0)).isEqualTo(-1);
    assertThat(isKnown("g")).isTrue();
  }

  @Test
  void aClassicGroupAmidARebalanceOrOfOtherMembersKeepsAll() {
    OffsetTestGroup group = classicGroupWithOffsets();
    harness.nowMs += 10 * RETENTION_MS;
    group.state = "PreparingRebalance";
    expire();
    group.state = "Stable";
    group.subscribed = null;
    expire();
    group.protocolType = "connect";
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    assertThat(harness.offset("g", "u", 0)).isEqualTo(1);
  }

  @Test
  void inAnEmptyClassicGroupTimeRunsSinceTheLastMemberLeft() {
    OffsetTestGroup group = classicGroupWithOffsets();
    harness.nowMs += 10 * RETENTION_MS;
    group.becomeEmpty(harness.nowMs);
    harness.nowMs += RETENTION_MS - 1;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    harness.nowMs += 1;
    expire();
    assertThat(isKnown("g")).isFalse();
    assertThat(harness.shard().offsets.hasOffsets("g")).isFalse();
  }

  @Test
  void sinceWhenAnEmptyClassicGroupIsEmptyMayBeUnknown() {
    OffsetTestGroup group = classicGroupWithOffsets();
    group.becomeEmpty(-1);
    harness.nowMs += RETENTION_MS - 1;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    harness.nowMs += 1;
    expire();
    assertThat(isKnown("g")).isFalse();
  }

  @Test
  void aConsumerGroupForgetsWhatItDoesNotConsume() {
    OffsetTestGroup group = classicGroupWithOffsets();
    group.type = Group.CONSUMER;
    group.state = "Reconciling";
    harness.nowMs += RETENTION_MS;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    assertThat(harness.offset("g", "u", 0)).isEqualTo(-1);
    group.becomeEmpty(harness.nowMs);
    expire();
    assertThat(isKnown("g")).as("its time runs since the commit").isFalse();
  }

  @Test
  void anOpenTransactionKeepsItsPartitionAndItsGroup() {
    harness.commit("g", "t", 0, 1);
    harness.commit("g", "t", 1, 2);
    harness.commitInTransaction(5, "g", "t", 1, 3);
    harness.commitInTransaction(6, "h", "t", 1, 3);
    harness.nowMs += RETENTION_MS;
    expire();
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
    assertThat(harness.offset("g", "t", 1)).isEqualTo(2);
    assertThat(isKnown("h")).isTrue();
    harness.endTransaction(5, false);
    harness.endTransaction(6, false);
    expire();
    assertThat(isKnown("g")).isFalse();
    assertThat(isKnown("h")).isFalse();
  }

  @Test
  void anEmptyGroupWithoutOffsetsGoesAtOnce() {
    harness.add(new OffsetTestGroup("g"));
    harness.add(OffsetTestGroup.withMember("h", Group.CONSUMER, "m", "t"));
    expire();
    assertThat(isKnown("g")).isFalse();
    assertThat(isKnown("h")).isTrue();
  }

  @Test
  void isCheckedTimeAndAgain() {
    harness.reload();
    harness.commit("g", "t", 0, 1);
    long loadedMs = harness.nowMs;
    assertThat(harness.runtime.nextDeadlineMs()).isEqualTo(loadedMs + CHECK_MS);
    harness.runtime.runTimers(loadedMs + CHECK_MS);
    assertThat(harness.runtime.nextDeadlineMs()).isEqualTo(loadedMs + 2 * CHECK_MS);
    harness.log.failAppend(1, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    harness.runtime.runTimers(loadedMs + RETENTION_MS);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(1);
    harness.runtime.runTimers(loadedMs + RETENTION_MS + CHECK_MS);
    assertThat(harness.offset("g", "t", 0)).isEqualTo(-1);
  }

  @Test
  void muchIsForgottenInSeveralBatches() {
    for (int i = 0; i < 12_000; i++) {
      harness.commit("g" + i, "t", 0, 1);
    }
    harness.reload();
    harness.nowMs += RETENTION_MS;
    int appends = harness.log.batches();
    harness.runtime.runTimers(harness.nowMs);
    assertThat(harness.shard().context.groups()).isNotEmpty();
    harness.runtime.runTimers(harness.nowMs + 1000);
    harness.runtime.runTimers(harness.nowMs + 2000);
    assertThat(harness.shard().context.groups()).isEmpty();
    assertThat(harness.log.batches() - appends).isEqualTo(3);
  }
}
