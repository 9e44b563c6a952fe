package io.tailrace.broker.net;

import io.tailrace.env.Threads;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * The thread that accepts connections on all listeners and hands them to the event loops in turn. A
 * thread of its own, so that a flood of connections or a lack of file descriptors is not felt by
 * those already served.
 */
final class Acceptor {
  /**
   * Where there is no distance to fill, the OS tunes the buffer to megabytes, which then leave the
   * processor's cache before the client reads them: docs/decisions/009-loopback-send-buffer.md.
   */
  private static final int LOOPBACK_SEND_BUFFER_BYTES = 256 << 10;

  private static final Logger LOG = System.getLogger(Acceptor.class.getName());
  private static final int RETRY_MS = 100;

  private final List<ServerSocketChannel> listeners;
  private final List<EventLoop> loops;
  private final NetworkSettings settings;
  private final ConnectionLimits limits;
  private final Selector selector;
  private volatile boolean closing;
  private boolean exhausted;
  private long lastId;
  private boolean refusing;

  Acceptor(
      List<ServerSocketChannel> listeners,
      List<EventLoop> loops,
      NetworkSettings settings,
      ConnectionLimits limits)
      throws IOException {
    this.listeners = listeners;
    this.loops = loops;
    this.settings = settings;
    this.limits = limits;
    selector = Selector.open();
    for (int i = 0; i < listeners.size(); i++) {
      listeners.get(i).register(selector, SelectionKey.OP_ACCEPT, i);
    }
  }

  Thread start(String name) {
    return Threads.start(name, this::run);
  }

  /** Ends the thread, which closes the listeners. From any thread. */
  void close() {
    closing = true;
    selector.wakeup();
  }

  private void run() {
    try {
      while (!closing) {
        listenFor(SelectionKey.OP_ACCEPT);
        selector.select(this::acceptAll);
        if (exhausted) {
          exhausted = false;
          listenFor(0);
          selector.select(RETRY_MS);
        }
      }
    } catch (Throwable t) {
      LOG.log(Level.ERROR, "no more connections are accepted", t);
    } finally {
      listeners.forEach(Acceptor::close);
      close(selector);
    }
  }

  private void listenFor(int ops) {
    for (SelectionKey key : selector.keys()) {
      key.interestOps(ops);
    }
  }

  private void acceptAll(SelectionKey key) {
    int listener = (int) key.attachment();
    try {
      while (!closing) {
        SocketChannel accepted = listeners.get(listener).accept();
        if (accepted == null) {
          return;
        }
        place(accepted, listener);
      }
    } catch (IOException e) {
      LOG.log(Level.WARNING, "can't accept connections now (file descriptors? ulimit -n): " + e);
      exhausted = true;
    }
  }

  private void place(SocketChannel channel, int listener) {
    InetSocketAddress remote;
    try {
      remote = (InetSocketAddress) channel.getRemoteAddress();
      configure(channel, remote.getAddress());
    } catch (IOException | RuntimeException e) {
      LOG.log(Level.DEBUG, "a connection ended while it was accepted", e);
      close(channel);
      return;
    }
    String refusal = limits.admit(remote.getAddress());
    if (refusal != null) {
      refuse(channel, remote, refusal);
      return;
    }
    refusing = false;
    long id = ++lastId;
    EventLoop loop = loops.get((int) (id % loops.size()));
    if (!loop.add(channel, remote, id, listener)) {
      limits.closed(remote.getAddress());
      close(channel);
    }
  }

  private void configure(SocketChannel channel, InetAddress client) throws IOException {
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    int sendBufferBytes = settings.sendBufferBytes();
    if (sendBufferBytes < 0 && client.isLoopbackAddress()) {
      sendBufferBytes = LOOPBACK_SEND_BUFFER_BYTES;
    }
    if (sendBufferBytes > 0) {
      channel.setOption(StandardSocketOptions.SO_SNDBUF, sendBufferBytes);
    }
  }

  private void refuse(SocketChannel channel, InetSocketAddress remote, String why) {
    // One line per spell of refusals, or a flood of connections would be one of log lines.
    LOG.log(refusing ? Level.DEBUG : Level.WARNING, "refusing {0}: {1}", remote, why);
    refusing = true;
    close(channel);
  }

  private static void close(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing " + closeable, e);
    }
  }
}
