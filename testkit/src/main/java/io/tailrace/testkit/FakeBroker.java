package io.tailrace.testkit;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ApiVersionsResponse.ApiVersion;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseBroker;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A broker that serves what a test tells it to, in the versions that the test names. Answers on one
 * thread for each connection, in order; a connection that asks for anything else is closed.
 */
public final class FakeBroker implements AutoCloseable {
  public static final int NODE = 7;

  private static final int BACKLOG = 500;

  private final ServerSocket server;
  private final Consumer<Message> asked;
  private final Map<ApiKey, Integer> highest = new ConcurrentHashMap<>();
  private final Map<ApiKey, Function<Message, Message>> answers = new ConcurrentHashMap<>();

  public FakeBroker() throws IOException {
    this(request -> {});
  }

  /**
   * @param asked told of each request, before it is answered
   */
  public FakeBroker(Consumer<Message> asked) throws IOException {
    this.asked = asked;
    server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    on(ApiKey.API_VERSIONS, 4, request -> versions());
    Thread.ofVirtual().start(this::accept);
  }

  /** Serves an API up to a version. The answer is asked for on the connection's thread. */
  public <Q extends Message> void on(ApiKey key, int highestVersion, Function<Q, Message> answer) {
    highest.put(key, highestVersion);
    @SuppressWarnings("unchecked")
    Function<Message, Message> untyped = (Function<Message, Message>) answer;
    answers.put(key, untyped);
  }

  /** Does not offer an API any more. */
  public void off(ApiKey key) {
    highest.remove(key);
  }

  public InetSocketAddress address() {
    return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
  }

  /** HOST:PORT. */
  public String bootstrap() {
    return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
  }

  /** Itself, as metadata tells it. */
  public MetadataResponseBroker node() {
    return new MetadataResponseBroker()
        .nodeId(NODE)
        .host(server.getInetAddress().getHostAddress())
        .port(server.getLocalPort());
  }

  private Message versions() {
    return new ApiVersionsResponse()
        .apiKeys(
            highest.entrySet().stream()
                .map(it ->
                    new ApiVersion()
                        .apiKey(it.getKey().id())
                        .minVersion(it.getKey().lowestVersion())
                        .maxVersion(it.getValue().shortValue()))
                .toList());
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      DataInputStream in = new DataInputStream(socket.getInputStream());
      while (true) {
        answer(ByteBuffer.wrap(in.readNBytes(in.readInt())), socket.getOutputStream());
      }
    } catch (IOException e) {
      // the client has gone
    }
  }

  private void answer(ByteBuffer frame, OutputStream out) throws IOException {
    ApiKey key = ApiKey.forId(frame.getShort(0));
    Function<Message, Message> served = key == null ? null : answers.get(key);
    if (key == null || served == null) {
      throw new IOException("not served: " + key);
    }
    short version = frame.getShort(2);
    ProtocolReader reader = new ProtocolReader(frame);
    RequestHeader header = new RequestHeader();
    header.read(reader, key.requestHeaderVersion(version));
    Message request = key.newRequest();
    request.read(reader, version);
    asked.accept(request);
    ProtocolWriter writer = new ProtocolWriter();
    new ResponseHeader()
        .correlationId(header.correlationId())
        .write(writer, key.responseHeaderVersion(version));
    served.apply(request).write(writer, version);
    ByteBuffer response = ByteBuffer.allocate(Integer.BYTES + writer.size());
    response.putInt(writer.size()).put(writer.buffer());
    out.write(response.array());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
