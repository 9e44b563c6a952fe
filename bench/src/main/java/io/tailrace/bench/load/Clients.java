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
  private final Window window;
  private final List<ClientLoop> loops = new ArrayList<>();
  private final List<FutureTask<Tally>> running = new ArrayList<>();

  /** Makes the exchange of a connection, by the connection's number. */
  public interface Exchanges {
    Exchange exchange(int connection);
  }

  /**
   * @param broker its name, for messages
   * @param window when answers count
   */
  public Clients(String broker, Window window) {
    this.broker = broker;
    this.window = window;
  }

  /**
   * Adds connections that go as fast as they are answered, until the window is over.
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
    int first = loops.size();
    for (int i = 0; i < Math.min(threads, connections); i++) {
      loops.add(new ClientLoop(window, null));
    }
    for (int i = 0; i < connections; i++) {
      loops
          .get(first + i % (loops.size() - first))
          .connect(
              addresses.get(i % addresses.size()), exchanges.exchange(i), inFlight, requests, null);
    }
  }

  /** Adds connections that share a schedule, on one thread, until the window is over. */
  public void connectPaced(
      List<InetSocketAddress> addresses,
      int connections,
      int inFlight,
      Schedule schedule,
      Exchanges exchanges)
      throws IOException {
    ClientLoop loop = new ClientLoop(window, schedule);
    loops.add(loop);
    for (int i = 0; i < connections; i++) {
      loop.connect(
          addresses.get(i % addresses.size()),
          exchanges.exchange(i),
          inFlight,
          Long.MAX_VALUE,
          schedule.share(i, connections));
    }
  }

  public void start() {
    for (ClientLoop loop : loops) {
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
