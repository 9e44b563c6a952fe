package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client thread: drives its connections until the window is over, or their requests run out,
 * and everything sent has been answered. On a schedule, what was due is sent and answered even
 * then; a broker that has fallen behind is given {@value #CATCH_UP_SECONDS} s for it.
 */
final class ClientLoop implements Callable<Tally>, AutoCloseable {
  private static final long POLL_MS = 100;
  private static final long CATCH_UP_SECONDS = 10;
  private static final long SILENCE_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final Selector selector;
  private final List<Connection> connections = new ArrayList<>();
  private Tally tally = new Tally(Window.unlimited(0));
  private @Nullable Schedule schedule;
  private volatile long endNs;

  ClientLoop() throws IOException {
    this.selector = Selector.open();
  }

  /** All connections are made before the loop starts. */
  void connect(InetSocketAddress broker, Exchange exchange, int inFlight, long requests)
      throws IOException {
    connections.add(new Connection(broker, exchange, inFlight, requests, selector));
  }

  /**
   * Says, before it is called, what is to come.
   *
   * @param common schedule of all its connections together; null: as fast as they are answered
   */
  void plan(Window window, @Nullable Schedule common) {
    tally = new Tally(window);
    schedule = common;
    endNs = window.toNs();
    for (int i = 0; common != null && i < connections.size(); i++) {
      connections.get(i).follow(common.share(i, connections.size()));
    }
  }

  /** Ends before the window does. Any thread may call it. */
  void endAt(long timeNs) {
    endNs = timeNs;
  }

  @Override
  public Tally call() throws IOException {
    try (Pacer pacer = schedule == null ? null : new Pacer(schedule, selector)) {
      if (pacer != null) {
        pacer.start();
      }
      drive();
    }
    return tally;
  }

  private void drive() throws IOException {
    long nowNs = System.nanoTime();
    long heardNs = nowNs;
    sendAll(nowNs);
    while (!connections.stream().allMatch(Connection::isIdle)) {
      int ready = selector.select(this::turn, POLL_MS);
      nowNs = System.nanoTime();
      heardNs = ready > 0 ? nowNs : heardNs;
      if (nowNs - heardNs > SILENCE_LIMIT_NS) {
        throw new BenchException("the broker has not answered for 30 s");
      }
      if (nowNs - endNs >= 0) {
        end(nowNs);
      }
      if (schedule != null) {
        sendAll(nowNs);
      }
    }
  }

  private void end(long nowNs) {
    for (Connection connection : connections) {
      connection.stop(endNs);
      if (nowNs - endNs > TimeUnit.SECONDS.toNanos(CATCH_UP_SECONDS)) {
        connection.giveUp(nowNs, tally);
      }
    }
  }

  private void sendAll(long nowNs) throws IOException {
    for (Connection connection : connections) {
      connection.send(nowNs);
    }
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
