package io.tailrace.metadata;

import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AllocateProducerIdsRequest;
import io.tailrace.protocol.message.AllocateProducerIdsResponse;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.AlterConfigsResponse;
import io.tailrace.protocol.message.BrokerRegistrationRequest;
import io.tailrace.protocol.message.BrokerRegistrationResponse;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Decides on all changes to the cluster's metadata. One thread, {@code controller}, is the only
 * writer; every method may be called by any thread.
 *
 * <p>Each admin method takes Kafka's request and gives a future of Kafka's response, which never
 * completes exceptionally: what fails is an error code and message in the response. A future
 * completes on the controller's thread, after the change is on the disk (fdatasync), {@link #image}
 * has it, and the listener has seen it; what hangs on the future must be short.
 *
 * <p>A crash keeps every answered change whole, and of the others each one wholly or not at all.
 */
public final class Controller implements AutoCloseable {
  private final ControllerQueue queue;
  private final ControllerSettings settings;
  private final ConfigPolicy policy;
  private final Environment environment;
  private final Set<UUID> deletedTopics;
  private final MetadataLog log;
  private @Nullable Thread thread;
  private @Nullable ExecutorService snapshots;

  private Controller(
      MetadataLog log,
      ControllerQueue queue,
      ControllerSettings settings,
      ConfigPolicy policy,
      Environment environment,
      Set<UUID> deletedTopics) {
    this.log = log;
    this.queue = queue;
    this.settings = settings;
    this.policy = policy;
    this.environment = environment;
    this.deletedTopics = deletedTopics;
  }

  /**
   * Reads the metadata log and, if it is new, starts it with the finalized features. The controller
   * answers from {@link #start} on.
   */
  public static Controller open(
      MetadataLog log,
      String clusterId,
      ControllerSettings settings,
      ConfigPolicy policy,
      Environment environment)
      throws MetadataException {
    ClusterDelta replayed = log.replay(ClusterImage.empty(clusterId));
    ControllerQueue queue = new ControllerQueue(log, environment.clock(), replayed.build());
    CompletableFuture<ErrorCode> features = queue.submit(new FinalizeFeatures(settings.features()));
    queue.commitPending();
    if (features.join() != ErrorCode.NONE) {
      throw new MetadataException("the metadata log can't be written: see the log", null);
    }
    return new Controller(
        log, queue, settings, policy, environment, Set.copyOf(replayed.deletedTopics()));
  }

  /**
   * Starts the controller's thread. The listener hears of changes to {@link #image} from now on.
   *
   * @param deletions says when the log need no longer tell of topics that were deleted
   */
  public void start(MetadataListener listener, AppliedDeletions deletions) {
    ExecutorService executor = Threads.pool("metadata-snapshots", 1);
    snapshots = executor;
    start(listener, deletions, executor);
  }

  void start(MetadataListener listener, AppliedDeletions deletions, Executor snapshotting) {
    queue.begin(listener, new MetadataSnapshotter(log, deletions, snapshotting));
    thread = Threads.start("controller", queue::run);
  }

  /**
   * Answers what was asked so far, then ends the threads; later requests are refused. An interrupt
   * of the caller ends its waiting only.
   */
  @Override
  public void close() {
    queue.close();
    try {
      if (thread != null) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (snapshots != null) {
      snapshots.close();
    }
  }

  /** The newest durable image. */
  public ClusterImage image() {
    return queue.image();
  }

  /**
   * Ids of topics whose deletion the log held, behind its newest snapshot, when it was opened: what
   * older ones had on the disk is gone ({@link AppliedDeletions}). A partition folder of such a
   * topic is left over from a deletion cut short by a crash; one of any other unknown topic is a
   * stray, and nobody's to delete.
   */
  public Set<UUID> deletedTopics() {
    return deletedTopics;
  }

  /** Registers a broker at its start; the response has its epoch. */
  public CompletableFuture<BrokerRegistrationResponse> registerBroker(
      BrokerRegistrationRequest request) {
    return queue.submit(new RegisterBroker(request));
  }

  /** Hands out 1000 producer ids (KIP-730) to a registered broker. */
  public CompletableFuture<AllocateProducerIdsResponse> allocateProducerIds(
      AllocateProducerIdsRequest request) {
    return queue.submit(new AllocateProducerIds(request));
  }

  /**
   * @param version of the request: from 5 on the response holds each topic's configs
   */
  public CompletableFuture<CreateTopicsResponse> createTopics(
      CreateTopicsRequest request, short version) {
    return queue.submit(
        new CreateTopics(request, version >= 5, settings, policy, environment.randomness()));
  }

  /**
   * Creates topics that were used before they were made, the broker's own ones as {@link
   * ControllerSettings#internalTopics} says, the others with the defaults. A topic that somebody
   * else has made meanwhile is reported as TOPIC_ALREADY_EXISTS.
   */
  public CompletableFuture<CreateTopicsResponse> autoCreateTopics(Collection<String> names) {
    List<CreatableTopic> topics = names.stream().map(this::creatable).toList();
    return createTopics(new CreateTopicsRequest().topics(topics), (short) 0);
  }

  private CreatableTopic creatable(String name) {
    CreatableTopic topic = new CreatableTopic().name(name);
    ControllerSettings.InternalTopic internal = settings.internalTopics().get(name);
    if (internal == null) {
      return topic.numPartitions(-1).replicationFactor((short) -1);
    }
    return topic
        .numPartitions(internal.partitions())
        .replicationFactor(internal.replicationFactor())
        .configs(
            internal.configs().entrySet().stream()
                .map(it -> new CreatableTopicConfig().name(it.getKey()).value(it.getValue()))
                .toList());
  }

  /**
   * @param version of the request: it decides on the error code if deletion is disabled
   */
  public CompletableFuture<DeleteTopicsResponse> deleteTopics(
      DeleteTopicsRequest request, short version) {
    return queue.submit(new DeleteTopics(request, version, settings.deleteTopicEnable()));
  }

  public CompletableFuture<CreatePartitionsResponse> createPartitions(
      CreatePartitionsRequest request) {
    return queue.submit(new CreatePartitions(request));
  }

  /** Changes single overrides (KIP-339). */
  public CompletableFuture<IncrementalAlterConfigsResponse> incrementalAlterConfigs(
      IncrementalAlterConfigsRequest request) {
    return queue.submit(
        new AlterConfigs<>(
            ConfigEdits.of(request), request.validateOnly(), policy, Controller::incremental));
  }

  private static IncrementalAlterConfigsResponse incremental(List<AlterConfigs.Result> results) {
    return new IncrementalAlterConfigsResponse()
        .responses(
            results.stream()
                .map(it ->
                    new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse()
                        .resourceType(it.resource().type())
                        .resourceName(it.resource().name())
                        .errorCode(it.code().code())
                        .errorMessage(it.message()))
                .toList());
  }

  /** Replaces all overrides of each resource (KIP-133). */
  public CompletableFuture<AlterConfigsResponse> alterConfigs(AlterConfigsRequest request) {
    return queue.submit(
        new AlterConfigs<>(
            ConfigEdits.of(request), request.validateOnly(), policy, Controller::replacing));
  }

  private static AlterConfigsResponse replacing(List<AlterConfigs.Result> results) {
    return new AlterConfigsResponse()
        .responses(
            results.stream()
                .map(it ->
                    new AlterConfigsResponse.AlterConfigsResourceResponse()
                        .resourceType(it.resource().type())
                        .resourceName(it.resource().name())
                        .errorCode(it.code().code())
                        .errorMessage(it.message()))
                .toList());
  }
}
