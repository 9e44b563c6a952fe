package io.tailrace.coordinator.group;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.Timers;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.function.LongFunction;

/**
 * What holds of classic groups at any time. Beside the coordinator runs a replica that sees nothing
 * but the log.
 */
final class ClassicInvariants {
  private final ClassicFixture coordinator;
  private final ClassicFixture.Shard replica;
  private final List<AssertionError> collected = new ArrayList<>();
  private int replicated;
  private int refusalsBefore;

  ClassicInvariants(ClassicFixture coordinator) {
    this.coordinator = coordinator;
    this.replica = coordinator.newShard(new NoTimers());
  }

  private static final class NoTimers implements Timers {
    @Override
    public void schedule(
        Object key, long deadlineMs, LongFunction<CoordinatorResult<Void>> operation) {}

    @Override
    public void cancel(Object key) {}

    @Override
    public boolean isScheduled(Object key) {
      return false;
    }
  }

  /** For checks in the middle of an operation: what they throw is thrown by {@link #check}. */
  void collect(Runnable check) {
    try {
      check.run();
    } catch (AssertionError e) {
      collected.add(e);
    }
  }

  void check() {
    if (!collected.isEmpty()) {
      throw collected.getFirst();
    }
    replicate();
    if (!live().groups().keySet().equals(replica.context.groups().keySet())) {
      throw new AssertionError("other groups than in the log: " + groups());
    }
    for (Group group : live().groups().values()) {
      checkState((ClassicGroup) group);
      checkReplica((ClassicGroup) group);
    }
  }

  /**
   * Another coordinator has loaded the log: it has just what the replica has, though a group that
   * is too large rebalances already.
   */
  void loaded() {
    replicate();
    refusalsBefore = coordinator.log.refusals();
    for (Group group : live().groups().values()) {
      assertThat(persistent((ClassicGroup) group)).isEqualTo(persistent(replicaOf(group)));
    }
  }

  private GroupContext live() {
    return coordinator.runtime().shard().context;
  }

  private ClassicGroup replicaOf(Group group) {
    return (ClassicGroup) replica.context.group(group.groupId());
  }

  private void replicate() {
    GroupCodec codec = new GroupCodec();
    coordinator.log.readFrom(
        replicated,
        new CoordinatorLog.Visitor() {
          @Override
          public void record(long offset, long producerId, ByteBuffer key, ByteBuffer value) {
            CoordinatorRecord record = codec.decode(key, value);
            replica.replay(offset, producerId, Objects.requireNonNull(record));
          }

          @Override
          public void endOfTransaction(long producerId, boolean committed) {}
        });
    replicated = coordinator.log.endOffset();
  }

  private void checkReplica(ClassicGroup group) {
    ClassicGroup replicated = replicaOf(group);
    boolean stored = group.isEmpty() && coordinator.log.refusals() == refusalsBefore;
    if (group.isIn(ClassicState.STABLE) || stored) {
      if (!same(group, replicated)) {
        assertThat(persistent(group)).isEqualTo(persistent(replicated));
        throw new AssertionError("differs from the log: " + persistent(group));
      }
    } else if (replicated.generation() > group.generation()) {
      throw new AssertionError("the log is ahead: " + persistent(replicated));
    }
  }

  private static void checkState(ClassicGroup group) {
    boolean settled =
        group.isIn(ClassicState.COMPLETING_REBALANCE) || group.isIn(ClassicState.STABLE);
    ClassicMembers members = group.members();
    require(!group.isEmpty() || members.isEmpty(), group, "is empty with members");
    require(
        !settled || members.get(String.valueOf(members.leader())) != null, group, "has no leader");
    for (ClassicMember member : members.all()) {
      require(!settled || group.subscription(member) != null, group, "has a wrong protocol");
      require(
          !member.awaitsJoin() || group.isIn(ClassicState.PREPARING_REBALANCE),
          group,
          "has a join that waits");
      require(
          !member.awaitsSync() || group.isIn(ClassicState.COMPLETING_REBALANCE),
          group,
          "has a sync that waits");
      require(
          !group.pendingJoins().contains(member.id()), group, "waits for a member that has joined");
      require(
          member.instanceId() == null || member.id().equals(members.idOf(member.instanceId())),
          group,
          "has two members of one instance");
    }
    for (String memberId : group.pendingSyncs()) {
      require(members.get(memberId) != null, group, "waits for the sync of no member");
    }
  }

  private static void require(boolean condition, ClassicGroup group, String otherwise) {
    if (!condition) {
      throw new AssertionError(
          "group %s %s: %s".formatted(group.groupId(), otherwise, show(group)));
    }
  }

  private static boolean same(ClassicGroup a, ClassicGroup b) {
    if (a.generation() != b.generation()
        || a.members().size() != b.members().size()
        || !Objects.equals(a.protocol(), b.protocol())
        || !Objects.equals(a.members().leader(), b.members().leader())) {
      return false;
    }
    Iterator<ClassicMember> others = b.members().all().iterator();
    for (ClassicMember member : a.members().all()) {
      ClassicMember other = others.next();
      if (!member.id().equals(other.id())
          || !Objects.equals(member.instanceId(), other.instanceId())
          || !member.clientId().equals(other.clientId())
          || member.terms().sessionTimeoutMs() != other.terms().sessionTimeoutMs()
          || member.terms().rebalanceTimeoutMs() != other.terms().rebalanceTimeoutMs()
          || !Arrays.equals(a.subscription(member), b.subscription(other))
          || !Arrays.equals(member.assignment(), other.assignment())) {
        return false;
      }
    }
    return true;
  }

  /** What of a group must survive its coordinator. */
  private static String persistent(ClassicGroup group) {
    StringBuilder text = new StringBuilder();
    text.append(group.groupId());
    text.append(' ').append(group.generation()).append(' ').append(group.protocolType());
    text.append(' ').append(group.protocol()).append(' ').append(group.members().leader());
    for (ClassicMember member : group.members().all()) {
      text.append("\n").append(member.id()).append(' ').append(member.instanceId());
      text.append(' ').append(member.clientId()).append(' ').append(member.clientHost());
      text.append(' ').append(member.terms().sessionTimeoutMs());
      text.append(' ').append(member.terms().rebalanceTimeoutMs());
      text.append(' ').append(new String(group.subscription(member), UTF_8));
      text.append(' ').append(new String(member.assignment(), UTF_8));
    }
    return text.toString();
  }

  /** For messages. */
  String groups() {
    StringBuilder text = new StringBuilder();
    for (Group group : live().groups().values()) {
      text.append(show((ClassicGroup) group)).append("\n");
    }
    return text.toString();
  }

  private static String show(ClassicGroup group) {
    StringBuilder text = new StringBuilder();
    text.append(
        "%s %s, generation %d:".formatted(group.groupId(), group.state(), group.generation()));
    for (ClassicMember member : group.members().all()) {
      text.append(" %s%s".formatted(member.id(), member.awaitsJoin() ? " (joins)" : ""));
    }
    text.append("; pending %s, %s".formatted(group.pendingJoins(), group.pendingSyncs()));
    return text.toString();
  }
}
