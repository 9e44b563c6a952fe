package io.tailrace.broker.net;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** A server on a free loopback port, and a look inside. */
final class TestServer implements AutoCloseable {
  final List<TestProcessor> processors = new CopyOnWriteArrayList<>();
  final NetworkServer network;

  TestServer(Clock clock, TestSettings settings, TestProcessor.Script script) throws IOException {
    this(settings, clock, loop -> new TestProcessor(loop, script));
  }

  TestServer(TestSettings settings, TestProcessor.Script script) throws IOException {
    this(Clock.system(), settings, script);
  }

  TestServer(TestSettings settings, Clock clock, Processors make) throws IOException {
    this(settings, clock, Runnable::run, make);
  }

  TestServer(TestSettings settings, Clock clock, Executor coldReaders, Processors make)
      throws IOException {
    ServerSockets sockets = new ServerSockets(settings.build());
    sockets.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    network =
        NetworkServer.start(
            clock,
            sockets,
            settings.build(),
            coldReaders,
            loop -> {
              TestProcessor processor = make.create(loop);
              processors.add(processor);
              return processor;
            });
  }

  interface Processors {
    TestProcessor create(EventLoop loop);
  }

  Client connect() throws IOException {
    return new Client(network.addresses().getFirst());
  }

  int requests() {
    return processors.stream().mapToInt(p -> p.requests.get()).sum();
  }

  int turns() {
    return processors.stream().mapToInt(p -> p.turns.get()).sum();
  }

  int closedConnections() {
    return processors.stream().mapToInt(p -> p.closed.size()).sum();
  }

  /** Bytes of pooled buffers in use, all loops. */
  long usedBytes() {
    long bytes = 0;
    for (TestProcessor processor : processors) {
      bytes += onLoop(processor.loop, () -> processor.loop.buffers().usedBytes());
    }
    return bytes;
  }

  /**
   * Makes each loop go through a whole turn, so that it sees a clock that has moved, and ends it.
   * Tasks alone would not do: several of them may run in one turn, also if each waits for the one
   * before.
   */
  void turn() {
    for (TestProcessor processor : processors) {
      // That which is under way, the whole one, and one that has begun, so the whole one is over.
      int enough = processor.turns.get() + 3;
      while (processor.turns.get() < enough) {
        onLoop(processor.loop, () -> true);
      }
    }
  }

  static <T> T onLoop(EventLoop loop, Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(() -> answer.complete(question.get()));
    return answer.join();
  }

  @Override
  public void close() {
    network.close();
  }
}
