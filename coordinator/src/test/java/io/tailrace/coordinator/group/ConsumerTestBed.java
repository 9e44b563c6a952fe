package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorLog;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorShard;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.coordinator.runtime.TestLog;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest.TopicPartitions;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Consumer groups alone on a shard, over a log in memory, with a clock that is set by hand. */
final class ConsumerTestBed {
  static final String GROUP = "group";
  static final int REBALANCE_MS = 30_000;

  final TestLog log = new TestLog();
  ConsumerTestTopics topics = new ConsumerTestTopics();
  GroupSettings settings = GroupSettings.DEFAULT;
  Map<String, String> groupConfigs = new HashMap<>();
  long nowMs = 1_700_000_000_000L;
  private long ids;
  private ShardRuntime<Shard> runtime;
  private GroupContext followed;
  private ConsumerReplay follower;

  /** What stands in for GroupShard. */
  static final class Shard implements CoordinatorShard {
    final GroupContext context;
    final ConsumerGroups groups;
    final List<CoordinatorRecord> replayed = new ArrayList<>();

    Shard(GroupContext context) {
      this.context = context;
      this.groups = new ConsumerGroups(context, new ClassicGroups(context));
    }

    @Override
    public void replay(long offset, long producerId, CoordinatorRecord record) {
      replayed.add(record);
      if (!groups.replay(record)) {
        throw new IllegalStateException("not a consumer group's: " + record);
      }
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

  ConsumerTestBed() {
    groupConfigs.put(ConsumerSettings.ASSIGNMENT_INTERVAL, "0");
    runtime = load();
    followed = load().shard().context;
    follower = new ConsumerReplay(followed.groups());
  }

  private ShardRuntime<Shard> load() {
    ShardRuntime<Shard> loaded =
        new ShardRuntime<>("test", new GroupCodec(), log, timers -> new Shard(context(timers)));
    loaded.load(nowMs);
    loaded.shard().replayed.clear();
    return loaded;
  }

  private GroupContext context(Timers timers) {
    return new GroupContext(
        () -> settings, id -> groupConfigs, () -> topics, () -> new UUID(0, ++ids), timers);
  }

  void restart() {
    runtime = load();
  }

  /** What another coordinator would find in the log, to be compared with {@link #state}. */
  List<Object> stateOfReplay() {
    return state(load().shard().context);
  }

  /** All that is in the log, as it stands in memory. */
  List<Object> state() {
    return state(runtime.shard().context);
  }

  private static List<Object> state(GroupContext context) {
    List<Object> state = new ArrayList<>();
    new TreeMap<>(context.groups()).values().forEach(group -> add((ConsumerGroup) group, state));
    return state;
  }

  /** What the log tells of a group. */
  static void add(ConsumerGroup group, List<Object> state) {
    ConsumerSubscriptions subscriptions = group.subscriptions();
    state.addAll(List.of(group.groupId(), group.state(), group.epoch(), group.metadataHash()));
    state.addAll(List.of(group.targetEpoch(), group.targetMs(), group.hasPartitionMetadata()));
    state.addAll(List.of(subscriptions.topicNames(), Set.copyOf(subscriptions.regexes())));
    for (String regex : subscriptions.resolvedRegexes()) {
      state.add(regex);
      state.add(subscriptions.resolved(regex));
    }
    for (ConsumerMember member : group.members()) {
      state.add(member);
      state.add(group.target(member.memberId()));
      state.add(group.hasTarget(member.memberId()));
      if (member.instanceId() != null) {
        state.add(group.staticMember(member.instanceId()));
      }
    }
  }

  ConsumerGroups groups() {
    return runtime.shard().groups;
  }

  /**
   * Follows the log in a second instance, as another coordinator would, and tells whether anything
   * was added.
   *
   * @throws AssertionError if the two don't agree
   */
  boolean follow() {
    List<CoordinatorLog.Entry> added = log.takeAdded();
    GroupCodec codec = new GroupCodec();
    for (CoordinatorLog.Entry entry : added) {
      ByteBuffer value = entry.value() == null ? null : ByteBuffer.wrap(entry.value());
      follower.replay(codec.decode(ByteBuffer.wrap(entry.key()), value));
    }
    if (!added.isEmpty() && !state(followed).equals(state())) {
      assertThat(state(followed)).isEqualTo(state());
    }
    return !added.isEmpty();
  }

  /** The follower starts anew, with what is left of the log. */
  void followAnew() {
    follow();
    followed = load().shard().context;
    follower = new ConsumerReplay(followed.groups());
  }

  /** Records of what has happened since the last call. */
  List<CoordinatorRecord> takeRecords() {
    List<CoordinatorRecord> taken = List.copyOf(runtime.shard().replayed);
    runtime.shard().replayed.clear();
    return taken;
  }

  @Nullable ConsumerGroup find(String groupId) {
    return (ConsumerGroup) runtime.shard().context.group(groupId);
  }

  ConsumerGroup group() {
    return find(GROUP);
  }

  /** As if a record had made it. */
  void put(Group group) {
    runtime.shard().context.groups().put(group.groupId(), group);
  }

  ConsumerMember member(String memberId) {
    return group().existingMember(memberId);
  }

  void topics(ConsumerTestTopics changed, String... names) {
    topics = changed;
    groups().topicsCreated(Set.of(names));
  }

  void pass(long ms) {
    nowMs += ms;
    runtime.runTimers(nowMs);
  }

  ConsumerGroupHeartbeatResponse send(ConsumerGroupHeartbeatRequest request) {
    return send(request, (short) 1);
  }

  /**
   * @throws CoordinatorException that the request is refused with
   */
  ConsumerGroupHeartbeatResponse send(ConsumerGroupHeartbeatRequest request, short version) {
    RequestContext context = new RequestContext("client", "/127.0.0.1", version, nowMs);
    try {
      return runtime.run(nowMs, shard -> shard.groups.heartbeat(context, request)).join();
    } catch (CompletionException e) {
      throw (CoordinatorException) e.getCause();
    }
  }

  /** As if an operation had come to these records. */
  void append(List<CoordinatorRecord> records) {
    runtime.run(nowMs, shard -> CoordinatorResult.of(records)).join();
  }

  static ConsumerGroupHeartbeatRequest join(String memberId, String... names) {
    return new ConsumerGroupHeartbeatRequest()
        .groupId(GROUP)
        .memberId(memberId)
        .memberEpoch(0)
        .rebalanceTimeoutMs(REBALANCE_MS)
        .subscribedTopicNames(List.of(names))
        .topicPartitions(List.of());
  }

  static ConsumerGroupHeartbeatRequest beat(String memberId, int epoch) {
    return new ConsumerGroupHeartbeatRequest().groupId(GROUP).memberId(memberId).memberEpoch(epoch);
  }

  static List<TopicPartitions> owning(Map<UUID, Set<Integer>> partitions) {
    List<TopicPartitions> owned = new ArrayList<>();
    partitions.forEach((topic, indexes) ->
        owned.add(
            new TopicPartitions().topicId(topic).partitions(ConsumerAssignment.ints(indexes))));
    return owned;
  }

  /** Null if the response does not say. */
  static @Nullable Map<UUID, Set<Integer>> assignment(ConsumerGroupHeartbeatResponse response) {
    if (response.assignment() == null) {
      return null;
    }
    Map<UUID, Set<Integer>> partitions = new TreeMap<>();
    response
        .assignment()
        .topicPartitions()
        .forEach(topic -> {
          Set<Integer> indexes = new TreeSet<>();
          for (int partition : topic.partitions()) {
            indexes.add(partition);
          }
          partitions.put(topic.topicId(), indexes);
        });
    return partitions;
  }
}
