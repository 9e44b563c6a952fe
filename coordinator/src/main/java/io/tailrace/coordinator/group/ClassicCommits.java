package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import org.jspecify.annotations.Nullable;

/** Who may commit offsets for a classic group. */
final class ClassicCommits {
  private ClassicCommits() {}

  /**
   * Members of the current generation; while the group is empty, also those who are no members. The
   * transactions of old producers don't say who they are, and go on while the group rebalances.
   *
   * @param generation negative for who is no member
   * @throws CoordinatorException for others
   */
  static void check(
      ClassicGroup group,
      String memberId,
      @Nullable String instanceId,
      int generation,
      boolean transactional) {
    if (generation < 0 && group.isEmpty()) {
      return;
    }
    if (generation >= 0 || !memberId.isEmpty() || instanceId != null) {
      checkMember(group, memberId, instanceId, generation);
    } else if (!transactional) {
      throw new CoordinatorException(
          ErrorCode.UNKNOWN_MEMBER_ID, "The group has members: only they may commit offsets.");
    }
    if (!transactional && group.isIn(ClassicState.COMPLETING_REBALANCE)) {
      throw new CoordinatorException(ErrorCode.REBALANCE_IN_PROGRESS, null);
    }
  }

  private static void checkMember(
      ClassicGroup group, String memberId, @Nullable String instanceId, int generation) {
    ErrorCode unknown = group.members().check(memberId, instanceId);
    if (unknown != ErrorCode.NONE) {
      throw new CoordinatorException(unknown, null);
    }
    if (generation != group.generation()) {
      throw new CoordinatorException(
          ErrorCode.ILLEGAL_GENERATION,
          "The group is in generation %d, not in %d.".formatted(group.generation(), generation));
    }
  }
}
