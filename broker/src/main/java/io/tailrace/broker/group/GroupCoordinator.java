package io.tailrace.broker.group;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.lag.CommittedOffsets.CommittedOffset;
import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.coordinator.group.GroupCodec;
import io.tailrace.coordinator.group.GroupSettings;
import io.tailrace.coordinator.group.GroupShard;
import io.tailrace.coordinator.group.RequestContext;
import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.env.Clock;
import io.tailrace.env.Randomness;
import io.tailrace.env.Threads;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.ConfigResource;
import io.tailrace.metadata.Controller;
import io.tailrace.metadata.ImageChanges;
import io.tailrace.metadata.TopicImage;
import io.tailrace.metadata.TopicNames;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseTopics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The consumer groups of this broker: finds the shard of a group, and has shards follow the
 * partitions of {@code __consumer_offsets} that this broker leads. Safe for use by many threads.
 *
 * <p>Time for groups is the wall clock's at the start, carried on by the monotonic clock: a clock
 * that is set does not end anybody's session.
 */
public final class GroupCoordinator implements AutoCloseable {
  private static final int THREADS = 2;

  private final Clock clock;
  private final Randomness randomness;
  private final Controller controller;
  private final Partitions partitions;
  private final Supplier<BrokerConfig> config;
  private final OffsetsTopic topic;
  private final ScheduledExecutorService threads;
  private final Map<Integer, Led> led = new ConcurrentHashMap<>();
  private final long startNs;
  private final long startMs;
  private volatile Settings settings;

  /** What was read out of a configuration, which changes seldom. */
  private record Settings(BrokerConfig config, GroupSettings groups) {}

  /** A partition that this broker leads, and the groups in it. */
  private record Led(Partition partition, ShardHost<GroupShard> host) {}

  /** Something asked of the shard of a group. */
  public interface Operation<R> {
    CoordinatorResult<R> run(GroupShard shard, long nowMs);
  }

  public GroupCoordinator(
      Clock clock,
      Randomness randomness,
      Controller controller,
      Partitions partitions,
      Supplier<BrokerConfig> config) {
    this.clock = clock;
    this.randomness = randomness;
    this.controller = controller;
    this.partitions = partitions;
    this.config = config;
    topic = new OffsetsTopic(controller, config);
    threads = Threads.scheduler("tailrace-coordinator", THREADS);
    startNs = clock.nanoTime();
    startMs = clock.wallMs();
    settings = read(config.get());
  }

  private static Settings read(BrokerConfig config) {
    return new Settings(config, GroupSettingsReader.read(config));
  }

  private GroupSettings settings() {
    BrokerConfig now = config.get();
    Settings known = settings;
    if (known.config() != now) {
      known = read(now);
      settings = known;
    }
    return known.groups();
  }

  private long nowMs() {
    return startMs + TimeUnit.NANOSECONDS.toMillis(clock.nanoTime() - startNs);
  }

  /** Makes the topic that groups live in if it is not there; tells whether it is now. */
  public CompletableFuture<ErrorCode> ensureTopic() {
    return topic.ensure();
  }

  /** The partition of {@code __consumer_offsets} that a group is in; −1 if there is none yet. */
  public static int partitionOf(String groupId, ClusterImage image) {
    return OffsetsTopic.partitionOf(groupId, image);
  }

  /**
   * Why the partition that a group is in can't be served until the broker starts again, though this
   * broker leads it; null if it can.
   */
  public @Nullable String offlineReason(String groupId) {
    Led shard = led.get(partitionOf(groupId, controller.image()));
    return shard == null ? null : shard.host().offlineReason();
  }

  /**
   * All offsets that a group has committed; none if there is no such group. Waits for the shard's
   * thread: not for event loops.
   *
   * @throws CoordinatorException if the group's state can't be asked now
   */
  public List<CommittedOffset> committedOffsets(String groupId) {
    if (partitionOf(groupId, controller.image()) < 0) {
      return List.of();
    }
    OffsetFetchRequestGroup all = new OffsetFetchRequestGroup().groupId(groupId).topics(null);
    RequestContext asker = new RequestContext("", "", OffsetFetchRequest.LOWEST_VERSION, 0);
    CompletableFuture<List<CommittedOffset>> answer =
        run(
            groupId,
            _ -> false,
            (shard, now) -> CoordinatorResult.of(listed(shard.fetchOffsets(asker, all, false))));
    try {
      return answer.join();
    } catch (CompletionException e) {
      throw CoordinatorException.of(e);
    }
  }

  private static List<CommittedOffset> listed(OffsetFetchResponseGroup found) {
    List<CommittedOffset> offsets = new ArrayList<>();
    for (OffsetFetchResponseTopics topic : found.topics()) {
      for (OffsetFetchResponsePartitions partition : topic.partitions()) {
        offsets.add(
            new CommittedOffset(
                topic.name(), partition.partitionIndex(), partition.committedOffset()));
      }
    }
    return offsets;
  }

  /**
   * Runs an operation on the shard of a group.
   *
   * @param quick whether the caller's thread may do it; may only look at the shard
   * @return its answer; or, exceptionally, a {@link CoordinatorException}
   */
  public <R> CompletableFuture<R> run(
      String groupId, Predicate<GroupShard> quick, Operation<R> operation) {
    Led shard = led.get(partitionOf(groupId, controller.image()));
    if (shard == null) {
      return CompletableFuture.failedFuture(
          new CoordinatorException(
              ErrorCode.NOT_COORDINATOR, "this broker does not coordinate the group"));
    }
    return shard.host().run(quick, operation::run);
  }

  /** Runs an operation on every shard of this broker. */
  public <R> List<CompletableFuture<R>> runOnAll(Operation<R> operation) {
    List<CompletableFuture<R>> answers = new ArrayList<>();
    led.values().forEach(shard -> answers.add(shard.host().run(_ -> false, operation::run)));
    return answers;
  }

  /** Takes up the image that was found at start. On the controller's thread, or before it. */
  public void begin(ClusterImage image) {
    follow(image);
  }

  /** Follows the cluster's metadata. On the controller's thread. */
  public void onImage(ClusterImage before, ClusterImage after, ImageChanges changes) {
    Set<String> created = new HashSet<>();
    Set<String> grown = new HashSet<>();
    Set<String> deleted = new HashSet<>();
    for (UUID id : changes.deletedTopics()) {
      TopicImage gone = before.topic(id);
      if (gone != null) {
        deleted.add(gone.name());
      }
    }
    for (UUID id : changes.topics()) {
      TopicImage now = after.topic(id);
      if (now != null) {
        (before.topic(id) == null ? created : grown).add(now.name());
      }
    }
    if (created.contains(TopicNames.CONSUMER_OFFSETS)
        || grown.contains(TopicNames.CONSUMER_OFFSETS)
        || deleted.contains(TopicNames.CONSUMER_OFFSETS)) {
      follow(after);
    }
    if (!created.isEmpty() || !grown.isEmpty() || !deleted.isEmpty()) {
      led.values()
          .forEach(shard ->
              shard
                  .host()
                  .run(_ -> false, (groups, now) -> groups.topicsChanged(created, grown, deleted)));
    }
  }

  private void follow(ClusterImage image) {
    TopicImage offsets = image.topic(TopicNames.CONSUMER_OFFSETS);
    led.entrySet()
        .removeIf(entry -> {
          boolean gone = partitionAt(entry.getKey(), offsets) != entry.getValue().partition();
          if (gone) {
            entry.getValue().host().close();
          }
          return gone;
        });
    for (int index = 0; offsets != null && index < offsets.partitions().size(); index++) {
      Partition partition = partitionAt(index, offsets);
      if (partition != null && !led.containsKey(index)) {
        Led shard = new Led(partition, host(partition));
        led.put(index, shard);
        shard.host().load();
      }
    }
  }

  private @Nullable Partition partitionAt(int index, @Nullable TopicImage offsets) {
    return offsets == null ? null : partitions.partition(TopicNames.CONSUMER_OFFSETS, index);
  }

  private ShardHost<GroupShard> host(Partition partition) {
    ShardRuntime<GroupShard> runtime =
        new ShardRuntime<>(
            partition.toString(),
            new GroupCodec(),
            new PartitionCoordinatorLog(partition),
            timers ->
                new GroupShard(
                    this::settings,
                    group ->
                        controller.image().configs(new ConfigResource(ConfigResource.GROUP, group)),
                    () -> new ImageTopics(controller.image()),
                    randomness::uuid,
                    timers));
    return new ShardHost<>(partition.toString(), runtime, this::nowMs, threads);
  }

  /** Answers all who wait, and ends the threads. */
  @Override
  public void close() {
    led.values().forEach(shard -> shard.host().close());
    threads.shutdown();
    try {
      threads.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
