package io.tailrace.server.group;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ApiVersionsResponse.ApiVersion;
import io.tailrace.protocol.message.MetadataResponse.MetadataResponseBroker;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import io.tailrace.server.client.BrokerAddress;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A broker that serves what a test tells it to, in the versions that the test names. */
final class FakeBroker implements AutoCloseable {
  static final int NODE = 7;

  /** What it has been asked, in order. */
  final List<Message> asked = new CopyOnWriteArrayList<>();

  private final ServerSocket server;
  private final Map<ApiKey, Integer> highest = new ConcurrentHashMap<>();
  private final Map<ApiKey, Function<Message, Message>> answers = new ConcurrentHashMap<>();

  FakeBroker() throws IOException {
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    on(ApiKey.API_VERSIONS, 4, request -> versions());
    Thread.ofVirtual().start(this::accept);
  }

  /** Serves an API up to a version. */
  <Q extends Message> void on(ApiKey key, int highestVersion, Function<Q, Message> answer) {
    highest.put(key, highestVersion);
    @SuppressWarnings("unchecked")
    Function<Message, Message> untyped = (Function<Message, Message>) answer;
    answers.put(key, untyped);
  }

  void off(ApiKey key) {
    highest.remove(key);
  }

  BrokerAddress address() {
    return new BrokerAddress("127.0.0.1", server.getLocalPort());
  }

  /** Itself, as metadata tells it. */
  MetadataResponseBroker node() {
    return new MetadataResponseBroker().nodeId(NODE).host(address().host()).port(address().port());
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
    short version = frame.getShort(2);
    ProtocolReader reader = new ProtocolReader(frame);
    RequestHeader header = new RequestHeader();
    header.read(reader, key.requestHeaderVersion(version));
    Message request = key.newRequest();
    request.read(reader, version);
    asked.add(request);
    ProtocolWriter writer = new ProtocolWriter();
    new ResponseHeader()
        .correlationId(header.correlationId())
        .write(writer, key.responseHeaderVersion(version));
    answers.get(key).apply(request).write(writer, version);
    ByteBuffer response = ByteBuffer.allocate(Integer.BYTES + writer.size());
    response.putInt(writer.size()).put(writer.buffer());
    out.write(response.array());
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
