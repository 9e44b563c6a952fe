package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AlterConfigsRequest;
import io.tailrace.protocol.message.AlterConfigsResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest;
import io.tailrace.protocol.message.DescribeConfigsRequest.DescribeConfigsResource;
import io.tailrace.protocol.message.DescribeConfigsResponse;
import io.tailrace.protocol.message.DescribeConfigsResponse.DescribeConfigsResourceResult;
import io.tailrace.protocol.message.DescribeConfigsResponse.DescribeConfigsResult;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterConfigsResource;
import io.tailrace.protocol.message.IncrementalAlterConfigsRequest.AlterableConfig;
import io.tailrace.protocol.message.IncrementalAlterConfigsResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Settings read and changed while the broker runs, and what the changes do at once. */
class ConfigsTest {
  private static final byte TOPIC = 2;
  private static final byte BROKER = 4;
  private static final byte GROUP = 32;
  private static final byte SET = 0;
  private static final byte DELETE = 1;
  private static final int NODE = 7;

  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder, "node.id", Integer.toString(NODE));
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private ErrorCode alter(byte type, String resource, byte operation, String name, String value)
      throws IOException {
    IncrementalAlterConfigsResponse response =
        client.call(
            new IncrementalAlterConfigsRequest()
                .resources(
                    List.of(
                        new AlterConfigsResource()
                            .resourceType(type)
                            .resourceName(resource)
                            .configs(
                                List.of(
                                    new AlterableConfig()
                                        .name(name)
                                        .configOperation(operation)
                                        .value(value))))),
            1);
    return error(response.responses().getFirst().errorCode());
  }

  private DescribeConfigsResult describe(byte type, String resource, String... names)
      throws IOException {
    DescribeConfigsResponse response =
        client.call(
            new DescribeConfigsRequest()
                .includeSynonyms(true)
                .includeDocumentation(true)
                .resources(
                    List.of(
                        new DescribeConfigsResource()
                            .resourceType(type)
                            .resourceName(resource)
                            .configurationKeys(names.length == 0 ? null : List.of(names)))),
            4);
    return response.results().getFirst();
  }

  private String value(byte type, String resource, String name) throws IOException {
    List<DescribeConfigsResourceResult> found = describe(type, resource, name).configs();
    assertThat(found).hasSize(1);
    return found.getFirst().value();
  }

  @Test
  void aTopicsSettingsTakeEffectAtOnce() throws IOException {
    broker.createTopic(client, "t", 1);
    assertThat(put(client, "t", 0, batch("x".repeat(1000))).errorCode()).isZero();
    assertThat(alter(TOPIC, "t", SET, "max.message.bytes", "500")).isEqualTo(ErrorCode.NONE);
    assertThat(error(put(client, "t", 0, batch("x".repeat(1000))).errorCode()))
        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    assertThat(value(TOPIC, "t", "max.message.bytes")).isEqualTo("500");
    assertThat(alter(TOPIC, "t", DELETE, "max.message.bytes", null)).isEqualTo(ErrorCode.NONE);
    assertThat(put(client, "t", 0, batch("x".repeat(1000))).errorCode()).isZero();

    assertThat(put(client, "t", 0, batch("a")).logAppendTimeMs()).isEqualTo(-1);
    alter(TOPIC, "t", SET, "message.timestamp.type", "LogAppendTime");
    assertThat(put(client, "t", 0, batch("a")).logAppendTimeMs()).isPositive();
    alter(TOPIC, "t", SET, "cleanup.policy", "compact");
    assertThat(error(put(client, "t", 0, batch("no key")).errorCode()))
        .isEqualTo(ErrorCode.INVALID_RECORD);
  }

  /** The log is opened by the first produce, with the settings of then. */
  @Test
  void settingsChangedBeforeTheFirstUse() throws IOException {
    broker.createTopic(client, "t", 1, "max.message.bytes", "100");
    alter(TOPIC, "t", SET, "max.message.bytes", "2000000");
    assertThat(put(client, "t", 0, batch("x".repeat(1_500_000))).errorCode()).isZero();
  }

  /** The interval is as long as a broker allows, and then none: no need to wait for it. */
  @Test
  void aGroupsAssignmentIntervalCanBeChanged() throws IOException {
    String name = "consumer.assignment.interval.ms";
    broker.createTopic(client, "t", 2);
    GroupWire.awaitCoordinator(client);
    assertThat(alter(BROKER, "", SET, "group." + name, "15000")).isEqualTo(ErrorCode.NONE);
    assertThat(value(GROUP, "g1", name)).isEqualTo("15000");
    assertThat(epochOfSecondMember("g1")).as("the target of the first alone holds").isEqualTo(2);
    assertThat(alter(GROUP, "g1", SET, name, "0")).isEqualTo(ErrorCode.NONE);
    assertThat(epoch(GroupWire.beat("g1", "m2", 2))).isEqualTo(3);

    assertThat(epochOfSecondMember("g2")).isEqualTo(2);
    assertThat(alter(BROKER, "", SET, "group." + name, "0")).isEqualTo(ErrorCode.NONE);
    assertThat(epoch(GroupWire.beat("g2", "m2", 2))).isEqualTo(3);
    assertThat(alter(GROUP, "g2", SET, name, "15001")).isEqualTo(ErrorCode.INVALID_CONFIG);
  }

  private int epochOfSecondMember(String group) throws IOException {
    epoch(GroupWire.joinConsumer(group, "m1", "t"));
    return epoch(GroupWire.joinConsumer(group, "m2", "t"));
  }

  private int epoch(ConsumerGroupHeartbeatRequest request) throws IOException {
    return GroupWire.call(client, request).memberEpoch();
  }

  @Test
  void aBrokersSettingsAreTheTopicsDefaults() throws IOException {
    broker.createTopic(client, "t", 1);
    broker.createTopic(client, "own", 1, "max.message.bytes", "5000");
    put(client, "t", 0, batch("opened"));
    for (String resource : new String[] {"", Integer.toString(NODE)}) {
      assertThat(alter(BROKER, resource, SET, "message.max.bytes", "500"))
          .isEqualTo(ErrorCode.NONE);
      assertThat(error(put(client, "t", 0, batch("x".repeat(1000))).errorCode()))
          .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
      assertThat(put(client, "own", 0, batch("x".repeat(1000))).errorCode()).isZero();
      assertThat(value(TOPIC, "t", "max.message.bytes")).isEqualTo("500");
      assertThat(value(BROKER, Integer.toString(NODE), "message.max.bytes")).isEqualTo("500");
      assertThat(alter(BROKER, resource, DELETE, "message.max.bytes", null))
          .isEqualTo(ErrorCode.NONE);
      assertThat(put(client, "t", 0, batch("x".repeat(1000))).errorCode()).isZero();
    }
  }

  @Test
  void changesOutliveTheBroker() throws IOException {
    broker.createTopic(client, "t", 1);
    alter(TOPIC, "t", SET, "max.message.bytes", "500");
    alter(BROKER, "", SET, "log.retention.ms", "12345");
    broker.close();
    start();
    assertThat(error(put(client, "t", 0, batch("x".repeat(1000))).errorCode()))
        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    assertThat(value(TOPIC, "t", "retention.ms")).isEqualTo("12345");
  }

  @Test
  void whatIsRefused() throws IOException {
    broker.createTopic(client, "t", 1);
    assertThat(alter(TOPIC, "t", SET, "max.message.bytes", "-1"))
        .isEqualTo(ErrorCode.INVALID_CONFIG);
    assertThat(alter(TOPIC, "t", SET, "no.such", "1")).isEqualTo(ErrorCode.INVALID_CONFIG);
    assertThat(alter(TOPIC, "u", SET, "max.message.bytes", "1"))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(alter(BROKER, Integer.toString(NODE), SET, "log.dirs", "/tmp"))
        .isNotEqualTo(ErrorCode.NONE);
    assertThat(error(describe(TOPIC, "u").errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    assertThat(error(describe(BROKER, "99").errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(error(describe((byte) 77, "t").errorCode())).isEqualTo(ErrorCode.INVALID_REQUEST);
    assertThat(get(client, "t", 0, 0).errorCode()).isZero();
  }

  @Test
  void alterConfigsReplacesAll() throws IOException {
    broker.createTopic(client, "t", 1, "max.message.bytes", "500", "retention.ms", "77");
    AlterConfigsRequest request =
        new AlterConfigsRequest()
            .resources(
                List.of(
                    new AlterConfigsRequest.AlterConfigsResource()
                        .resourceType(TOPIC)
                        .resourceName("t")
                        .configs(
                            List.of(
                                new AlterConfigsRequest.AlterableConfig()
                                    .name("retention.ms")
                                    .value("88")))));
    AlterConfigsResponse checked = client.call(request.validateOnly(true), 2);
    assertThat(checked.responses().getFirst().errorCode()).isZero();
    assertThat(value(TOPIC, "t", "retention.ms")).isEqualTo("77");
    client.<AlterConfigsResponse>call(request.validateOnly(false), 2);
    assertThat(value(TOPIC, "t", "retention.ms")).isEqualTo("88");
    assertThat(put(client, "t", 0, batch("x".repeat(1000))).errorCode()).isZero();
  }

  @Test
  void everyVersionDescribes() throws IOException {
    broker.createTopic(client, "t", 1, "retention.ms", "77");
    DescribeConfigsRequest request =
        new DescribeConfigsRequest()
            .resources(
                List.of(
                    new DescribeConfigsResource()
                        .resourceType(TOPIC)
                        .resourceName("t")
                        .configurationKeys(null)));
    for (int version = 1; version <= 4; version++) {
      DescribeConfigsResponse response = client.call(request, version);
      assertThat(response.results().getFirst().configs())
          .hasSizeGreaterThan(20)
          .anySatisfy(it -> {
            assertThat(it.name()).isEqualTo("retention.ms");
            assertThat(it.value()).isEqualTo("77");
          });
    }
    assertThat(describe(BROKER, Integer.toString(NODE)).configs()).hasSizeGreaterThan(30);
    assertThat(describe(BROKER, "").configs()).isEmpty();
  }
}
