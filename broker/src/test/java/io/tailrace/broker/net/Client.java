package io.tailrace.broker.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** A blocking client of the tests' protocol. */
final class Client implements AutoCloseable {
  final Socket socket = new Socket();
  private final DataInputStream in;

  Client(InetSocketAddress server) throws IOException {
    this(server, null, -1);
  }

  Client(InetSocketAddress server, InetSocketAddress local, int receiveBufferBytes)
      throws IOException {
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    if (local != null) {
      socket.bind(local);
    }
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(20_000);
    socket.connect(server);
    in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
  }

  static byte[] frame(int id, byte[] body) {
    return ByteBuffer.allocate(8 + body.length)
        .putInt(4 + body.length)
        .putInt(id)
        .put(body)
        .array();
  }

  void send(int id, byte[] body) throws IOException {
    sendRaw(frame(id, body));
  }

  void sendRaw(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  void sendInt(int value) throws IOException {
    sendRaw(ByteBuffer.allocate(4).putInt(value).array());
  }

  /** Reads the next answer, which must be that to request {@code id}; its body. */
  byte[] expect(int id) throws IOException {
    int length = in.readInt();
    assertThat(in.readInt()).as("id of the answer").isEqualTo(id);
    byte[] body = new byte[in.readInt()];
    assertThat(body.length).as("length of the body").isEqualTo(length - 8);
    in.readFully(body);
    return body;
  }

  /** Waits for the server to close the connection, with nothing more to read before. */
  void expectClosed() throws IOException {
    try {
      assertThat(in.read()).as("byte instead of the end").isEqualTo(-1);
    } catch (SocketException reset) {
      // Closed with bytes of ours unread.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
