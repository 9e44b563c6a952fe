package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.GroupSettings;
import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.coordinator.runtime.CoordinatorLog.Entry;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractRequest;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.common.security.auth.SecurityProtocol;
import org.apache.kafka.coordinator.common.runtime.CoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.SingleThreadedGroupCoordinator;
import org.apache.kafka.coordinator.group.SingleThreadedGroupCoordinator.Surroundings;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/** Apache Kafka's own group coordinator. */
final class KafkaGroups implements GroupsUnderTest {
  /** Of all coordinators here together: so they count nothing. */
  private static final GroupCoordinatorMetrics METRICS =
      new GroupCoordinatorMetrics() {
        @Override
        public void onUpdateLastCommittedOffset(TopicPartition partition, long offset) {}
      };

  private static final CoordinatorRuntimeMetrics RUNTIME_METRICS =
      (CoordinatorRuntimeMetrics)
          Proxy.newProxyInstance(
              KafkaGroups.class.getClassLoader(),
              new Class<?>[] {CoordinatorRuntimeMetrics.class},
              (proxy, method, arguments) -> null);

  private final KafkaLog log = new KafkaLog();
  private final KafkaTopics topics = new KafkaTopics();
  private final KafkaTime time;
  private final GroupCoordinatorService service;
  private final KafkaRequests requests;
  private int epoch;

  KafkaGroups(GroupSettings settings, long nowMs) {
    time = new KafkaTime(nowMs);
    GroupCoordinatorConfig config = GroupCoordinatorConfig.fromProps(configs(settings));
    ShareGroupConfig share = ShareGroupConfig.fromProps(Map.of());
    KafkaEvents events = new KafkaEvents();
    service =
        SingleThreadedGroupCoordinator.create(
            config,
            new GroupConfigManager(config.extractGroupConfigMap(share), config, share),
            new Surroundings(time, time, events, events, log, log, RUNTIME_METRICS, METRICS));
    requests = new KafkaRequests(service, topics);
    service.startup(() -> 1);
    load();
  }

  private void load() {
    service.onElection(0, ++epoch);
    Context context = new Context(ApiKeys.LIST_GROUPS.id, 0, "");
    short error = service.listGroups(context, new ListGroupsRequestData()).join().errorCode();
    if (error != 0) {
      throw new IllegalStateException("Kafka's coordinator has not loaded: error " + error);
    }
  }

  private static Map<String, Object> configs(GroupSettings settings) {
    Map<String, Object> configs = new HashMap<>();
    configs.put("offset.metadata.max.bytes", settings.offsetMetadataMaxBytes());
    configs.put("offsets.retention.minutes", (int) (settings.offsetsRetentionMs() / 60_000));
    configs.put("offsets.retention.check.interval.ms", settings.offsetsRetentionCheckMs());
    configs.put("group.min.session.timeout.ms", settings.classicMinSessionMs());
    configs.put("group.max.session.timeout.ms", settings.classicMaxSessionMs());
    configs.put("group.initial.rebalance.delay.ms", settings.initialRebalanceDelayMs());
    configs.put("group.max.size", settings.classicMaxSize());
    configs.put("group.consumer.session.timeout.ms", settings.consumerSessionMs());
    configs.put("group.consumer.min.session.timeout.ms", settings.consumerMinSessionMs());
    configs.put("group.consumer.max.session.timeout.ms", settings.consumerMaxSessionMs());
    configs.put("group.consumer.heartbeat.interval.ms", settings.consumerHeartbeatMs());
    configs.put("group.consumer.min.heartbeat.interval.ms", settings.consumerMinHeartbeatMs());
    configs.put("group.consumer.max.heartbeat.interval.ms", settings.consumerMaxHeartbeatMs());
    configs.put("group.consumer.max.size", settings.consumerMaxSize());
    configs.put("group.consumer.assignors", String.join(",", settings.consumerAssignors()));
    configs.put("group.consumer.regex.refresh.interval.ms", settings.consumerRegexRefreshMs());
    configs.put("group.consumer.migration.policy", settings.migration().name());
    return configs;
  }

  @Override
  public CompletableFuture<byte[]> ask(Api api, short version, byte[] body, String clientId) {
    AbstractRequest request =
        AbstractRequest.parseRequest(
                ApiKeys.forId(api.key()), version, new ByteBufferAccessor(ByteBuffer.wrap(body)))
            .request;
    CompletableFuture<byte[]> answer =
        requests
            .handle(request, new Context(api.key(), version, clientId))
            .handle((data, thrown) ->
                bytes(thrown == null ? data : request.getErrorResponse(0, thrown).data(), version));
    time.advanceTo(time.milliseconds());
    return answer;
  }

  private static byte[] bytes(ApiMessage data, short version) {
    return MessageUtil.byteBufferToArray(MessageUtil.toByteBufferAccessor(data, version).buffer());
  }

  @Override
  public void advanceTo(long nowMs) {
    time.advanceTo(nowMs);
  }

  @Override
  public void setTopics(Collection<Topic> wanted) {
    KafkaTopics.Change change = topics.set(wanted);
    service.onMetadataUpdate(change.delta(), change.image());
  }

  @Override
  public void setGroupConfigs(String groupId, Map<String, String> configs) {
    Properties properties = new Properties();
    properties.putAll(configs);
    service.updateGroupConfig(groupId, properties);
  }

  @Override
  public void restart() {
    service.onResignation(0, OptionalInt.of(++epoch));
    load();
  }

  @Override
  public List<Entry> takeRecords() {
    return log.takeFresh();
  }

  private record Context(int requestType, int requestVersion, String clientId)
      implements AuthorizableRequestContext {
    @Override
    public String listenerName() {
      return "PLAINTEXT";
    }

    @Override
    public SecurityProtocol securityProtocol() {
      return SecurityProtocol.PLAINTEXT;
    }

    @Override
    public KafkaPrincipal principal() {
      return KafkaPrincipal.ANONYMOUS;
    }

    @Override
    public InetAddress clientAddress() {
      return InetAddress.ofLiteral("127.0.0.1");
    }

    @Override
    public int correlationId() {
      return 0;
    }
  }
}
