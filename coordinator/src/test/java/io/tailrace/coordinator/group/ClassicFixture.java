package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorShard;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.coordinator.runtime.TestLog;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * The coordinator of some classic groups over a log in memory, with a clock that is moved by hand.
 * Requests and responses go through the codec of their version.
 */
final class ClassicFixture {
  static final String GROUP = "group";

  final TestLog log = new TestLog();
  GroupSettings settings;
  String clientId = "client";
  long nowMs = 1_000_000;
  private long ids;
  private ShardRuntime<Shard> runtime;

  ClassicFixture() {
    this(settings(0, Integer.MAX_VALUE));
  }

  ClassicFixture(GroupSettings settings) {
    this.settings = settings;
    restart();
  }

  static GroupSettings settings(int initialRebalanceDelayMs, int maxSize) {
    GroupSettings d = GroupSettings.DEFAULT;
    return new GroupSettings(
        d.offsetMetadataMaxBytes(),
        d.offsetsRetentionMs(),
        d.offsetsRetentionCheckMs(),
        d.classicMinSessionMs(),
        d.classicMaxSessionMs(),
        initialRebalanceDelayMs,
        maxSize,
        d.consumerSessionMs(),
        d.consumerMinSessionMs(),
        d.consumerMaxSessionMs(),
        d.consumerHeartbeatMs(),
        d.consumerMinHeartbeatMs(),
        d.consumerMaxHeartbeatMs(),
        d.consumerAssignmentMs(),
        d.consumerMinAssignmentMs(),
        d.consumerMaxAssignmentMs(),
        d.consumerMaxSize(),
        d.consumerAssignors(),
        d.consumerRegexRefreshMs(),
        d.migration());
  }

  /** The classic groups of a shard, alone. */
  static final class Shard implements CoordinatorShard {
    final GroupContext context;
    final ClassicGroups groups;

    Shard(GroupContext context) {
      this.context = context;
      this.groups = new ClassicGroups(context);
    }

    @Override
    public void replay(long offset, long producerId, CoordinatorRecord record) {
      groups.replay((GroupMetadataKey) record.key(), (GroupMetadataValue) record.value());
    }

    @Override
    public void endTransaction(long producerId, boolean committed) {}

    @Override
    public void loaded(long nowMs) {
      groups.loaded(nowMs);
    }

    @Override
    public void unloaded() {
      groups.unloaded();
    }
  }

  private static final class NoTopics implements Topics {
    @Override
    public Topic topic(String name) {
      return null;
    }

    @Override
    public Topic topic(UUID id) {
      return null;
    }

    @Override
    public Collection<Topic> all() {
      return List.of();
    }
  }

  Shard newShard(Timers timers) {
    return new Shard(
        new GroupContext(
            () -> settings, groupId -> Map.of(), NoTopics::new, () -> new UUID(0, ++ids), timers));
  }

  /** Another coordinator that loads the log. */
  void restart() {
    runtime = new ShardRuntime<>("test-0", new GroupCodec(), log, this::newShard);
    runtime.load(nowMs);
  }

  ShardRuntime<Shard> runtime() {
    return runtime;
  }

  /** What the log has of a group, in order; null for a tombstone. */
  List<GroupMetadataValue> recordsOf(String groupId) {
    List<GroupMetadataValue> found = new ArrayList<>();
    log.readAll(
        new CoordinatorLog.Visitor() {
          @Override
          public void record(long offset, long producerId, ByteBuffer key, ByteBuffer value) {
            CoordinatorRecord record = new GroupCodec().decode(key, value);
            if (record != null
                && record.key() instanceof GroupMetadataKey metadata
                && metadata.group().equals(groupId)) {
              found.add((GroupMetadataValue) record.value());
            }
          }

          @Override
          public void endOfTransaction(long producerId, boolean committed) {}
        });
    return found;
  }

  ClassicGroup group(String groupId) {
    return (ClassicGroup) runtime.shard().context.group(groupId);
  }

  ClassicGroup group() {
    return group(GROUP);
  }

  /** Moves the clock, and runs each timer at its time. */
  void advance(long ms) {
    long targetMs = nowMs + ms;
    while (runtime.nextDeadlineMs() <= targetMs) {
      nowMs = Math.max(nowMs, runtime.nextDeadlineMs());
      runtime.runTimers(nowMs);
    }
    nowMs = targetMs;
  }

  CompletableFuture<JoinGroupResponse> join(int version, JoinGroupRequest request) {
    return call(
        version, request, JoinGroupRequest::new, JoinGroupResponse::new, ClassicGroups::join);
  }

  CompletableFuture<SyncGroupResponse> sync(int version, SyncGroupRequest request) {
    return call(
        version, request, SyncGroupRequest::new, SyncGroupResponse::new, ClassicGroups::sync);
  }

  HeartbeatResponse heartbeat(int version, HeartbeatRequest request) {
    return now(
        call(
            version,
            request,
            HeartbeatRequest::new,
            HeartbeatResponse::new,
            ClassicGroups::heartbeat));
  }

  CompletableFuture<LeaveGroupResponse> leave(int version, LeaveGroupRequest request) {
    return call(
        version, request, LeaveGroupRequest::new, LeaveGroupResponse::new, ClassicGroups::leave);
  }

  private interface Operation<Q, R> {
    CoordinatorResult<R> run(ClassicGroups groups, RequestContext asker, Q request);
  }

  private <Q extends Message, R extends Message> CompletableFuture<R> call(
      int version, Q request, Supplier<Q> newRequest, Supplier<R> newResponse, Operation<Q, R> op) {
    Q received = through(request, newRequest, (short) version);
    RequestContext asker = new RequestContext(clientId, "/127.0.0.1", (short) version, nowMs);
    return runtime
        .run(nowMs, shard -> op.run(shard.groups, asker, received))
        .thenApply(response -> through(response, newResponse, (short) version));
  }

  private static <M extends Message> M through(M message, Supplier<M> empty, short version) {
    ProtocolWriter out = new ProtocolWriter();
    message.write(out, version);
    M copy = empty.get();
    copy.read(new ProtocolReader(out.buffer()), version);
    return copy;
  }

  ClassicClient client(int version) {
    return new ClassicClient(this, GROUP, version);
  }

  /** A consumer that speaks the newest versions. */
  ClassicClient client() {
    return client(9);
  }

  /**
   * Brings these together into a stable generation. The first becomes the leader of a new group.
   */
  void stabilize(ClassicClient... clients) {
    List<CompletableFuture<JoinGroupResponse>> joins = new ArrayList<>();
    for (ClassicClient client : clients) {
      joins.add(client.join());
    }
    advance(settings.initialRebalanceDelayMs());
    for (int i = clients.length - 1; i >= 0; i--) {
      JoinGroupResponse joined = now(joins.get(i));
      assertThat(ErrorCode.forCode(joined.errorCode())).isEqualTo(ErrorCode.NONE);
      clients[i].assign(joined);
    }
    for (ClassicClient client : clients) {
      assertThat(now(client.sync()).assignment())
          .isEqualTo(ClassicClient.assignment(client.memberId, client.generation));
    }
    assertThat(group().state()).isEqualTo("Stable");
  }

  /** The answer that must be there already. */
  static <R> R now(CompletableFuture<R> answer) {
    assertThat(answer).as("answer").isCompleted();
    return answer.join();
  }
}
