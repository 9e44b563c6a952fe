package io.tailrace.bench.load;

import io.tailrace.bench.BenchException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The client threads of one load: connected first, then started together. Failures of theirs end
 * whoever waits for them.
 */
public final class Clients implements AutoCloseable {
  private final String broker;
  private final List<ClientLoop> loops = new ArrayList<>();
  private final List<FutureTask<Tally>> running = new ArrayList<>();
  private Window window = Window.unlimited(0);

  /** Makes the exchange of a connection, by the connection's number. */
  public interface Exchanges {
    Exchange exchange(int connection);
  }

  /**
   * @param broker its name, for messages
   */
  public Clients(String broker) {
    this.broker = broker;
  }

  /**
   * Makes the connections.
   *
   * @param addresses one for each partition; connections are spread over them in turn
   * @param threads to divide the connections among
   * @param requests for each connection at most
   */
  public void connect(
      List<InetSocketAddress> addresses,
      int connections,
      int inFlight,
      int threads,
      long requests,
      Exchanges exchanges)
      throws IOException {
    for (int i = 0; i < Math.min(threads, connections); i++) {
      loops.add(new ClientLoop());
    }
    for (int i = 0; i < connections; i++) {
      InetSocketAddress address = addresses.get(i % addresses.size());
      loops.get(i % loops.size()).connect(address, exchanges.exchange(i), inFlight, requests);
    }
  }

  /** Starts to send, as fast as there are answers, until the window is over. */
  public void start(Window window) {
    start(window, null);
  }

  /** Starts to send at a rate that all connections share; there must be one thread only. */
  public void startPaced(Window window, double requestsPerSecond) {
    if (loops.size() != 1) {
      throw new IllegalStateException("a schedule for " + loops.size() + " threads");
    }
    start(window, Schedule.perSecond(requestsPerSecond, System.nanoTime()));
  }

  private void start(Window window, @Nullable Schedule schedule) {
    this.window = window;
    for (ClientLoop loop : loops) {
      loop.plan(window, schedule);
      FutureTask<Tally> client = new FutureTask<>(loop);
      running.add(client);
      Thread.ofPlatform().daemon().name("bench-client-" + running.size()).start(client);
    }
  }

  /** Waits for that time (System.nanoTime), or throws what ends a client before. */
  public void awaitTime(long timeNs) throws InterruptedException {
    for (FutureTask<Tally> client : running) {
      try {
        client.get(timeNs - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // it is at work, as it should be
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }
  }

  /** Makes them end before the window does: nothing that is due later is sent. */
  public void endAt(long timeNs) {
    loops.forEach(loop -> loop.endAt(timeNs));
  }

  /** Waits until all have ended, and adds up what was answered. */
  public Tally join() throws InterruptedException {
    Tally sum = new Tally(window);
    for (FutureTask<Tally> client : running) {
      try {
        sum.add(client.get());
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }
    return sum;
  }

  private BenchException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof UncheckedIOException) {
      cause = cause.getCause();
    }
    @Nullable String message =
        cause instanceof BenchException ? cause.getMessage() : String.valueOf(cause);
    return new BenchException(broker + ": " + message, e);
  }

  @Override
  public void close() throws IOException {
    for (ClientLoop loop : loops) {
      loop.close();
    }
  }
}
