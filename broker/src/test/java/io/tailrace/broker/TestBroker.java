package io.tailrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopic;
import io.tailrace.protocol.message.CreateTopicsRequest.CreatableTopicConfig;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** A broker for tests at the wire. Its closing fails if it has logged an error. */
final class TestBroker implements AutoCloseable {
  private final CapturedLog log = new CapturedLog();
  private final List<WireClient> clients = new ArrayList<>();
  private final Broker broker;
  private boolean errorsExpected;

  private TestBroker(Environment environment, Path folder, String... properties) {
    Broker.Builder builder =
        Broker.builder().dataDirectory(folder).port(0).environment(environment);
    for (int i = 0; i < properties.length; i += 2) {
      builder.property(properties[i], properties[i + 1]);
    }
    try {
      broker = builder.start();
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  /**
   * @param properties name, value, name, value …
   */
  static TestBroker start(Path folder, String... properties) {
    return start(Environment.system(), folder, properties);
  }

  static TestBroker start(Environment environment, Path folder, String... properties) {
    return new TestBroker(environment, folder, properties);
  }

  Broker broker() {
    return broker;
  }

  CapturedLog log() {
    return log;
  }

  void expectErrors() {
    errorsExpected = true;
  }

  /** A new connection, closed with the broker. The broker's loops take connections in turn. */
  WireClient connect() throws IOException {
    WireClient client = new WireClient(broker.bootstrapServers());
    clients.add(client);
    return client;
  }

  /**
   * @param configs name, value, name, value …
   */
  static CreateTopicsRequest newTopic(String name, int partitions, String... configs) {
    List<CreatableTopicConfig> overrides = new ArrayList<>();
    for (int i = 0; i < configs.length; i += 2) {
      overrides.add(new CreatableTopicConfig().name(configs[i]).value(configs[i + 1]));
    }
    return new CreateTopicsRequest()
        .timeoutMs(10_000)
        .topics(
            List.of(
                new CreatableTopic()
                    .name(name)
                    .numPartitions(partitions)
                    .replicationFactor((short) 1)
                    .configs(overrides)));
  }

  UUID createTopic(WireClient client, String name, int partitions, String... configs)
      throws IOException {
    CreateTopicsResponse response = client.call(newTopic(name, partitions, configs), 7);
    var created = response.topics().getFirst();
    assertThat(ErrorCode.forCode(created.errorCode()))
        .as("creation of %s: %s", name, created.errorMessage())
        .isEqualTo(ErrorCode.NONE);
    return created.topicId();
  }

  @Override
  public void close() throws IOException {
    for (WireClient client : clients) {
      client.close();
    }
    broker.close();
    log.close();
    if (!errorsExpected) {
      assertThat(log.errors()).as("errors in the broker's log").isEmpty();
    }
  }
}
