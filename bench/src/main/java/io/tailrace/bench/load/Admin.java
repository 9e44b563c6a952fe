package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.ListOffsetsRequest;
import io.tailrace.protocol.message.ListOffsetsResponse;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The few requests around a measurement, one at a time on a connection of its own. */
public final class Admin implements AutoCloseable {
  private static final short METADATA_VERSION = 9;
  private static final short CREATE_TOPICS_VERSION = 5;
  private static final short DELETE_TOPICS_VERSION = 5;
  private static final short LIST_OFFSETS_VERSION = 5;
  private static final long LATEST = -1;
  private static final int TIMEOUT_MS = 30_000;
  private static final int MS_BETWEEN_TRIES = 100;
  private static final short ONE_REPLICA = 1;

  private final Caller caller;

  public Admin(InetSocketAddress broker) throws IOException {
    caller = new Caller(broker);
  }

  /** The keys of the requests that the broker answers. */
  public Set<Short> apiVersions() throws IOException {
    return caller.apiVersions().apiKeys().stream()
        .map(api -> api.apiKey())
        .collect(Collectors.toSet());
  }

  public boolean serves(Set<ApiKey> apis) throws IOException {
    Set<Short> served = apiVersions();
    return apis.stream().allMatch(api -> served.contains(api.id()));
  }

  /** Creates the topic, with those settings of its own, unless it exists. */
  public void createTopic(String topic, int partitions, Map<String, String> settings)
      throws IOException {
    List<CreateTopicsRequest.CreatableTopicConfig> configs = new ArrayList<>();
    settings.forEach((name, value) ->
        configs.add(new CreateTopicsRequest.CreatableTopicConfig().name(name).value(value)));
    CreateTopicsRequest request =
        new CreateTopicsRequest()
            .timeoutMs(TIMEOUT_MS)
            .topics(
                List.of(
                    new CreateTopicsRequest.CreatableTopic()
                        .name(topic)
                        .numPartitions(partitions)
                        .replicationFactor(ONE_REPLICA)
                        .configs(configs)));
    CreateTopicsResponse response = new CreateTopicsResponse();
    caller.call(ApiKey.CREATE_TOPICS, CREATE_TOPICS_VERSION, request, response);
    for (CreateTopicsResponse.CreatableTopicResult result : response.topics()) {
      if (result.errorCode() != ErrorCode.TOPIC_ALREADY_EXISTS.code()) {
        Caller.check(result.errorCode(), result.errorMessage(), "CreateTopics " + topic);
      }
    }
  }

  public void deleteTopic(String topic) throws IOException {
    DeleteTopicsRequest request =
        new DeleteTopicsRequest().timeoutMs(TIMEOUT_MS).topicNames(List.of(topic));
    DeleteTopicsResponse response = new DeleteTopicsResponse();
    caller.call(ApiKey.DELETE_TOPICS, DELETE_TOPICS_VERSION, request, response);
    for (DeleteTopicsResponse.DeletableTopicResult result : response.responses()) {
      Caller.check(result.errorCode(), result.errorMessage(), "DeleteTopics " + topic);
    }
  }

  /**
   * The addresses of the partitions' leaders, once these know that they lead. A new topic's
   * partitions have none for a moment: asks so many times, 100 ms apart.
   */
  public List<InetSocketAddress> leaders(String topic, int tries)
      throws IOException, InterruptedException {
    for (int i = 0; i < tries; i++) {
      List<InetSocketAddress> leaders = leaders(metadata(List.of(topic)));
      if (!leaders.isEmpty() && serves(topic, leaders.size())) {
        return leaders;
      }
      Thread.sleep(MS_BETWEEN_TRIES);
    }
    throw new BenchException(
        "topic " + topic + " does not exist, or has partitions without leader");
  }

  /** Kafka's metadata names a leader some time before that leader serves; the floor's does not. */
  private boolean serves(String topic, int partitions) throws IOException {
    if (!apiVersions().contains(ApiKey.LIST_OFFSETS.id())) {
      return true;
    }
    List<ListOffsetsRequest.ListOffsetsPartition> asked =
        IntStream.range(0, partitions)
            .mapToObj(i ->
                new ListOffsetsRequest.ListOffsetsPartition().partitionIndex(i).timestamp(LATEST))
            .toList();
    ListOffsetsRequest request =
        new ListOffsetsRequest()
            .replicaId(-1)
            .topics(
                List.of(new ListOffsetsRequest.ListOffsetsTopic().name(topic).partitions(asked)));
    ListOffsetsResponse response = new ListOffsetsResponse();
    caller.call(ApiKey.LIST_OFFSETS, LIST_OFFSETS_VERSION, request, response);
    return response.topics().stream()
        .flatMap(answer -> answer.partitions().stream())
        .allMatch(partition -> partition.errorCode() == ErrorCode.NONE.code());
  }

  /** Whether every partition of those topics has a leader now. */
  public boolean allHaveLeaders(List<String> topics) throws IOException {
    MetadataResponse response = metadata(topics);
    return response.topics().stream()
        .allMatch(topic ->
            topic.errorCode() == ErrorCode.NONE.code()
                && topic.partitions().stream().allMatch(p -> p.leaderId() >= 0));
  }

  private MetadataResponse metadata(List<String> topics) throws IOException {
    MetadataRequest request =
        new MetadataRequest()
            .topics(
                topics.stream()
                    .map(topic -> new MetadataRequest.MetadataRequestTopic().name(topic))
                    .toList())
            .allowAutoTopicCreation(false);
    MetadataResponse response = new MetadataResponse();
    caller.call(ApiKey.METADATA, METADATA_VERSION, request, response);
    return response;
  }

  /** One address for each partition; none at all if a leader is missing. */
  private static List<InetSocketAddress> leaders(MetadataResponse response) {
    MetadataResponse.MetadataResponseTopic topic = response.topics().getFirst();
    List<MetadataResponse.MetadataResponsePartition> partitions =
        new ArrayList<>(topic.partitions());
    partitions.sort(
        Comparator.comparingInt(MetadataResponse.MetadataResponsePartition::partitionIndex));
    List<InetSocketAddress> leaders = new ArrayList<>();
    for (MetadataResponse.MetadataResponsePartition partition : partitions) {
      for (MetadataResponse.MetadataResponseBroker broker : response.brokers()) {
        if (broker.nodeId() == partition.leaderId()) {
          leaders.add(new InetSocketAddress(broker.host(), broker.port()));
        }
      }
    }
    boolean complete =
        topic.errorCode() == ErrorCode.NONE.code() && leaders.size() == partitions.size();
    return complete ? leaders : List.of();
  }

  @Override
  public void close() throws IOException {
    caller.close();
  }
}
