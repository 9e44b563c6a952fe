package io.tailrace.bench.floor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/**
 * One thread that serves all connections, and answers what the load sends and nothing else:
 * requests for one partition, with one batch. Per Produce request it receives, computes the batch's
 * CRC-32C, writes the batch to the partition's file by itself, and answers; per Fetch request it
 * sends a piece of that file with sendfile. There are no log segments, indexes or epochs, files are
 * not recovered, and nothing is validated but the checksum.
 */
public final class FloorServer implements AutoCloseable {
  private static final long EXPIRY_MS = 50;

  private final Selector selector;
  private final ServerSocketChannel listener;
  private final FloorTopics topics;
  private final FloorAdmin admin;

  /** Listens from now on; {@code folder} must exist. */
  public FloorServer(InetSocketAddress address, Path folder) throws IOException {
    this.selector = Selector.open();
    this.listener = ServerSocketChannel.open().bind(address);
    listener.configureBlocking(false).register(selector, SelectionKey.OP_ACCEPT);
    this.topics = new FloorTopics(folder);
    this.admin = new FloorAdmin((InetSocketAddress) listener.getLocalAddress(), topics);
  }

  /** Arguments: port of the loopback address, folder for the data. Runs until it is killed. */
  public static void main(String[] args) throws IOException {
    InetSocketAddress address = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
    try (FloorServer server = new FloorServer(address, Path.of(args[1]))) {
      server.run();
    }
  }

  public InetSocketAddress address() throws IOException {
    return (InetSocketAddress) listener.getLocalAddress();
  }

  /** Serves until {@link #close}. */
  public void run() throws IOException {
    long expiredNs = System.nanoTime();
    while (selector.isOpen()) {
      selector.select(this::turn, EXPIRY_MS);
      if (selector.isOpen() && System.nanoTime() - expiredNs > EXPIRY_MS * 1_000_000) {
        expiredNs = System.nanoTime();
        expireWaits(expiredNs);
      }
    }
  }

  private void turn(SelectionKey key) {
    try {
      if (key.attachment() instanceof FloorConnection connection) {
        connection.turn();
      } else {
        accept();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void accept() throws IOException {
    SocketChannel channel = listener.accept();
    if (channel != null) {
      channel.configureBlocking(false);
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = channel.register(selector, SelectionKey.OP_READ);
      key.attach(new FloorConnection(channel, key, topics, admin));
    }
  }

  private void expireWaits(long nowNs) throws IOException {
    for (SelectionKey key : selector.keys()) {
      if (key.attachment() instanceof FloorConnection connection) {
        connection.expireWait(nowNs);
      }
    }
  }

  @Override
  public void close() throws IOException {
    selector.close();
    listener.close();
    topics.close();
  }
}
