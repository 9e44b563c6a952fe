package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.coordinator.group.GroupSettings;
import io.tailrace.coordinator.group.GroupShard;
import io.tailrace.coordinator.group.OffsetResponses;
import io.tailrace.coordinator.group.RequestContext;
import io.tailrace.coordinator.group.Topics;
import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.coordinator.runtime.TestLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupDescribeRequest;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.DeleteGroupsRequest;
import io.tailrace.protocol.message.DeleteGroupsResponse;
import io.tailrace.protocol.message.DescribeGroupsRequest;
import io.tailrace.protocol.message.DescribeGroupsResponse;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetDeleteRequest;
import io.tailrace.protocol.message.OffsetDeleteResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** Tailrace's group coordinator, with what the broker's handlers do around it. */
final class TailraceGroups implements GroupsUnderTest {
  private final GroupSettings settings;
  private final TestLog log = new TestLog();
  private final Map<String, Map<String, String>> groupConfigs = new HashMap<>();
  private TopicTable topics = new TopicTable(Map.of());
  private ShardRuntime<GroupShard> runtime;
  private long nowMs;
  private int taken;
  private UUID nextId;

  private record TopicTable(Map<String, Topic> byName) implements Topics {
    @Override
    public Topic topic(String name) {
      return byName.get(name);
    }

    @Override
    public Topic topic(UUID id) {
      return byName.values().stream().filter(t -> t.id().equals(id)).findFirst().orElse(null);
    }

    @Override
    public Collection<Topic> all() {
      return byName.values();
    }
  }

  TailraceGroups(GroupSettings settings, long nowMs) {
    this.settings = settings;
    this.nowMs = nowMs;
    load();
  }

  private void load() {
    runtime =
        new ShardRuntime<>(
            "test-0",
            new GroupCodec(),
            log,
            timers ->
                new GroupShard(
                    () -> settings,
                    group -> groupConfigs.getOrDefault(group, Map.of()),
                    () -> topics,
                    this::takeId,
                    timers));
    runtime.load(nowMs);
  }

  /** The id that the next new member gets. */
  void nextId(UUID id) {
    nextId = id;
  }

  private UUID takeId() {
    return nextId == null ? new UUID(0, 0) : nextId;
  }

  @Override
  public CompletableFuture<byte[]> ask(Api api, short version, byte[] body, String clientId) {
    RequestContext asks = new RequestContext(clientId, "/127.0.0.1", version, nowMs);
    CompletableFuture<? extends Message> answer = handle(asks, api.request(body, version));
    runtime.runTimers(nowMs);
    return answer.thenApply(message -> Wire.write(message, version));
  }

  private CompletableFuture<? extends Message> handle(RequestContext asks, Message request) {
    return switch (request) {
      case JoinGroupRequest join ->
          run(
              shard -> shard.join(asks, join),
              error -> new JoinGroupResponse().errorCode(error).memberId(join.memberId()));
      case SyncGroupRequest sync ->
          run(shard -> shard.sync(asks, sync), error -> new SyncGroupResponse().errorCode(error));
      case HeartbeatRequest heartbeat ->
          run(
              shard -> shard.heartbeat(asks, heartbeat),
              error -> new HeartbeatResponse().errorCode(error));
      case LeaveGroupRequest leave ->
          run(
              shard -> shard.leave(asks, leave),
              error -> new LeaveGroupResponse().errorCode(error));
      case ConsumerGroupHeartbeatRequest heartbeat ->
          run(
              shard -> shard.consumerHeartbeat(asks, heartbeat),
              error -> new ConsumerGroupHeartbeatResponse().errorCode(error).errorMessage("no"));
      case OffsetCommitRequest commit ->
          run(
              shard -> shard.commitOffsets(asks, commit),
              error -> OffsetResponses.refused(commit, ErrorCode.forCode(error)));
      case OffsetDeleteRequest delete ->
          run(
              shard -> shard.deleteOffsets(asks, delete),
              error -> new OffsetDeleteResponse().errorCode(error));
      case OffsetFetchRequest fetch -> fetch(asks, fetch);
      case ListGroupsRequest list ->
          run(shard -> CoordinatorResult.of(shard.list(list)), error -> null)
              .thenApply(groups -> new ListGroupsResponse().groups(groups));
      case DescribeGroupsRequest describe ->
          each(
                  describe.groups(),
                  (shard, group) -> CoordinatorResult.of(shard.describe(asks, group)),
                  (error, group) ->
                      new DescribeGroupsResponse.DescribedGroup().groupId(group).errorCode(error))
              .thenApply(groups -> new DescribeGroupsResponse().groups(groups));
      case ConsumerGroupDescribeRequest describe ->
          each(
                  describe.groupIds(),
                  (shard, group) -> CoordinatorResult.of(shard.describeConsumer(group)),
                  (error, group) ->
                      new ConsumerGroupDescribeResponse.DescribedGroup()
                          .groupId(group)
                          .errorCode(error)
                          .errorMessage("no"))
              .thenApply(groups -> new ConsumerGroupDescribeResponse().groups(groups));
      case DeleteGroupsRequest delete ->
          run(shard -> shard.delete(delete.groupsNames()), error -> null)
              .thenApply(results -> new DeleteGroupsResponse().results(results));
      default -> throw new IllegalArgumentException(request + " is not a group's");
    };
  }

  private CompletableFuture<? extends Message> fetch(
      RequestContext asks, OffsetFetchRequest request) {
    return each(
            OffsetResponses.groups(request, asks.version()),
            (GroupShard shard, OffsetFetchRequestGroup group) ->
                CoordinatorResult.of(shard.fetchOffsets(asks, group, request.requireStable())),
            (error, group) ->
                OffsetResponses.refused(group, ErrorCode.forCode(error), asks.version()))
        .thenApply(groups -> OffsetResponses.response(groups, asks.version()));
  }

  private <R> CompletableFuture<R> run(
      Function<GroupShard, CoordinatorResult<R>> operation, Function<Short, R> refusal) {
    return runtime.run(nowMs, operation).exceptionally(thrown -> refusal.apply(code(thrown)));
  }

  /** Whatever else an operation throws is a defect: it fails the test. */
  private static short code(Throwable thrown) {
    Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
    if (cause instanceof CoordinatorException refused) {
      return refused.code().code();
    }
    throw new CompletionException(cause);
  }

  private interface OfOne<I, R> {
    CoordinatorResult<R> run(GroupShard shard, I item);
  }

  private interface Refusal<I, R> {
    R of(short error, I item);
  }

  private <I, R> CompletableFuture<List<R>> each(
      List<I> items, OfOne<I, R> operation, Refusal<I, R> refusal) {
    List<CompletableFuture<R>> answers = new ArrayList<>();
    for (I item : items) {
      answers.add(run(shard -> operation.run(shard, item), error -> refusal.of(error, item)));
    }
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(ignored -> answers.stream().map(CompletableFuture::join).toList());
  }

  @Override
  public void advanceTo(long toMs) {
    long next = runtime.nextDeadlineMs();
    while (next <= toMs) {
      nowMs = Math.max(nowMs, next);
      runtime.runTimers(nowMs);
      next = runtime.nextDeadlineMs();
    }
    nowMs = toMs;
  }

  @Override
  public void setTopics(Collection<Topic> wanted) {
    Map<String, Topic> before = topics.byName();
    Map<String, Topic> now = new HashMap<>();
    wanted.forEach(topic -> now.put(topic.name(), topic));
    Set<String> created = new HashSet<>();
    Set<String> grown = new HashSet<>();
    Set<String> deleted = new HashSet<>();
    now.forEach((name, topic) -> {
      Topic old = before.get(name);
      if (old == null || !old.id().equals(topic.id())) {
        created.add(name);
      } else if (old.partitions() != topic.partitions()) {
        grown.add(name);
      }
    });
    before.forEach((name, topic) -> {
      if (!now.containsKey(name) || !now.get(name).id().equals(topic.id())) {
        deleted.add(name);
      }
    });
    topics = new TopicTable(now);
    runtime.run(nowMs, shard -> shard.topicsChanged(created, grown, deleted)).join();
    runtime.runTimers(nowMs);
  }

  @Override
  public void setGroupConfigs(String groupId, Map<String, String> configs) {
    groupConfigs.put(groupId, configs);
  }

  @Override
  public void restart() {
    runtime.stop(ErrorCode.NOT_COORDINATOR, "the test restarts it");
    load();
  }

  @Override
  public List<Entry> takeRecords() {
    List<Entry> fresh = new ArrayList<>();
    for (TestLog.Item item : log.items().subList(taken, log.items().size())) {
      TestLog.Written written = (TestLog.Written) item;
      fresh.add(new Entry(written.key(), written.value()));
    }
    taken = log.items().size();
    return fresh;
  }
}
