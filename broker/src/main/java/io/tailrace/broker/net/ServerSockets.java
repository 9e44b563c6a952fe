package io.tailrace.broker.net;

import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets that a broker listens on, bound before it has anything to serve: it must know its own
 * ports to register, and a port in use is better found at once. Clients that connect meanwhile wait
 * in the backlog until {@link NetworkServer#start}. Used by one thread at a time.
 */
public final class ServerSockets implements Closeable {
  private final int backlog;
  private final int receiveBufferBytes;
  private final List<ServerSocketChannel> channels = new ArrayList<>();

  public ServerSockets(NetworkSettings settings) {
    backlog = settings.listenBacklog();
    receiveBufferBytes = settings.receiveBufferBytes();
  }

  /**
   * Listens on one more address, port 0 meaning any free one.
   *
   * @return the address with its real port
   */
  public InetSocketAddress bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      if (receiveBufferBytes > 0) {
        // Accepted sockets inherit it; set later it could not widen their TCP window any more.
        channel.setOption(StandardSocketOptions.SO_RCVBUF, receiveBufferBytes);
      }
      channel.bind(address, backlog);
      channels.add(channel);
      return (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** The addresses listened on, in the order they were bound, with their real ports. */
  List<InetSocketAddress> addresses() throws IOException {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (ServerSocketChannel channel : channels) {
      addresses.add((InetSocketAddress) channel.getLocalAddress());
    }
    return List.copyOf(addresses);
  }

  List<ServerSocketChannel> channels() {
    return channels;
  }

  /** Closes sockets that no server has taken. */
  @Override
  public void close() throws IOException {
    for (ServerSocketChannel channel : channels) {
      channel.close();
    }
  }
}
