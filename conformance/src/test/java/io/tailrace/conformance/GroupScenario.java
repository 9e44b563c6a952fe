package io.tailrace.conformance;

import io.tailrace.conformance.GroupStage.Kind;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * The life of a group of real processes while records keep coming: members join, share, leave in
 * order, one is killed, another joins, and the broker is killed amid a rebalance. In the end all
 * records were read, in order, and twice only what a killed or cut-off member may not have
 * committed.
 */
final class GroupScenario {
  /** For members that set it themselves; as the broker's for those that do not. */
  static final int SESSION_MS = 3000;

  static final int HEARTBEAT_MS = 300;

  private final Kind kind;
  private final UnaryOperator<String> translation;
  private final Set<Step> left = EnumSet.allOf(Step.class);

  /** What not every client bears. */
  enum Step {
    ORDERLY_LEAVE,
    DEATH_OF_BROKER
  }

  GroupScenario(Kind kind) {
    this(kind, UnaryOperator.identity());
  }

  /**
   * @param translation of what members print into what {@link GroupMember} prints
   */
  GroupScenario(Kind kind, UnaryOperator<String> translation) {
    this.kind = kind;
    this.translation = translation;
  }

  /** Leaves steps out that members of this kind are known not to bear. */
  GroupScenario without(Step... steps) {
    left.removeAll(List.of(steps));
    return this;
  }

  void run() throws Exception {
    try (GroupStage stage = new GroupStage(translation)) {
      MemberProcess first = stage.join(kind);
      stage.awaitShared();
      MemberProcess second = stage.join(kind);
      stage.join(kind);
      stage.awaitShared();
      if (left.contains(Step.ORDERLY_LEAVE)) {
        stage.leave(second);
      } else {
        stage.kill(second);
      }
      stage.awaitShared();
      stage.awaitReading();
      stage.kill(first);
      stage.awaitShared();
      stage.join(kind);
      stage.awaitShared();
      stage.awaitReading();
      stage.join(kind);
      if (left.contains(Step.DEATH_OF_BROKER)) {
        stage.awaitRebalance();
        stage.restartBroker();
      }
      stage.awaitShared();
      stage.awaitReading();
      stage.finish();
    }
  }
}
