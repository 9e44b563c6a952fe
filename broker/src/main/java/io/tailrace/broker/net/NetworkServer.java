package io.tailrace.broker.net;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
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
      ServerSockets sockets,
      NetworkSettings settings,
      Executor coldReaders,
      RequestProcessor.Factory processors)
      throws IOException {
    limits = new ConnectionLimits(settings);
    budget = new InputBudget(settings.inputBudgetBytes());
    drainNs = TimeUnit.MILLISECONDS.toNanos(settings.drainMs());
    addresses = sockets.addresses();
    loops = new ArrayList<>();
    Semaphore spinners = IdleSpin.spinnersFor(Runtime.getRuntime().availableProcessors());
    for (int i = 0; i < settings.eventLoops(); i++) {
      loops.add(new EventLoop(clock, settings, budget, limits, spinners, coldReaders, processors));
    }
    acceptor = new Acceptor(sockets.channels(), loops, settings, limits);
    for (int i = 0; i < loops.size(); i++) {
      loopThreads.add(loops.get(i).start("tailrace-network-" + i));
    }
    acceptorThread = acceptor.start("tailrace-acceptor");
  }

  /**
   * Accepts connections on the sockets bound so far, which belong to the server from now on.
   *
   * @param coldReaders threads that wait for the disk in place of the event loops; they must serve
   *     until the server is closed, and run all that they have accepted
   */
  public static NetworkServer start(
      Clock clock,
      ServerSockets sockets,
      NetworkSettings settings,
      Executor coldReaders,
      RequestProcessor.Factory processors)
      throws IOException {
    return new NetworkServer(clock, sockets, settings, coldReaders, processors);
  }

  /** The addresses listened on, in the order they were bound, with their real ports. */
  public List<InetSocketAddress> addresses() {
    return addresses;
  }

  /** Takes up the connection limits of other settings; the rest of them can't change any more. */
  public void changeLimits(NetworkSettings settings) {
    limits.change(settings);
  }

  /** Open connections now. */
  public int connectionCount() {
    return limits.open();
  }

  /** Bytes of {@code inputBudgetBytes} that are taken now. */
  public long inputBudgetUsedBytes() {
    return budget.usedBytes();
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
