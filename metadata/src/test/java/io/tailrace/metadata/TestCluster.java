package io.tailrace.metadata;

import io.tailrace.env.Randomness;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.BrokerRegistrationRequest;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableReplicaAssignment;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.tailrace.protocol.message.CreateTopicsResponse;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An image that operations change without a controller and without a log. */
final class TestCluster {
  static final String ID = "Tr4ilrace-Test-Cluster";
  static final ConfigPolicy POLICY = new FakeConfigPolicy();

  final ControllerSettings settings;
  final Randomness randomness;
  ClusterImage image = ClusterImage.empty(ID);

  TestCluster(ControllerSettings settings, long seed) {
    this.settings = settings;
    java.util.Random random = new java.util.Random(seed);
    this.randomness = random::nextLong;
  }

  /** A cluster with these brokers. */
  static TestCluster of(int... brokers) {
    TestCluster cluster = new TestCluster(ControllerSettings.defaults(), 1);
    for (int broker : brokers) {
      cluster.run(new RegisterBroker(registration(broker)));
    }
    return cluster;
  }

  /** Decides and, as from a log, applies. */
  <R> R run(Operation<R> operation) {
    Change<R> change = operation.decide(image);
    change.records().forEach(this::apply);
    return change.response();
  }

  void apply(Message record) {
    ClusterDelta delta = image.change();
    delta.apply(MetadataRecordType.decode(ByteBuffer.wrap(MetadataRecordType.encode(record))));
    image = delta.build();
  }

  CreateTopicsResponse create(CreatableTopic... topics) {
    return create(new CreateTopicsRequest().topics(List.of(topics)));
  }

  CreateTopicsResponse create(CreateTopicsRequest request) {
    return run(new CreateTopics(request, true, settings, POLICY, randomness));
  }

  ErrorCode createOne(CreatableTopic topic) {
    return ErrorCode.forCode(create(topic).topics().getFirst().errorCode());
  }

  static CreatableTopic topic(String name) {
    return topic(name, 1, 1);
  }

  static CreatableTopic topic(String name, int partitions, int replicationFactor) {
    return new CreatableTopic()
        .name(name)
        .numPartitions(partitions)
        .replicationFactor((short) replicationFactor);
  }

  static CreatableTopic assigned(String name, int[]... replicas) {
    CreatableReplicaAssignment[] assignments = new CreatableReplicaAssignment[replicas.length];
    Arrays.setAll(
        assignments,
        i -> new CreatableReplicaAssignment().partitionIndex(i).brokerIds(replicas[i]));
    return topic(name, -1, -1).assignments(List.of(assignments));
  }

  static CreatableTopic configured(String name, Map<String, String> configs) {
    return topic(name)
        .configs(
            configs.entrySet().stream()
                .map(it -> new CreatableTopicConfig().name(it.getKey()).value(it.getValue()))
                .toList());
  }

  static BrokerRegistrationRequest registration(int broker) {
    return new BrokerRegistrationRequest()
        .brokerId(broker)
        .clusterId(ID)
        .incarnationId(new UUID(broker, broker))
        .listeners(
            List.of(
                new BrokerRegistrationRequest.Listener()
                    .name("PLAINTEXT")
                    .host("localhost")
                    .port(9092)
                    .securityProtocol((short) 0)))
        .logDirs(List.of(new UUID(7, broker)));
  }
}
