package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.coordinator.runtime.TestLog;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A shard with groups of both protocols, over a log in memory, with a clock that is set by hand;
 * beside it a replica that sees nothing but the log.
 */
final class MigrationTestBed {
  static final String GROUP = ConsumerTestBed.GROUP;

  /** What is not to change without a record is looked at now and then, too. */
  private static final int CHECK_EVERY = 50;

  final TestLog log = new TestLog();
  private final Map<String, String> groupConfigs =
      Map.of(ConsumerSettings.ASSIGNMENT_INTERVAL, "0");
  ConsumerTestTopics topics = new ConsumerTestTopics();
  GroupSettings settings;
  long nowMs = 1_700_000_000_000L;
  private long ids;
  private GroupContext live;
  private ShardRuntime<GroupShard> runtime;
  private GroupContext replica;
  private GroupShard replicaShard;
  private int taken;
  private int unchanged;

  MigrationTestBed(GroupSettings.MigrationPolicy policy, int initialRebalanceDelayMs) {
    settings = settings(policy, initialRebalanceDelayMs, 100, 100);
    restart();
    followAnew();
  }

  static GroupSettings settings(
      GroupSettings.MigrationPolicy policy, int delayMs, int classicSize, int consumerSize) {
    GroupSettings d = GroupSettings.DEFAULT;
    return new GroupSettings(
        d.offsetMetadataMaxBytes(),
        d.offsetsRetentionMs(),
        d.offsetsRetentionCheckMs(),
        d.classicMinSessionMs(),
        d.classicMaxSessionMs(),
        delayMs,
        classicSize,
        d.consumerSessionMs(),
        d.consumerMinSessionMs(),
        d.consumerMaxSessionMs(),
        d.consumerHeartbeatMs(),
        d.consumerMinHeartbeatMs(),
        d.consumerMaxHeartbeatMs(),
        d.consumerAssignmentMs(),
        d.consumerMinAssignmentMs(),
        d.consumerMaxAssignmentMs(),
        consumerSize,
        d.consumerAssignors(),
        d.consumerRegexRefreshMs(),
        policy);
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

  private GroupContext context(Timers timers) {
    return new GroupContext(
        () -> settings, id -> groupConfigs, () -> topics, () -> new UUID(0, ++ids), timers);
  }

  /** Another coordinator loads the log; who waits at the one before is not told. */
  void restart() {
    runtime =
        new ShardRuntime<>(
            "test",
            new GroupCodec(),
            log,
            timers -> {
              live = context(timers);
              return new GroupShard(live);
            });
    runtime.load(nowMs);
  }

  /** As {@link #restart}, and who waits is told to look for another coordinator. */
  void handOver() {
    runtime.stop(ErrorCode.NOT_COORDINATOR, "the test says so");
    restart();
  }

  /** The replica starts anew, with what is left of the log. */
  void followAnew() {
    log.takeAdded();
    replica = context(new NoTimers());
    replicaShard = new GroupShard(replica);
    log.readAll(
        new CoordinatorLog.Visitor() {
          @Override
          public void record(
              long offset, long producerId, ByteBuffer key, @Nullable ByteBuffer value) {
            replicaShard.replay(offset, producerId, new GroupCodec().decode(key, value));
          }

          @Override
          public void endOfTransaction(long producerId, boolean committed) {}
        });
  }

  /**
   * Lets the replica follow.
   *
   * @throws AssertionError if what the log tells is not what is
   */
  void follow() {
    List<CoordinatorLog.Entry> added = log.takeAdded();
    for (CoordinatorLog.Entry entry : added) {
      ByteBuffer value = entry.value() == null ? null : ByteBuffer.wrap(entry.value());
      replicaShard.replay(0, -1, new GroupCodec().decode(ByteBuffer.wrap(entry.key()), value));
    }
    if (!added.isEmpty() || ++unchanged % CHECK_EVERY == 0) {
      assertReplicated();
    }
  }

  private void assertReplicated() {
    assertThat(replica.groups().keySet()).isEqualTo(live.groups().keySet());
    for (Group group : live.groups().values()) {
      Group other = replica.groups().get(group.groupId());
      assertThat(other.type()).isEqualTo(group.type());
      if (isStored(group)) {
        assertThat(persistent(other)).isEqualTo(persistent(group));
      }
    }
  }

  /** Between two generations of a classic group the log has the one before. */
  private static boolean isStored(Group group) {
    return !(group instanceof ClassicGroup classic) || classic.isIn(ClassicState.STABLE);
  }

  static List<Object> persistent(Group group) {
    List<Object> state = new ArrayList<>();
    if (group instanceof ConsumerGroup consumer) {
      ConsumerTestBed.add(consumer, state);
    } else if (group instanceof ClassicGroup classic) {
      state.add(
          "%s in %d by %s, led by %s"
              .formatted(
                  classic.groupId(),
                  classic.generation(),
                  classic.protocol(),
                  classic.members().leader()));
      for (ClassicMember member : classic.members().all()) {
        state.add(
            "%s (%s), %s at %s, %d ms, %d ms: %s has %s"
                .formatted(
                    member.id(),
                    member.instanceId(),
                    member.clientId(),
                    member.clientHost(),
                    member.terms().sessionTimeoutMs(),
                    member.terms().rebalanceTimeoutMs(),
                    HexFormat.of().formatHex(classic.subscription(member)),
                    HexFormat.of().formatHex(member.assignment())));
      }
    }
    return state;
  }

  @Nullable Group group() {
    return live.group(GROUP);
  }

  ConsumerGroup consumerGroup() {
    assertThat(group()).isInstanceOf(ConsumerGroup.class);
    return (ConsumerGroup) group();
  }

  ClassicGroup classicGroup() {
    assertThat(group()).isInstanceOf(ClassicGroup.class);
    return (ClassicGroup) group();
  }

  /** Moves the clock, and runs each timer at its time. */
  void pass(long ms) {
    long targetMs = nowMs + ms;
    while (runtime.nextDeadlineMs() <= targetMs) {
      nowMs = Math.max(nowMs, runtime.nextDeadlineMs());
      runtime.runTimers(nowMs);
    }
    nowMs = targetMs;
  }

  void topics(ConsumerTestTopics changed, String grown) {
    topics = changed;
    runtime.run(nowMs, shard -> shard.topicsChanged(Set.of(), Set.of(grown), Set.of())).join();
  }

  /** What the records since the last call were about, in order. */
  List<String> takeRecords() {
    List<String> kinds = new ArrayList<>();
    List<CoordinatorRecord> records = new ArrayList<>();
    log.readAll(
        new CoordinatorLog.Visitor() {
          @Override
          public void record(
              long offset, long producerId, ByteBuffer key, @Nullable ByteBuffer value) {
            records.add(new GroupCodec().decode(key, value));
          }

          @Override
          public void endOfTransaction(long producerId, boolean committed) {}
        });
    for (CoordinatorRecord record : records.subList(taken, records.size())) {
      String kind = record.key().getClass().getSimpleName().replace("Key", "");
      kinds.add(record.value() == null ? "no " + kind : kind);
    }
    taken = records.size();
    return kinds;
  }

  private RequestContext asker(int version) {
    return new RequestContext("client", "/127.0.0.1", (short) version, nowMs);
  }

  private <R> CompletableFuture<R> run(Function<GroupShard, CoordinatorResult<R>> operation) {
    return runtime.run(nowMs, operation);
  }

  /**
   * @throws CoordinatorException that the request is refused with
   */
  ConsumerGroupHeartbeatResponse heartbeat(ConsumerGroupHeartbeatRequest request) {
    try {
      return run(shard -> shard.consumerHeartbeat(asker(1), request)).join();
    } catch (CompletionException e) {
      throw (CoordinatorException) e.getCause();
    }
  }

  CompletableFuture<JoinGroupResponse> join(int version, JoinGroupRequest request) {
    return run(shard -> shard.join(asker(version), request));
  }

  CompletableFuture<SyncGroupResponse> sync(int version, SyncGroupRequest request) {
    return run(shard -> shard.sync(asker(version), request))
        .exceptionally(e -> new SyncGroupResponse().errorCode(code(e)));
  }

  ErrorCode heartbeat(HeartbeatRequest request) {
    return ErrorCode.forCode(
        run(shard -> shard.heartbeat(asker(4), request))
            .thenApply(answer -> answer.errorCode())
            .exceptionally(MigrationTestBed::code)
            .join());
  }

  LeaveGroupResponse leave(LeaveGroupRequest request) {
    return run(shard -> shard.leave(asker(5), request))
        .exceptionally(e -> new LeaveGroupResponse().errorCode(code(e)))
        .join();
  }

  static short code(Throwable thrown) {
    return CoordinatorException.of(thrown).code().code();
  }

  /** Of those topics that exist. */
  Map<UUID, Set<Integer>> partitions(byte[] assignment) {
    return assignment.length == 0
        ? Map.of()
        : new TreeMap<>(
            ConsumerProtocol.partitions(ConsumerProtocol.assignment(assignment), topics));
  }
}
