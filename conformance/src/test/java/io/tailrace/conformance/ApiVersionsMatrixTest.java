package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicIdPartition;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Every API that ApiVersions promises, in every version it promises, on a bare connection: the
 * request and what is expected of the answer are Apache Kafka's generated classes.
 */
class ApiVersionsMatrixTest {
  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  private static WireConnection connection;
  private static TopicIdPartition filled;

  @BeforeAll
  static void connect() throws Exception {
    BROKER.topic("filled", 2);
    Uuid id = BROKER.admin().listTopics().namesToListings().get().get("filled").topicId();
    filled = new TopicIdPartition(id, new TopicPartition("filled", 0));
    try (Producer<byte[], byte[]> producer = BROKER.producer(Map.of())) {
      var record = DataSamples.RECORD;
      producer
          .send(
              new ProducerRecord<>(
                  "filled",
                  0,
                  record.timestamp(),
                  Utils.toArray(record.key()),
                  Utils.toArray(record.value())))
          .get();
    }
    // The first that asks for a coordinator waits for its topic to be made and loaded.
    BROKER.admin().listConsumerGroupOffsets(GroupSamples.SIMPLE).all().get();
    connection = new WireConnection(BROKER.port());
  }

  @AfterAll
  static void disconnect() throws IOException {
    connection.close();
  }

  @TestFactory
  Stream<DynamicTest> everySampleInEveryVersion() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    Map<ApiKeys, ApiVersion> promised = promised();
    for (ApiSample sample : samples()) {
      ApiVersion range = promised.get(sample.api());
      for (short v = range.minVersion(); v <= range.maxVersion(); v++) {
        if (sample.hasVersion(v) && sample.api().isVersionSupported(v)) {
          short version = v;
          String name = "%s v%d: %s".formatted(sample.api(), version, sample.name());
          tests.add(DynamicTest.dynamicTest(name, () -> run(sample, version)));
        }
      }
    }
    return tests.stream();
  }

  private static List<ApiSample> samples() {
    return Stream.of(
            new DataSamples(filled).all(),
            new MetadataSamples(filled, BROKER.port()).all(),
            new AdminSamples(filled).all(),
            new GroupSamples(filled, BROKER.port()).all())
        .flatMap(samples -> samples)
        .toList();
  }

  private static void run(ApiSample sample, short version) throws IOException {
    ApiMessage response = connection.exchange(sample.api(), version, sample.request().of(version));
    assertThat(errors(sample.api(), version, response))
        .as("%s", response)
        .isEqualTo(sample.errors());
    sample.check().accept(version, response);
  }

  private static Set<Errors> errors(ApiKeys api, short version, ApiMessage response) {
    ByteBufferAccessor bytes = MessageUtil.toByteBufferAccessor(response, version);
    bytes.buffer().rewind();
    Set<Errors> errors = EnumSet.noneOf(Errors.class);
    errors.addAll(AbstractResponse.parseResponse(api, bytes, version).errorCounts().keySet());
    errors.remove(Errors.NONE);
    return errors;
  }

  @Test
  void everyPromisedApiHasASample() throws IOException {
    Set<ApiKeys> sampled = EnumSet.noneOf(ApiKeys.class);
    samples().forEach(sample -> sampled.add(sample.api()));
    assertThat(sampled).as("APIs with samples").containsAll(promised().keySet());
  }

  @Test
  void theVersionsAreThoseOfKafka() throws IOException {
    promised()
        .forEach((api, range) -> {
          int lowest =
              api == ApiKeys.PRODUCE
                  ? ApiKeys.PRODUCE_API_VERSIONS_RESPONSE_MIN_VERSION
                  : api.oldestVersion();
          assertThat((int) range.minVersion()).as("lowest of %s", api).isEqualTo(lowest);
          assertThat(range.maxVersion())
              .as("highest of %s", api)
              .isEqualTo(api.latestVersion(false));
        });
  }

  private static Map<ApiKeys, ApiVersion> promised() throws IOException {
    ApiVersionsResponseData response =
        (ApiVersionsResponseData)
            connection.exchange(
                ApiKeys.API_VERSIONS,
                ApiKeys.API_VERSIONS.latestVersion(),
                new ApiVersionsRequestData()
                    .setClientSoftwareName("conformance")
                    .setClientSoftwareVersion("1"));
    Map<ApiKeys, ApiVersion> promised = new TreeMap<>();
    response.apiKeys().forEach(api -> promised.put(ApiKeys.forId(api.apiKey()), api));
    return promised;
  }

  @Test
  void produceWithAcksZeroHasNoAnswer() throws IOException {
    short version = ApiKeys.PRODUCE.latestVersion();
    ApiSample sample = new DataSamples(filled).all().findFirst().orElseThrow();
    ProduceRequestData request = (ProduceRequestData) sample.request().of(version);
    connection.send(ApiKeys.PRODUCE, version, request.setAcks((short) 0));
    assertThat(promised()).isNotEmpty();
  }
}
