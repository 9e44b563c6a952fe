package io.tailrace.broker.api;

import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.metadata.Controller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The handlers of one event loop, and what waits on it. ApiVersions is derived from this table, so
 * it can't promise what is not served.
 */
public final class LoopHandlers {
  private final Map<ApiKey, ApiHandler> byKey = new EnumMap<>(ApiKey.class);
  private final ApiVersionsHandler apiVersions;
  private final ProduceHandler produce;
  private final ParkedFetches parkedFetches = new ParkedFetches();

  public LoopHandlers(BrokerServices services) {
    apiVersions = new ApiVersionsHandler(services.image());
    produce =
        new ProduceHandler(
            services.partitions(),
            new BatchAdmission(services.clock()),
            new AppendGathering(services.clock()));
    for (ApiHandler handler : handlers(services)) {
      byKey.put(handler.apiKey(), handler);
    }
    apiVersions.served(byKey.values());
  }

  private List<ApiHandler> handlers(BrokerServices services) {
    Controller controller = services.controller();
    List<ApiHandler> handlers =
        new ArrayList<>(
            List.of(
                apiVersions,
                produce,
                new FetchHandler(
                    services.partitions(),
                    services.fetchSessions(),
                    () -> services.config().get().get(BrokerConfigs.FETCH_MAX_BYTES),
                    parkedFetches,
                    services.coldReaders()),
                new ListOffsetsHandler(services.partitions(), services.workers()),
                new DeleteRecordsHandler(services.partitions(), services.workers()),
                new OffsetForLeaderEpochHandler(services.partitions()),
                new InitProducerIdHandler(services.producerIds()),
                new MetadataHandler(
                    services.image(),
                    controller,
                    services.brokerId(),
                    () -> services.config().get().get(BrokerConfigs.AUTO_CREATE_TOPICS_ENABLE),
                    services.offlineReplicas()),
                new DescribeTopicPartitionsHandler(services.image()),
                new DescribeClusterHandler(services.image(), services.brokerId()),
                new ControllerHandler<>(
                    ApiKey.CREATE_TOPICS, CreateTopicsRequest::new, controller::createTopics),
                new ControllerHandler<>(
                    ApiKey.DELETE_TOPICS, DeleteTopicsRequest::new, controller::deleteTopics),
                new ControllerHandler<>(
                    ApiKey.CREATE_PARTITIONS,
                    CreatePartitionsRequest::new,
                    (request, version) -> controller.createPartitions(request)),
                new ControllerHandler<>(
                    ApiKey.INCREMENTAL_ALTER_CONFIGS,
                    IncrementalAlterConfigsRequest::new,
                    (request, version) -> controller.incrementalAlterConfigs(request)),
                new ControllerHandler<>(
                    ApiKey.ALTER_CONFIGS,
                    AlterConfigsRequest::new,
                    (request, version) -> controller.alterConfigs(request)),
                new DescribeConfigsHandler(services.image(), services.config()),
                new DescribeLogDirsHandler(
                    services.partitions(),
                    services.disk(),
                    services.directories(),
                    services.workers()),
                new DescribeProducersHandler(services.partitions())));
    handlers.addAll(GroupHandlers.all(services.groups(), services.image()));
    return handlers;
  }

  /** The handler of an API key, null if it is not served. */
  public @Nullable ApiHandler handler(ApiKey key) {
    return byKey.get(key);
  }

  /** The v0 answer to an ApiVersions request of a version that is not served. */
  public ApiVersionsResponse unsupportedApiVersions() {
    return apiVersions.unsupportedVersion();
  }

  /** Appends what has been gathered, so that the next request sees it. */
  public void flushAppends() {
    produce.flush();
  }

  public long nextDeadlineNs() {
    return parkedFetches.nextDeadlineNs();
  }

  public void onDeadline(long nowNs) {
    parkedFetches.onDeadline(nowNs);
  }

  /** Answers what waits, and lets nothing wait any more. */
  public void drain() {
    parkedFetches.close();
  }
}
