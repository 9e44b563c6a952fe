package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.message.ResponseHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.requests.RequestUtils;

/**
 * A bare connection: requests are written and responses read by Apache Kafka's generated classes,
 * in the version the test says, without its client's negotiation.
 */
final class WireConnection implements AutoCloseable {
  private static final int PATIENCE_MS = 20_000;

  private final Socket socket;
  private final DataInputStream in;
  private int correlationId = 100;

  WireConnection(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(PATIENCE_MS);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Sends a request and reads its answer, every byte of which must be what Kafka would write. */
  ApiMessage exchange(ApiKeys api, short version, ApiMessage request) throws IOException {
    send(api, version, request);
    return receive(api, version);
  }

  void send(ApiKeys api, short version, ApiMessage request) throws IOException {
    RequestHeaderData header =
        new RequestHeaderData()
            .setRequestApiKey(api.id)
            .setRequestApiVersion(version)
            .setClientId("conformance")
            .setCorrelationId(++correlationId);
    send(RequestUtils.serialize(header, api.requestHeaderVersion(version), request, version));
  }

  /** Sends a frame of any content. */
  void send(ByteBuffer frame) throws IOException {
    ByteBuffer sized = ByteBuffer.allocate(Integer.BYTES + frame.remaining());
    sized.putInt(frame.remaining()).put(frame);
    socket.getOutputStream().write(sized.array());
  }

  /** Reads the answer to the latest request. */
  ApiMessage receive(ApiKeys api, short version) throws IOException {
    ByteBuffer frame = receive();
    ByteBufferAccessor reader = new ByteBufferAccessor(frame);
    ResponseHeaderData header = new ResponseHeaderData();
    header.read(reader, api.responseHeaderVersion(version));
    assertThat(header.correlationId()).isEqualTo(correlationId);
    ByteBuffer body = frame.slice();
    ApiMessage response = api.messageType.newResponse();
    response.read(new ByteBufferAccessor(frame), version);
    assertThat(frame.remaining()).as("bytes after %s", response).isZero();
    assertThat(MessageUtil.toByteBufferAccessor(response, version).buffer())
        .as("%s as Kafka writes it", response)
        .isEqualTo(body);
    return response;
  }

  /** The next frame. */
  ByteBuffer receive() throws IOException {
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return ByteBuffer.wrap(frame);
  }

  /** Whether the broker closes the connection rather than send anything more. */
  boolean isClosedByBroker() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
