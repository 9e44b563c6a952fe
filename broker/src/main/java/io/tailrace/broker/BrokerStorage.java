package io.tailrace.broker;

import io.tailrace.broker.api.BrokerServices;
import io.tailrace.broker.api.FetchSessions;
import io.tailrace.broker.api.ProducerIds;
import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.Listener;
import io.tailrace.broker.group.GroupCoordinator;
import io.tailrace.broker.partition.Partitions;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import io.tailrace.log.DirectoryInUseException;
import io.tailrace.log.LogManager;
import io.tailrace.log.LogManagerSettings;
import io.tailrace.log.MetaProperties;
import io.tailrace.metadata.Controller;
import io.tailrace.metadata.ControllerSettings;
import io.tailrace.metadata.MetadataException;
import io.tailrace.metadata.MetadataLog;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.KafkaUuid;
import io.tailrace.protocol.message.BrokerRegistrationRequest;
import io.tailrace.protocol.message.BrokerRegistrationResponse;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that a broker is apart from its network: data folder, metadata, partitions, and the threads
 * that work on them. Opened and closed by one thread.
 */
final class BrokerStorage {
  private static final Logger LOG = System.getLogger(BrokerStorage.class.getName());

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
  private final MetaProperties identity;
  private final LogManager logs;
  private final Controller controller;
  private final Partitions partitions = new Partitions();
  private final TimedFlushes timedFlushes = new TimedFlushes();
  private final ExecutorService flusher = Threads.pool("tailrace-flusher", FLUSHER_THREADS);
  private final ExecutorService workers = Threads.pool("tailrace-worker", WORKER_THREADS);
  private final ExecutorService coldReaders =
      Threads.pool("tailrace-cold-reader", COLD_READER_THREADS);
  private final ImageApplier applier;
  private final GroupCoordinator groups;
  private final Housekeeping housekeeping;

  private BrokerStorage(
      Environment environment,
      AtomicReference<BrokerConfig> config,
      MetaProperties identity,
      LogManager logs,
      Controller controller) {
    this.environment = environment;
    this.config = config;
    this.brokerId = config.get().get(BrokerConfigs.NODE_ID);
    this.identity = identity;
    this.logs = logs;
    this.controller = controller;
    applier = new ImageApplier(brokerId, config, partitions, logs, flusher, timedFlushes);
    applier.begin(controller.image(), controller.deletedTopics());
    groups =
        new GroupCoordinator(
            environment.clock(), environment.randomness(), controller, partitions, config::get);
    groups.begin(controller.image());
    controller.start((before, after, changes) -> {
      applier.onImage(before, after, changes);
      groups.onImage(before, after, changes);
    });
    housekeeping = new Housekeeping(environment.clock(), config::get, logs, timedFlushes);
  }

  /**
   * Takes over the data folder and reads what is in it.
   *
   * @throws BrokerStartException if it can't
   */
  static BrokerStorage open(BrokerConfig config, Environment environment) {
    Path directory = Path.of(config.dataDirectory()).toAbsolutePath().normalize();
    checkOwner(directory, config, environment);
    LogManager logs = openLogs(directory, environment);
    try {
      AtomicReference<BrokerConfig> current = new AtomicReference<>(config);
      MetaProperties identity = identity(directory, config, environment);
      Controller controller = openController(logs, identity, current, environment);
      return new BrokerStorage(environment, current, identity, logs, controller);
    } catch (IOException e) {
      close(logs);
      throw BrokerStartException.dataFolder(directory, e);
    } catch (MetadataException e) {
      close(logs);
      throw new BrokerStartException(String.valueOf(e.getMessage()), e);
    } catch (RuntimeException e) {
      close(logs);
      throw e;
    }
  }

  private static LogManager openLogs(Path directory, Environment environment) {
    try {
      return LogManager.open(environment, directory, LogManagerSettings.DEFAULT);
    } catch (DirectoryInUseException e) {
      throw BrokerStartException.dataFolderHeld(directory, e.lockFile());
    } catch (IOException e) {
      throw BrokerStartException.dataFolder(directory, e);
    }
  }

  /** Refuses a folder that is another's, or no data folder, before anything in it is touched. */
  private static void checkOwner(Path directory, BrokerConfig config, Environment environment) {
    try {
      MetaProperties found = MetaProperties.read(environment.disk(), directory);
      if (found != null) {
        found.check(directory, null, config.get(BrokerConfigs.NODE_ID));
      } else if (!LogManager.names(environment.disk(), directory).isEmpty()) {
        throw new BrokerStartException(
            "data folder "
                + directory
                + " holds logs but no "
                + MetaProperties.FILE
                + ", which says whose they are; restore that file, or choose another folder with"
                + " --data",
            null);
      }
    } catch (IOException e) {
      throw BrokerStartException.dataFolder(directory, e);
    }
  }

  /** Who this broker is: written at the first start, and the same for ever. */
  private static MetaProperties identity(
      Path directory, BrokerConfig config, Environment environment) throws IOException {
    MetaProperties found = MetaProperties.read(environment.disk(), directory);
    if (found != null) {
      return found;
    }
    MetaProperties made =
        new MetaProperties(
            KafkaUuid.toText(environment.randomness().uuid()),
            config.get(BrokerConfigs.NODE_ID),
            KafkaUuid.toText(environment.randomness().uuid()));
    made.write(environment.disk(), directory);
    return made;
  }

  private static Controller openController(
      LogManager logs,
      MetaProperties identity,
      AtomicReference<BrokerConfig> config,
      Environment environment)
      throws IOException, MetadataException {
    ControllerSettings settings =
        new ControllerSettings(
            config.get().get(BrokerConfigs.NUM_PARTITIONS),
            config.get().get(BrokerConfigs.DEFAULT_REPLICATION_FACTOR).shortValue(),
            config.get().get(BrokerConfigs.DELETE_TOPIC_ENABLE),
            Map.of(),
            ControllerSettings.defaults().features());
    return Controller.open(
        MetadataLog.open(logs, environment.disk()),
        identity.clusterId(),
        settings,
        new ConfigChecks(config::get),
        environment);
  }

  /** Enters this broker, with the addresses that clients are told, into the cluster's metadata. */
  void register(List<Listener> endpoints) {
    BrokerRegistrationRequest request =
        new BrokerRegistrationRequest()
            .brokerId(brokerId)
            .clusterId(identity.clusterId())
            .incarnationId(environment.randomness().uuid())
            .logDirs(List.of(directoryId()))
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
              + directory()
              + ": "
              + ErrorCode.forCode(response.errorCode()),
          null);
    }
  }

  private UUID directoryId() {
    return KafkaUuid.parse(identity.directoryId());
  }

  Path directory() {
    return logs.directory();
  }

  /** Calls {@code listener} with the broker's settings now, and whenever they have changed. */
  void onConfig(Consumer<BrokerConfig> listener) {
    applier.onConfig(listener);
  }

  /** What the request handlers work with. */
  BrokerServices services() {
    return new BrokerServices(
        brokerId,
        environment.clock(),
        environment.disk(),
        directory(),
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
    close(logs);
  }

  private static void finish(ExecutorService executor) throws InterruptedException {
    executor.shutdown();
    executor.awaitTermination(1, TimeUnit.MINUTES);
  }

  private static void close(@Nullable LogManager logs) {
    try {
      if (logs != null) {
        logs.close();
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "the next start will check the logs first: {0}", e.getMessage());
    }
  }
}
