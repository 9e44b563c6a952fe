package io.tailrace.server.client;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.FindCoordinatorResponse.Coordinator;
import io.tailrace.protocol.message.MetadataRequest;
import io.tailrace.protocol.message.MetadataRequest.MetadataRequestTopic;
import io.tailrace.protocol.message.MetadataResponse;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseBroker;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponsePartition;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseTopic;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The brokers of a cluster, found through one of them: a connection to each that is needed. For one
 * thread.
 */
public final class Cluster implements AutoCloseable {
  private static final byte GROUP = 0;

  private final BrokerConnection bootstrap;
  private final Map<BrokerAddress, BrokerConnection> connections = new HashMap<>();

  public Cluster(BrokerAddress address) throws ClientException {
    bootstrap = new BrokerConnection(address);
    connections.put(address, bootstrap);
  }

  /** All brokers there are. */
  public List<BrokerConnection> brokers() throws ClientException {
    List<BrokerConnection> all = new ArrayList<>();
    for (BrokerAddress address : addresses(metadata(List.of())).values()) {
      all.add(connection(address));
    }
    return all;
  }

  /** The broker that each of these topics' partitions is led by; none for what has no leader. */
  public Map<TopicPartition, BrokerConnection> leaders(Collection<String> topics)
      throws ClientException {
    MetadataResponse response = metadata(topics);
    Map<Integer, BrokerAddress> addresses = addresses(response);
    Map<TopicPartition, BrokerConnection> leaders = new HashMap<>();
    for (MetadataResponseTopic topic : response.topics()) {
      for (MetadataResponsePartition partition : topic.partitions()) {
        BrokerAddress leader = addresses.get(partition.leaderId());
        String name = topic.name();
        if (leader != null && name != null) {
          leaders.put(new TopicPartition(name, partition.partitionIndex()), connection(leader));
        }
      }
    }
    return leaders;
  }

  /** Never creates a topic; an empty list asks for none. */
  private MetadataResponse metadata(Collection<String> topics) throws ClientException {
    return bootstrap.call(
        ApiKey.METADATA,
        4,
        12,
        new MetadataRequest()
            .allowAutoTopicCreation(false)
            .topics(topics.stream().map(it -> new MetadataRequestTopic().name(it)).toList()));
  }

  private static Map<Integer, BrokerAddress> addresses(MetadataResponse response) {
    Map<Integer, BrokerAddress> addresses = new HashMap<>();
    for (MetadataResponseBroker broker : response.brokers()) {
      addresses.put(broker.nodeId(), new BrokerAddress(broker.host(), broker.port()));
    }
    return addresses;
  }

  /**
   * The broker that coordinates a group.
   *
   * @throws ClientException with a retriable code while that is not known
   */
  public BrokerConnection coordinator(String group) throws ClientException {
    FindCoordinatorResponse response =
        bootstrap.call(
            ApiKey.FIND_COORDINATOR,
            4,
            6,
            new FindCoordinatorRequest().keyType(GROUP).coordinatorKeys(List.of(group)));
    for (Coordinator found : response.coordinators()) {
      bootstrap.check(ApiKey.FIND_COORDINATOR, found.errorCode());
      return connection(new BrokerAddress(found.host(), found.port()));
    }
    throw new ClientException(
        "the broker on " + bootstrap.address() + " names no coordinator of group " + group,
        ErrorCode.COORDINATOR_NOT_AVAILABLE);
  }

  private BrokerConnection connection(BrokerAddress address) throws ClientException {
    BrokerConnection connection = connections.get(address);
    if (connection == null) {
      connection = new BrokerConnection(address);
      connections.put(address, connection);
    }
    return Objects.requireNonNull(connection);
  }

  @Override
  public void close() throws IOException {
    for (BrokerConnection connection : connections.values()) {
      connection.close();
    }
  }
}
