package io.tailrace.testkit;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.RequestHeader;
import io.tailrace.protocol.message.ResponseHeader;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * One connection to a broker that speaks the raw protocol: any request in any version, several
 * before the first answer, and any bytes at all. Blocks; no call waits for longer than 20 s. For
 * one thread.
 */
public final class WireClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 20_000;
  private static final Map<Class<?>, ApiKey> KEYS = keys();

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final Deque<Expected> expected = new ArrayDeque<>();
  private int lastCorrelationId;

  private record Expected(ApiKey key, short version, int correlationId) {}

  /**
   * @param address host:port
   */
  public WireClient(String address) throws IOException {
    int colon = address.lastIndexOf(':');
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(TIMEOUT_MS);
    socket.connect(
        new InetSocketAddress(
            address.substring(0, colon), Integer.parseInt(address.substring(colon + 1))));
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  private static Map<Class<?>, ApiKey> keys() {
    Map<Class<?>, ApiKey> keys = new HashMap<>();
    for (ApiKey key : ApiKey.values()) {
      keys.put(key.newRequest().getClass(), key);
    }
    return Map.copyOf(keys);
  }

  /** Sends a request and waits for its answer. */
  public <R extends Message> R call(Message request, int version) throws IOException {
    send(request, version);
    return receive();
  }

  /** Sends a request whose answer is {@link #receive received} later, in the order of sending. */
  public void send(Message request, int version) throws IOException {
    sendRaw(frame(request, version));
    expectAnswer(request, version);
  }

  /** Sends a request that has no answer: produce with acks=0. */
  public void sendOneWay(Message request, int version) throws IOException {
    sendRaw(frame(request, version));
  }

  /** Says that {@link #frame} of this request has been sent as raw bytes. */
  public void expectAnswer(Message request, int version) {
    expected.add(new Expected(key(request), (short) version, lastCorrelationId));
  }

  /** A request as it goes over the wire: length, header, body. */
  public byte[] frame(Message request, int version) {
    ApiKey key = key(request);
    ProtocolWriter writer = new ProtocolWriter();
    writer.writeInt(0);
    new RequestHeader()
        .requestApiKey(key.id())
        .requestApiVersion((short) version)
        .correlationId(++lastCorrelationId)
        .clientId("wire")
        .write(writer, key.requestHeaderVersion((short) version));
    request.write(writer, (short) version);
    writer.putInt(0, writer.size() - Integer.BYTES);
    byte[] bytes = new byte[writer.size()];
    writer.buffer().get(bytes);
    return bytes;
  }

  private static ApiKey key(Message request) {
    ApiKey key = KEYS.get(request.getClass());
    if (key == null) {
      throw new IllegalArgumentException(request.getClass() + " is no request");
    }
    return key;
  }

  public void sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** The answer to the first request that has had none yet. Its records lie on the heap. */
  @SuppressWarnings("unchecked")
  public <R extends Message> R receive() throws IOException {
    Expected next = expected.remove();
    ProtocolReader reader = new ProtocolReader(ByteBuffer.wrap(receiveFrame()));
    ResponseHeader header = new ResponseHeader();
    header.read(reader, next.key().responseHeaderVersion(next.version()));
    if (header.correlationId() != next.correlationId()) {
      throw new IOException("an answer out of order: " + header.correlationId() + " for " + next);
    }
    Message response = next.key().newResponse();
    response.read(reader, next.version());
    if (reader.remaining() > 0) {
      throw new IOException(reader.remaining() + " bytes behind the answer to " + next);
    }
    return (R) response;
  }

  /** The next answer's bytes, behind its length. */
  public byte[] receiveFrame() throws IOException {
    byte[] frame = new byte[in.readInt()];
    in.readFully(frame);
    return frame;
  }

  /** Whether an answer has begun to arrive, or arrives within {@code ms}. */
  public boolean answersWithin(int ms) throws IOException {
    in.mark(1);
    socket.setSoTimeout(ms);
    try {
      if (in.read() < 0) {
        throw new EOFException("the broker has closed the connection");
      }
      in.reset();
      return true;
    } catch (SocketTimeoutException e) {
      return false;
    } finally {
      socket.setSoTimeout(TIMEOUT_MS);
    }
  }

  /** Waits until the broker closes the connection; false if it sends something instead. */
  public boolean isClosedByBroker() throws IOException {
    try {
      return in.read() < 0;
    } catch (SocketException e) {
      // Reset: the broker has closed it with bytes of ours unread.
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
