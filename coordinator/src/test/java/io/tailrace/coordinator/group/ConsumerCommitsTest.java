package io.tailrace.coordinator.group;

import static io.tailrace.coordinator.group.ConsumerTestBed.beat;
import static io.tailrace.coordinator.group.ConsumerTestBed.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may commit and read a consumer group's offsets. */
class ConsumerCommitsTest extends ConsumerTestCase {

  @Test
  void membersCommitWithTheirEpoch() {
    twoMembers();
    ConsumerGroup group = bed.group();
    group.checkCommit("m1", null, 3, false, (short) 9);
    group.checkCommit("", null, -1, true, (short) 3);
    assertRefused(
        () -> group.checkCommit("m1", null, 3, false, (short) 8),
        ErrorCode.UNSUPPORTED_VERSION,
        "OffsetCommit version 9 or above must be used by members using the consumer group"
            + " protocol");
    assertRefused(
        () -> group.checkCommit("m3", null, 3, false, (short) 9),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member m3 is not a member of group group.");
    assertRefused(
        () -> group.checkCommit("m1", null, 4, false, (short) 9),
        ErrorCode.STALE_MEMBER_EPOCH,
        "Received member epoch 4 is newer than current member epoch 3.");
    assertRefused(
        () -> group.checkCommit("", null, -1, false, (short) 9),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member  is not a member of group group.");
  }

  @Test
  void withAnOlderEpochAMemberCommitsWhatItHasHadSinceThen() {
    twoMembers();
    Topics.Topic foo = bed.topics.topic("foo");
    ConsumerGroup group = bed.group();
    group.checkCommit("m1", null, 2, false, (short) 9);
    group.checkCommitOf("m1", 2, foo, 0);
    group.checkCommitOf("m1", 3, foo, 3);
    assertRefused(
        () -> group.checkCommitOf("m1", 2, foo, 2),
        ErrorCode.STALE_MEMBER_EPOCH,
        "Partition foo-2 is not assigned or pending revocation for member.");
    assertRefused(
        () -> group.checkCommitOf("m2", 2, foo, 2),
        ErrorCode.STALE_MEMBER_EPOCH,
        "Received member epoch 2 is older than assignment epoch 3 for partition foo-2.");
    assertThatThrownBy(() -> group.checkCommitOf("m1", -1, foo, 0))
        .isInstanceOf(CoordinatorException.class);
    bed.send(beat("m1", 3).subscribedTopicNames(List.of()));
    assertThat(bed.member("m1").assignment().assigned()).isEmpty();
    group.checkCommitOf("m1", 2, foo, 0);
  }

  @Test
  void anybodyCommitsToAnEmptyGroup() {
    bed.send(join("m1", "foo"));
    bed.send(beat("m1", -1));
    bed.group().checkCommit("", null, -1, false, (short) 2);
  }

  @Test
  void whoReadsOffsetsIsAskedOnlyIfHeSaysWhoHeIs() {
    bed.send(join("m1", "foo"));
    ConsumerGroup group = bed.group();
    group.checkFetch(null, -1);
    group.checkFetch("m1", 2);
    assertRefused(
        () -> group.checkFetch("m1", 0),
        ErrorCode.STALE_MEMBER_EPOCH,
        "The received member epoch 0 does not match the expected member epoch 2.");
    assertRefused(
        () -> group.checkFetch("m2", 2),
        ErrorCode.UNKNOWN_MEMBER_ID,
        "Member m2 is not a member of group group.");
  }
}
