package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ResponseHeader;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A connection that asks one thing at a time, and waits for the answer. For one thread. */
public final class Caller implements AutoCloseable {
  private static final short API_VERSIONS_VERSION = 3;
  private static final int TIMEOUT_MS = 30_000;
  private static final int LONGEST_ANSWER_BYTES = 64 << 20;

  private final Socket socket;
  private final DataInputStream in;

  public Caller(InetSocketAddress broker) throws IOException {
    socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(TIMEOUT_MS);
      socket.connect(broker, TIMEOUT_MS);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** What clients ask first. Once it is answered, the broker has taken up the connection. */
  public ApiVersionsResponse apiVersions() throws IOException {
    ApiVersionsRequest request =
        new ApiVersionsRequest().clientSoftwareName("tailrace-bench").clientSoftwareVersion("1");
    ApiVersionsResponse response =
        call(ApiKey.API_VERSIONS, API_VERSIONS_VERSION, request, new ApiVersionsResponse());
    check(response.errorCode(), null, "ApiVersions");
    return response;
  }

  /**
   * @param response an empty one, that the answer is read into
   * @return that response
   */
  public <R extends Message> R call(ApiKey api, short version, Message request, R response)
      throws IOException {
    socket.getOutputStream().write(Frames.requestBytes(api, version, request));
    int size = in.readInt();
    if (size < 0 || size > LONGEST_ANSWER_BYTES) {
      throw new BenchException("the broker sent a frame of " + size + " bytes: is this Kafka?");
    }
    ProtocolReader answer = new ProtocolReader(ByteBuffer.wrap(in.readNBytes(size)));
    new ResponseHeader().read(answer, api.responseHeaderVersion(version));
    response.read(answer, version);
    return response;
  }

  /**
   * @param request what was asked, for the message
   * @throws BenchException if the answer's error code is one
   */
  public static void check(short error, @Nullable String message, String request) {
    if (error != ErrorCode.NONE.code()) {
      throw new BenchException(
          "the broker answers "
              + ErrorCode.forCode(error)
              + " to "
              + request
              + (message == null ? "" : ": " + message));
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
