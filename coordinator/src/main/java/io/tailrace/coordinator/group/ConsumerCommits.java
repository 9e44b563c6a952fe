package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Who may commit offsets to a consumer group, and read them. */
final class ConsumerCommits {
  /** From this version of OffsetCommit on a client knows STALE_MEMBER_EPOCH. */
  private static final short FIRST_VERSION = 9;

  private ConsumerCommits() {}

  /**
   * As far as the partitions don't matter.
   *
   * @param memberEpoch negative for a client that is no member: only while the group is empty
   */
  static void check(
      ConsumerGroup group,
      String memberId,
      @Nullable String instanceId,
      int memberEpoch,
      boolean transactional,
      short version) {
    boolean anonymous = memberId.isEmpty() && instanceId == null && memberEpoch == -1;
    if (memberEpoch < 0 && group.isEmpty() || transactional && anonymous) {
      return;
    }
    ConsumerMember member = group.existingMember(memberId);
    if (!transactional && !member.subscription().usesClassicProtocol() && version < FIRST_VERSION) {
      throw new CoordinatorException(
          ErrorCode.UNSUPPORTED_VERSION,
          "OffsetCommit version 9 or above must be used by members using the consumer group"
              + " protocol");
    }
    if (memberEpoch > member.epoch()) {
      throw stale(
          member,
          "Received member epoch %d is newer than current member epoch %d."
              .formatted(memberEpoch, member.epoch()));
    }
  }

  /**
   * With its current epoch a member may commit anything; with an older one what it has had since
   * then: the answer that raised the epoch may still be on its way (KIP-1251).
   */
  static void checkPartition(
      ConsumerMember member, int memberEpoch, Topics.Topic topic, int partition) {
    if (memberEpoch == member.epoch()) {
      return;
    }
    Integer since = member.ownedSince(topic.id(), partition);
    if (since == null) {
      throw stale(
          member,
          "Partition %s-%d is not assigned or pending revocation for member."
              .formatted(topic.name(), partition));
    }
    if (memberEpoch < since) {
      throw stale(
          member,
          "Received member epoch %d is older than assignment epoch %d for partition %s-%d."
              .formatted(memberEpoch, since, topic.name(), partition));
    }
  }

  static void checkEpoch(ConsumerMember member, int memberEpoch) {
    if (memberEpoch != member.epoch()) {
      throw stale(
          member,
          "The received member epoch %d does not match the expected member epoch %d."
              .formatted(memberEpoch, member.epoch()));
    }
  }

  private static CoordinatorException stale(ConsumerMember member, String message) {
    return new CoordinatorException(
        member.subscription().usesClassicProtocol()
            ? ErrorCode.ILLEGAL_GENERATION
            : ErrorCode.STALE_MEMBER_EPOCH,
        message);
  }
}
