package io.tailrace.conformance;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.RequestHeaderData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ByteBufferAccessor;

/** Stands between clients and a broker, passes everything on, and keeps the fetch requests. */
final class FetchSpy implements AutoCloseable {
  private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final int brokerPort;
  private final List<FetchRequestData> fetches = new CopyOnWriteArrayList<>();
  private final List<Socket> sockets = new CopyOnWriteArrayList<>();

  FetchSpy(int brokerPort) throws IOException {
    this.brokerPort = brokerPort;
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The fetch requests since this was last asked. */
  List<FetchRequestData> takeFetches() {
    List<FetchRequestData> taken = new ArrayList<>(fetches);
    fetches.removeAll(taken);
    return taken;
  }

  /** Partitions that a request names, to fetch or to forget. */
  static int named(FetchRequestData request) {
    return request.topics().stream().mapToInt(it -> it.partitions().size()).sum()
        + request.forgottenTopicsData().stream().mapToInt(it -> it.partitions().size()).sum();
  }

  /** Breaks all connections there are. */
  void disconnect() throws IOException {
    for (Socket socket : sockets) {
      socket.close();
    }
    sockets.clear();
  }

  private void accept() {
    try {
      while (true) {
        connect(listener.accept());
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  private void connect(Socket client) throws IOException {
    try {
      Socket broker = new Socket(InetAddress.getLoopbackAddress(), brokerPort);
      client.setTcpNoDelay(true);
      broker.setTcpNoDelay(true);
      sockets.addAll(List.of(client, broker));
      Thread.ofVirtual().start(() -> passRequests(client, broker));
      Thread.ofVirtual().start(() -> passResponses(broker, client));
    } catch (ConnectException e) {
      // The broker is down.
      client.close();
    }
  }

  private void passRequests(Socket client, Socket broker) {
    try (client;
        broker) {
      DataInputStream in = new DataInputStream(client.getInputStream());
      DataOutputStream out = new DataOutputStream(broker.getOutputStream());
      while (true) {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        look(ByteBuffer.wrap(frame));
        out.write(ByteBuffer.allocate(4 + frame.length).putInt(frame.length).put(frame).array());
      }
    } catch (IOException e) {
      // One side has gone.
    }
  }

  private void look(ByteBuffer frame) {
    short version = frame.getShort(Short.BYTES);
    if (frame.getShort(0) == ApiKeys.FETCH.id) {
      ByteBufferAccessor reader = new ByteBufferAccessor(frame);
      new RequestHeaderData(reader, ApiKeys.FETCH.requestHeaderVersion(version));
      fetches.add(new FetchRequestData(reader, version));
    }
  }

  private static void passResponses(Socket broker, Socket client) {
    try (broker;
        client) {
      InputStream in = broker.getInputStream();
      in.transferTo(client.getOutputStream());
    } catch (IOException e) {
      // One side has gone.
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    disconnect();
  }
}
