package io.tailrace.broker;

import io.tailrace.broker.api.BrokerServices;
import io.tailrace.broker.api.FetchSessions;
import io.tailrace.broker.api.ProducerIds;
import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.Listener;
import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.broker.lag.GroupLag;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import io.tailrace.log.DataDirectories;
import io.tailrace.log.DataDirectory;
import io.tailrace.log.DataDirectoryException;
import io.tailrace.log.LogCleaner;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.log.MetaProperties;
import io.tailrace.metadata.BrokerImage;
import io.tailrace.metadata.ClusterImage;
import io.tailrace.metadata.Controller;
import io.tailrace.metadata.ControllerSettings;
import io.tailrace.metadata.MetadataException;
import io.tailrace.metadata.MetadataLog;
import io.tailrace.metadata.MetadataLogSettings;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.KafkaUuid;
import io.tailrace.protocol.message.BrokerRegistrationRequest;
import io.tailrace.protocol.message.BrokerRegistrationResponse;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * All that a broker is apart from its network: data folder, metadata, partitions, and the threads
 * that work on them. Opened and closed by one thread.
 */
final class BrokerStorage {
  /** Waits for disks are short and few: producers that ask for sync, lookups by time. */
  private static final int FLUSHER_THREADS = 4;

  private static final int WORKER_THREADS = 2;

  /** One part of the heap in so many is the most that fetch sessions take. */
  private static final int FETCH_SESSIONS_HEAP_SHARE = 8;

  /** Enough to keep a disk busy with scans; each serves all connections in turn. */
  private static final int COLD_READER_THREADS = 4;

  private static final short PLAINTEXT = 0;

  private final Environment environment;
  private final AtomicReference<BrokerConfig> config;
  private final int brokerId;
  private final DataDirectories directories;
  private final Controller controller;
  private final Partitions partitions = new Partitions();
  private final TimedFlushes timedFlushes = new TimedFlushes();
  private final ExecutorService flusher = Threads.pool("tailrace-flusher", FLUSHER_THREADS);
  private final ExecutorService workers = Threads.pool("tailrace-worker", WORKER_THREADS);
  private final ExecutorService coldReaders =
      Threads.pool("tailrace-cold-reader", COLD_READER_THREADS);
  private final ImageApplier applier;
  private final GroupCoordinator groups;
  private final GroupLag groupLag;
  private final Housekeeping housekeeping;
  private final LogCleaner cleaner;

  private BrokerStorage(
      Environment environment,
      AtomicReference<BrokerConfig> config,
      DataDirectories directories,
      Controller controller) {
    this.environment = environment;
    this.config = config;
    this.brokerId = config.get().get(BrokerConfigs.NODE_ID);
    this.directories = directories;
    this.controller = controller;
    applier = new ImageApplier(brokerId, config, partitions, directories, flusher, timedFlushes);
    applier.begin(controller.image(), controller.deletedTopics());
    groups =
        new GroupCoordinator(
            environment.clock(), environment.randomness(), controller, partitions, config::get);
    groups.begin(controller.image());
    groupLag =
        new GroupLag(
            partitions,
            groups::committedOffsets,
            partition -> directories.endAsLeft(partition.toString()));
    controller.start(
        (before, after, changes) -> {
          applier.onImage(before, after, changes);
          groups.onImage(before, after, changes);
        },
        directories::syncDeletions);
    housekeeping =
        new Housekeeping(
            environment.clock(),
            config::get,
            directories,
            timedFlushes,
            new Retention(partitions, directories));
    cleaner =
        new LogCleaner(
            environment,
            CompactedLogs.settings(config.get()),
            new CompactedLogs(partitions, directories));
  }

  /**
   * Takes over the data folders and reads what is in them.
   *
   * @throws BrokerStartException if it can't
   */
  static BrokerStorage open(BrokerConfig config, Environment environment) {
    DataDirectories directories = openDirectories(config, environment);
    try {
      AtomicReference<BrokerConfig> current = new AtomicReference<>(config);
      Controller controller = openController(directories, current, environment);
      checkNoneMissing(
          directories.ids(),
          directories.unreadable(),
          registeredDirectories(controller.image(), config));
      return new BrokerStorage(environment, current, directories, controller);
    } catch (MetadataException e) {
      directories.close();
      throw new BrokerStartException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      directories.close();
      throw e;
    }
  }

  private static DataDirectories openDirectories(BrokerConfig config, Environment environment) {
    try {
      return DataDirectories.open(
          environment,
          LogManagerSettings.DEFAULT.keepWhole(MetadataLog.NAME),
          paths(config),
          metadataPath(config),
          config.get(BrokerConfigs.NODE_ID),
          () -> KafkaUuid.toText(environment.randomness().uuid()));
    } catch (DataDirectoryException e) {
      throw BrokerStartException.dataFolder(e);
    }
  }

  /** {@code log.dirs} */
  static List<Path> paths(BrokerConfig config) {
    return config.dataDirectories().stream().map(BrokerStorage::absolute).toList();
  }

  /** {@code metadata.log.dir} */
  static Path metadataPath(BrokerConfig config) {
    String metadata = config.get(BrokerConfigs.METADATA_LOG_DIR);
    return metadata.isEmpty() ? paths(config).getFirst() : absolute(metadata);
  }

  private static Path absolute(String path) {
    return Path.of(path).toAbsolutePath().normalize();
  }

  /** As they were at the last start. */
  static List<UUID> registeredDirectories(ClusterImage image, BrokerConfig config) {
    BrokerImage known = image.brokers().get(config.get(BrokerConfigs.NODE_ID));
    return known == null ? List.of() : known.logDirectories();
  }

  /**
   * A folder that is not mounted looks like a new one, and one that nobody names any more like
   * none: the logs in it would be made anew, empty, and their offsets given away once more.
   */
  static void checkNoneMissing(
      Collection<String> ids, int unreadable, Collection<UUID> registered) {
    Set<UUID> missing = new LinkedHashSet<>(registered);
    ids.forEach(id -> missing.remove(KafkaUuid.parse(id)));
    if (missing.size() > unreadable) {
      throw new BrokerStartException(
          ("data folder with directory.id %s is missing: mount it, or name it in log.dirs again. If"
                  + " it is lost, with the logs in it, write that directory.id into %s of an empty"
                  + " folder in log.dirs")
              .formatted(
                  missing.stream().map(KafkaUuid::toText).collect(Collectors.joining(", ")),
                  MetaProperties.FILE),
          null);
    }
  }

  private static Controller openController(
      DataDirectories directories, AtomicReference<BrokerConfig> config, Environment environment)
      throws MetadataException {
    LogManager logs = directories.metadata();
    DataDirectory found = directories.find(MetadataLog.NAME);
    if (found != null) {
      checkMetadataPlace(found.path(), logs.directory());
    }
    Set<String> elsewhere = new TreeSet<>();
    directories.logs().stream()
        .filter(it -> it != logs)
        .forEach(it -> elsewhere.addAll(it.names()));
    ControllerSettings settings =
        new ControllerSettings(
            config.get().get(BrokerConfigs.NUM_PARTITIONS),
            config.get().get(BrokerConfigs.DEFAULT_REPLICATION_FACTOR).shortValue(),
            config.get().get(BrokerConfigs.DELETE_TOPIC_ENABLE),
            Map.of(),
            ControllerSettings.defaults().features());
    return Controller.open(
        MetadataLog.open(logs, elsewhere, MetadataLogSettings.DEFAULT, environment.disk()),
        directories.clusterId(),
        settings,
        new ConfigChecks(config::get),
        environment);
  }

  static void checkMetadataPlace(Path found, Path expected) {
    if (!found.equals(expected)) {
      throw new BrokerStartException(
          "the metadata log is in %s, not in %s: set metadata.log.dir to that folder"
              .formatted(found, expected),
          null);
    }
  }

  /** Enters this broker, with the addresses that clients are told, into the cluster's metadata. */
  void register(List<Listener> endpoints) {
    BrokerRegistrationRequest request =
        new BrokerRegistrationRequest()
            .brokerId(brokerId)
            .clusterId(directories.clusterId())
            .incarnationId(environment.randomness().uuid())
            .logDirs(directoryIds())
            .rack(null)
            .listeners(
                endpoints.stream()
                    .map(it ->
                        new BrokerRegistrationRequest.Listener()
                            .name(it.name())
                            .host(it.host())
                            .port(it.port())
                            .securityProtocol(PLAINTEXT))
                    .toList());
    BrokerRegistrationResponse response = controller.registerBroker(request).join();
    if (response.errorCode() != ErrorCode.NONE.code()) {
      throw new BrokerStartException(
          "the broker can't enter itself into its metadata log in "
              + directories.metadata().directory()
              + ": "
              + ErrorCode.forCode(response.errorCode()),
          null);
    }
  }

  /** Those that could not be opened stay entered, so that no later start does without them. */
  private List<UUID> directoryIds() {
    Set<UUID> ids = new LinkedHashSet<>();
    directories.ids().forEach(id -> ids.add(KafkaUuid.parse(id)));
    if (directories.unreadable() > 0) {
      ids.addAll(registeredDirectories(controller.image(), config.get()));
    }
    return List.copyOf(ids);
  }

  List<Path> paths() {
    return directories.directories().stream().map(DataDirectory::path).toList();
  }

  /** See {@link DataDirectories#onLoss}. */
  void onLoss(Consumer<String> listener) {
    directories.onLoss(listener);
  }

  /** Calls {@code listener} with the broker's settings now, and whenever they have changed. */
  void onConfig(Consumer<BrokerConfig> listener) {
    applier.onConfig(changed -> {
      cleaner.configure(CompactedLogs.settings(changed));
      listener.accept(changed);
    });
  }

  /** What the request handlers work with. */
  BrokerServices services() {
    return new BrokerServices(
        brokerId,
        environment.clock(),
        environment.disk(),
        directories,
        applier::isOffline,
        controller::image,
        config::get,
        partitions,
        fetchSessions(),
        controller,
        groups,
        new ProducerIds(controller, brokerId),
        workers,
        coldReaders);
  }

  /** How far consumer groups are behind. */
  GroupLag groupLag() {
    return groupLag;
  }

  private FetchSessions fetchSessions() {
    int slots = config.get().get(BrokerConfigs.MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS);
    long heapShare = Runtime.getRuntime().maxMemory() / FETCH_SESSIONS_HEAP_SHARE;
    return new FetchSessions(slots, heapShare, partitions, environment.randomness());
  }

  /** Answers the members of groups that wait for others. */
  void closeGroups() {
    groups.close();
  }

  /** Ends all work in order, so that the next start finds everything checked. */
  void close() {
    cleaner.close();
    housekeeping.close();
    groups.close();
    try {
      controller.close();
      finish(coldReaders);
      finish(workers);
      finish(flusher);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    directories.close();
  }

  private static void finish(ExecutorService executor) throws InterruptedException {
    executor.shutdown();
    executor.awaitTermination(1, TimeUnit.MINUTES);
  }
}
