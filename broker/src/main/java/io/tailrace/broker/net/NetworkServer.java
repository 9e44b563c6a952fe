package io.tailrace.broker.net;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The listeners and event loops of a broker: from {@link #start} on it accepts connections, until
 * {@link #close}. Safe for use by many threads, but not to be closed from one of its own.
 */
public final class NetworkServer implements AutoCloseable {
  private final List<InetSocketAddress> addresses;
  private final Acceptor acceptor;
  private final List<EventLoop> loops;
  private final ConnectionLimits limits;
  private final InputBudget budget;
  private final long drainNs;
  private final List<Thread> loopThreads = new ArrayList<>();
  private final Thread acceptorThread;
  private boolean closed;

  private NetworkServer(
      Clock clock,
      List<ServerSocketChannel> listeners,
      NetworkSettings settings,
      RequestProcessor.Factory processors)
      throws IOException {
    limits = new ConnectionLimits(settings);
    budget = new InputBudget(settings.inputBudgetBytes());
    drainNs = TimeUnit.MILLISECONDS.toNanos(settings.drainMs());
    addresses = localAddresses(listeners);
    loops = new ArrayList<>();
    for (int i = 0; i < settings.eventLoops(); i++) {
      loops.add(new EventLoop(clock, settings, budget, limits, processors));
    }
    acceptor = new Acceptor(listeners, loops, settings, limits);
    for (int i = 0; i < loops.size(); i++) {
      loopThreads.add(loops.get(i).start("tailrace-network-" + i));
    }
    acceptorThread = acceptor.start("tailrace-acceptor");
  }

  /**
   * Listens on all addresses, port 0 meaning any free one.
   *
   * @throws IOException if one of the addresses can't be had; then none is listened on
   */
  public static NetworkServer start(
      Clock clock,
      List<InetSocketAddress> addresses,
      NetworkSettings settings,
      RequestProcessor.Factory processors)
      throws IOException {
    List<ServerSocketChannel> listeners = new ArrayList<>();
    try {
      for (InetSocketAddress address : addresses) {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listeners.add(listener);
        bind(listener, address, settings);
      }
      return new NetworkServer(clock, listeners, settings, processors);
    } catch (IOException | RuntimeException e) {
      for (ServerSocketChannel listener : listeners) {
        listener.close();
      }
      throw e;
    }
  }

  private static void bind(
      ServerSocketChannel listener, InetSocketAddress address, NetworkSettings settings)
      throws IOException {
    listener.configureBlocking(false);
    listener.setOption(StandardSocketOptions.SO_REUSEADDR, true);
    if (settings.receiveBufferBytes() > 0) {
      // Accepted sockets inherit it; set later it could not widen their TCP window any more.
      listener.setOption(StandardSocketOptions.SO_RCVBUF, settings.receiveBufferBytes());
    }
    try {
      listener.bind(address, settings.listenBacklog());
    } catch (IOException | RuntimeException e) {
      throw new IOException(
          "can't listen on " + address + " (" + e.getMessage() + "): choose another address", e);
    }
  }

  private static List<InetSocketAddress> localAddresses(List<ServerSocketChannel> listeners)
      throws IOException {
    List<InetSocketAddress> local = new ArrayList<>();
    for (ServerSocketChannel listener : listeners) {
      local.add((InetSocketAddress) listener.getLocalAddress());
    }
    return List.copyOf(local);
  }

  /** The addresses listened on, in the order given to start, with their real ports. */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Open connections now. */
  public int connectionCount() {
    return limits.open();
  }

  /**
   * Stops accepting and reading, gives open requests {@code drainMs} to be answered, closes all
   * connections and ends all threads.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    acceptor.close();
    join(acceptorThread);
    loops.forEach(loop -> loop.close(drainNs));
    loopThreads.forEach(NetworkServer::join);
  }

  private static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
