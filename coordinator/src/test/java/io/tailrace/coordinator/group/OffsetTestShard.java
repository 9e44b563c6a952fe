package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorShard;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.coordinator.runtime.TestLog;
import io.tailrace.coordinator.runtime.Timers;
import io.tailrace.protocol.message.GroupMetadataKey;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The parts of a shard that concern offsets, over groups that a test makes up. */
final class OffsetTestShard implements CoordinatorShard {
  final GroupContext context;
  final OffsetStore offsets;
  final OffsetWrites writes;
  final OffsetReads reads;
  final OffsetExpiration expiration;
  final GroupAdmin admin;

  private OffsetTestShard(Cluster cluster, Timers timers) {
    context =
        new GroupContext(
            () -> cluster.settings,
            groupId -> Map.of(),
            () -> cluster,
            () -> new UUID(0, 0),
            timers);
    offsets = new OffsetStore(context, this::createSimpleGroup);
    writes = new OffsetWrites(context, offsets);
    reads = new OffsetReads(context, offsets);
    expiration = new OffsetExpiration(context, offsets);
    admin = new GroupAdmin(context, offsets);
  }

  static ShardRuntime<OffsetTestShard> over(TestLog log, Cluster cluster) {
    return new ShardRuntime<>(
        "offsets-0", new GroupCodec(), log, timers -> new OffsetTestShard(cluster, timers));
  }

  private Group createSimpleGroup(String groupId) {
    OffsetTestGroup group = new OffsetTestGroup(groupId);
    context.groups().put(groupId, group);
    return group;
  }

  @Override
  public void replay(long offset, long producerId, CoordinatorRecord record) {
    if (record.key() instanceof GroupMetadataKey key) {
      context.groups().remove(key.group());
    } else {
      offsets.replay(offset, producerId, record);
    }
  }

  @Override
  public void endTransaction(long producerId, boolean committed) {
    offsets.endTransaction(producerId, committed);
  }

  @Override
  public void loaded(long nowMs) {
    expiration.loaded(nowMs);
  }

  @Override
  public void unloaded() {}

  /** Topics and settings that a test can change. */
  static final class Cluster implements Topics {
    GroupSettings settings = GroupSettings.DEFAULT;
    private final Map<String, Topic> topics = new HashMap<>();

    /** With an id that depends on the count of calls. */
    Topic add(String name, int partitions) {
      Topic topic = new Topic(name, new UUID(7, ++created), partitions);
      topics.put(name, topic);
      return topic;
    }

    private long created;

    void remove(String name) {
      topics.remove(name);
    }

    @Override
    public Topic topic(String name) {
      return topics.get(name);
    }

    @Override
    public Topic topic(UUID id) {
      return topics.values().stream().filter(t -> t.id().equals(id)).findAny().orElse(null);
    }

    @Override
    public Collection<Topic> all() {
      return List.copyOf(topics.values());
    }
  }
}
