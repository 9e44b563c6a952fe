package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What no version of the protocol knows costs the client its connection, and nobody else. */
class UnknownRequestTest {
  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  @ParameterizedTest
  @CsvSource({
    "9999, 0",
    "-1, 0",
    "32767, 0",
    "0, 99",
    "0, -1",
    "1, 99",
    "3, 99",
    "3, -1",
    "19, 32767"
  })
  void anUnknownKeyOrVersionClosesTheConnection(short key, short version) throws IOException {
    try (WireConnection bystander = new WireConnection(BROKER.port());
        WireConnection connection = new WireConnection(BROKER.port())) {
      connection.send(frame(key, version));
      assertThat(connection.isClosedByBroker()).isTrue();
      assertAnswered(bystander);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 99, 32767, -1})
  void apiVersionsAnswersAnyVersionSoThatClientsCanStepDown(int version) throws IOException {
    try (WireConnection connection = new WireConnection(BROKER.port())) {
      connection.send(frame(ApiKeys.API_VERSIONS.id, (short) version));
      ByteBuffer answer = connection.receive();
      assertThat(answer.getInt()).as("correlation id").isEqualTo(77);
      ApiVersionsResponseData response =
          new ApiVersionsResponseData(new ByteBufferAccessor(answer), (short) 0);
      assertThat(answer.remaining()).isZero();
      assertThat(response.errorCode()).isEqualTo(Errors.UNSUPPORTED_VERSION.code());
      assertThat(response.apiKeys())
          .singleElement()
          .satisfies(range -> {
            assertThat(range.apiKey()).isEqualTo(ApiKeys.API_VERSIONS.id);
            assertThat(range.minVersion()).isZero();
            assertThat(range.maxVersion()).isEqualTo(ApiKeys.API_VERSIONS.latestVersion());
          });
      assertAnswered(connection);
    }
  }

  @Test
  void aRequestWithBytesMissingClosesTheConnection() throws IOException {
    try (WireConnection connection = new WireConnection(BROKER.port())) {
      connection.send(frame(ApiKeys.METADATA.id, (short) 1));
      assertThat(connection.isClosedByBroker()).isTrue();
    }
  }

  /** Key, version, correlation id 77, no client id, no body. */
  private static ByteBuffer frame(short key, short version) {
    return ByteBuffer.allocate(10)
        .putShort(key)
        .putShort(version)
        .putInt(77)
        .putShort((short) -1)
        .flip();
  }

  private static void assertAnswered(WireConnection connection) throws IOException {
    connection.exchange(
        ApiKeys.API_VERSIONS,
        (short) 3,
        new ApiVersionsRequestData()
            .setClientSoftwareName("conformance")
            .setClientSoftwareVersion("1"));
  }
}
