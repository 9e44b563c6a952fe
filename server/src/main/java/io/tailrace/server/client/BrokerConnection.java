package io.tailrace.server.client;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.MalformedMessageException;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ApiVersionsResponse.ApiVersion;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/** One connection to a broker. Blocks, for at most 10 s a call; for one thread. */
public final class BrokerConnection implements AutoCloseable {
  private static final int TIMEOUT_MS = 10_000;

  /** Longer than any answer to what we ask: whoever sends more does not speak the protocol. */
  private static final int MAX_FRAME = 256 << 20;

  private final BrokerAddress address;
  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final Map<Short, ApiVersion> served = new HashMap<>();
  private int lastCorrelationId;

  /**
   * @throws ClientException if nobody can be reached there
   */
  public BrokerConnection(BrokerAddress address) throws ClientException {
    this.address = address;
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(new InetSocketAddress(address.host(), address.port()), TIMEOUT_MS);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  private ClientException unreachable(IOException e) {
    return new ClientException(
        switch (e) {
          case UnknownHostException _ -> "there is no host " + address.host();
          case ConnectException _ -> "nothing listens on " + address;
          default -> address + " can't be reached: " + e.getMessage();
        },
        e);
  }

  public BrokerAddress address() {
    return address;
  }

  /**
   * Sends a request in the highest version that both sides know, and waits for the answer.
   *
   * @param lowest version that has what the caller needs
   * @param highest version that the caller has been written for
   * @throws ClientException if the broker does not serve such a version, or does not answer
   */
  public <R extends Message> R call(ApiKey key, int lowest, int highest, Message request)
      throws ClientException {
    return call(key, Math.min(highest, highestServed(key, lowest)), request);
  }

  /** Whether the broker has this API at all. */
  public boolean serves(ApiKey key) throws ClientException {
    return served().containsKey(key.id());
  }

  private int highestServed(ApiKey key, int lowest) throws ClientException {
    ApiVersion range = served().get(key.id());
    if (range == null) {
      throw new ClientException(
          "the broker on " + address + " does not serve " + key, ErrorCode.UNSUPPORTED_VERSION);
    }
    if (range.maxVersion() < lowest) {
      throw new ClientException(
          "the broker on %s is too old: it serves %s up to version %d, and %d is needed"
              .formatted(address, key, range.maxVersion(), lowest),
          ErrorCode.UNSUPPORTED_VERSION);
    }
    return range.maxVersion();
  }

  private Map<Short, ApiVersion> served() throws ClientException {
    if (served.isEmpty()) {
      ApiVersionsResponse response = call(ApiKey.API_VERSIONS, 0, new ApiVersionsRequest());
      check(ApiKey.API_VERSIONS, response.errorCode());
      response.apiKeys().forEach(it -> served.put(it.apiKey(), it));
    }
    return served;
  }

  /**
   * @throws ClientException if the code is that of an error
   */
  public void check(ApiKey key, short errorCode) throws ClientException {
    ErrorCode code = ErrorCode.forCode(errorCode);
    if (code != ErrorCode.NONE) {
      throw new ClientException(
          "the broker on %s answers %s with %s: %s"
              .formatted(address, key, code, code.defaultMessage()),
          code);
    }
  }

  /** Sends a request and waits for its answer. */
  @SuppressWarnings("unchecked")
  public <R extends Message> R call(ApiKey key, int version, Message request)
      throws ClientException {
    try {
      socket.getOutputStream().write(frame(key, (short) version, request));
      ProtocolReader reader = new ProtocolReader(ByteBuffer.wrap(receive()));
      ResponseHeader header = new ResponseHeader();
      header.read(reader, key.responseHeaderVersion((short) version));
      if (header.correlationId() != lastCorrelationId) {
        throw new MalformedMessageException("an answer to nothing that was asked");
      }
      Message response = key.newResponse();
      response.read(reader, (short) version);
      return (R) response;
    } catch (MalformedMessageException e) {
      throw new ClientException(
          "what listens on %s does not speak Kafka's protocol, or not in the clear: %s"
              .formatted(address, e.getMessage()),
          e);
    } catch (SocketTimeoutException e) {
      throw new ClientException(
          "the broker on %s has not answered %s for %d s"
              .formatted(address, key, TIMEOUT_MS / 1000),
          e);
    } catch (EOFException e) {
      throw new ClientException("the broker on " + address + " has closed the connection", e);
    } catch (IOException e) {
      throw new ClientException(
          "the connection to %s was lost: %s".formatted(address, e.getMessage()), e);
    }
  }

  private byte[] frame(ApiKey key, short version, Message request) {
    ProtocolWriter writer = new ProtocolWriter();
    writer.writeInt(0);
    new RequestHeader()
        .requestApiKey(key.id())
        .requestApiVersion(version)
        .correlationId(++lastCorrelationId)
        .clientId("tailrace")
        .write(writer, key.requestHeaderVersion(version));
    request.write(writer, version);
    writer.putInt(0, writer.size() - Integer.BYTES);
    byte[] frame = new byte[writer.size()];
    writer.buffer().get(frame);
    return frame;
  }

  private byte[] receive() throws IOException {
    int length = in.readInt();
    if (length < 0 || length > MAX_FRAME) {
      throw new MalformedMessageException("an answer of " + length + " bytes");
    }
    byte[] frame = in.readNBytes(length);
    if (frame.length < length) {
      throw new EOFException();
    }
    return frame;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
