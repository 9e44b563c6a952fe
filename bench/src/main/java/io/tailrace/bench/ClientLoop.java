package io.tailrace.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/**
 * One client thread: drives its connections until the window is over, or their requests run out,
 * and everything sent has been answered.
 */
final class ClientLoop implements Callable<Tally>, AutoCloseable {
  private static final long POLL_MS = 100;
  private static final long SILENCE_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();
  private final Window window;
  private final Tally tally;

  ClientLoop(Window window) throws IOException {
    this.selector = Selector.open();
    this.window = window;
    this.tally = new Tally(window);
  }

  void connect(InetSocketAddress broker, Exchange exchange, int inFlight, long requests)
      throws IOException {
    connections.add(new Connection(broker, exchange, inFlight, requests, selector));
  }

  @Override
  public Tally call() throws IOException {
    long heardNs = System.nanoTime();
    for (Connection connection : connections) {
      connection.send(heardNs);
    }
    while (!connections.stream().allMatch(Connection::isIdle)) {
      int ready = selector.select(this::turn, POLL_MS);
      long nowNs = System.nanoTime();
      heardNs = ready > 0 ? nowNs : heardNs;
      if (nowNs - heardNs > SILENCE_LIMIT_NS) {
        throw new BenchException("the broker has not answered for 30 s");
      }
      if (window.isOver(nowNs)) {
        connections.forEach(Connection::stop);
      }
    }
    return tally;
  }

  private void turn(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (key.isReadable()) {
        connection.receive(tally);
      }
      connection.send(System.nanoTime());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
    selector.close();
  }
}
