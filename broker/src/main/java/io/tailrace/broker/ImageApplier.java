package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.ConfigException;
import io.tailrace.broker.config.LogDefaultConfigs;
import io.tailrace.broker.config.TopicConfig;
import io.tailrace.broker.partition.Partition;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.broker.partition.ProduceRules;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.log.DataDirectories;
import io.tailrace.log.DataDirectory;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogException;
import io.tailrace.log.LogRecoveringException;
import io.tailrace.log.PartitionLog;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.ConfigResource;
import io.tailrace.metadata.ImageChanges;
import io.tailrace.metadata.MetadataListener;
import io.tailrace.metadata.PartitionImage;
import io.tailrace.metadata.TopicImage;
import io.tailrace.protocol.KafkaUuid;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes this broker's partitions and settings follow the cluster image. Called on the controller's
 * thread, before the client that asked for a change has its answer.
 */
final class ImageApplier implements MetadataListener {
  private static final Logger LOG = System.getLogger(ImageApplier.class.getName());

  private final int brokerId;
  private final AtomicReference<BrokerConfig> config;
  private final Partitions partitions;
  private final DataDirectories directories;
  private final Partition.Context context;

  /** What there was at start, if some data directory could not be opened then. */
  private volatile @Nullable ClusterImage atStart;

  private volatile Consumer<BrokerConfig> configListener = changed -> {};

  ImageApplier(
      int brokerId,
      AtomicReference<BrokerConfig> config,
      Partitions partitions,
      DataDirectories directories,
      Executor flusher,
      TimedFlushes timedFlushes) {
    this.brokerId = brokerId;
    this.config = config;
    this.partitions = partitions;
    this.directories = directories;
    this.context = new Partition.Context(this::openLog, flusher, timedFlushes);
  }

  /** Calls {@code listener} with the broker's settings now, and whenever they have changed. */
  void onConfig(Consumer<BrokerConfig> listener) {
    configListener = listener;
    listener.accept(config.get());
  }

  /**
   * Takes up the image that was found at start, and settles what a crash has left half done.
   *
   * @param deletedTopics topics that were deleted before
   */
  void begin(ClusterImage image, Set<UUID> deletedTopics) {
    applyBrokerConfig(image);
    new LeftoverLogs(directories).settle(image, deletedTopics);
    if (directories.unreadable() > 0) {
      atStart = image;
    }
    for (TopicImage topic : image.topics()) {
      put(image, topic);
    }
  }

  @Override
  public void onImage(ClusterImage before, ClusterImage after, ImageChanges changes) {
    for (UUID id : changes.deletedTopics()) {
      remove(id);
    }
    if (changes.configs().stream().anyMatch(it -> it.type() == ConfigResource.BROKER)) {
      applyBrokerConfig(after);
      partitions.topics().forEach(topic -> applyTopicConfig(after, topic));
    }
    for (UUID id : changes.topics()) {
      TopicImage topic = after.topic(id);
      if (topic != null) {
        put(after, topic);
      }
    }
    for (ConfigResource resource : changes.configs()) {
      Partitions.Topic topic =
          resource.type() == ConfigResource.TOPIC ? partitions.topic(resource.name()) : null;
      if (topic != null) {
        applyTopicConfig(after, topic);
      }
    }
  }

  private void put(ClusterImage image, TopicImage topic) {
    Partitions.Topic known = partitions.topic(topic.id());
    TopicConfig topicConfig = topicConfig(image, topic.name());
    ProduceRules rules = TopicSettings.produceRules(topicConfig);
    LogConfig logConfig = TopicSettings.logConfig(topicConfig);
    @Nullable Partition[] led = new Partition[topic.partitions().size()];
    for (PartitionImage partition : topic.partitions()) {
      int index = partition.index();
      int epoch = partition.leaderEpoch();
      Partition existing = known == null ? null : known.partition(index);
      if (existing != null && existing.leaderEpoch() == epoch) {
        led[index] = existing;
      } else if (partition.leader() == brokerId) {
        led[index] =
            new Partition(topic.name(), topic.id(), index, epoch, rules, logConfig, context);
      }
    }
    partitions.put(new Partitions.Topic(topic.name(), topic.id(), led));
  }

  private PartitionLog openLog(Partition partition, LogConfig config) throws LogException {
    String name = partition.toString();
    if (directories.isRecovering(name)) {
      // An event loop asks: its other clients must not wait for this one's log.
      throw new LogRecoveringException(name);
    }
    boolean mayExist = existedAtStart(partition.topicId(), partition.index());
    String topicId = KafkaUuid.toText(partition.topicId());
    return directories.create(name, topicId, config, mayExist);
  }

  private boolean existedAtStart(UUID topicId, int partition) {
    ClusterImage before = atStart;
    TopicImage topic = before == null ? null : before.topic(topicId);
    return topic != null && topic.partition(partition) != null;
  }

  /** Whether a partition's log is in a data directory that is offline, or may be. */
  boolean isOffline(TopicImage topic, int partition) {
    if (directories.allOnline()) {
      return false;
    }
    DataDirectory directory = directories.find(topic.name() + "-" + partition);
    return directory == null ? existedAtStart(topic.id(), partition) : !directory.isOnline();
  }

  private void remove(UUID topicId) {
    Partitions.Topic topic = partitions.topic(topicId);
    if (topic == null) {
      return;
    }
    partitions.remove(topic);
    long delayMs = config.get().get(LogDefaultConfigs.LOG_SEGMENT_DELETE_DELAY_MS);
    for (int index = 0; index < topic.partitions().length; index++) {
      String name = topic.name() + "-" + index;
      try {
        directories.delete(name, delayMs);
      } catch (IOException e) {
        LOG.log(Level.WARNING, "{0} is left for the next start to delete: {1}", name, e);
      }
    }
  }

  private void applyBrokerConfig(ClusterImage image) {
    Map<String, String> clusterWide = image.configs(ConfigResource.CLUSTER_DEFAULT);
    Map<String, String> own = image.configs(ConfigResource.broker(brokerId));
    try {
      configListener.accept(config.updateAndGet(now -> now.withDynamic(clusterWide, own)));
    } catch (ConfigException e) {
      // What was valid with one start-up file need not be with another.
      LOG.log(Level.WARNING, "settings made while the broker ran are ignored: {0}", e.getMessage());
    }
  }

  private void applyTopicConfig(ClusterImage image, Partitions.Topic topic) {
    TopicConfig topicConfig = topicConfig(image, topic.name());
    ProduceRules rules = TopicSettings.produceRules(topicConfig);
    LogConfig logConfig = TopicSettings.logConfig(topicConfig);
    for (Partition partition : topic.partitions()) {
      if (partition != null) {
        partition.configure(rules, logConfig);
      }
    }
  }

  private TopicConfig topicConfig(ClusterImage image, String topic) {
    return TopicConfig.of(config.get(), image.configs(ConfigResource.topic(topic)));
  }
}
