package io.tailrace.bench;

import io.tailrace.record.RecordBatchBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs one workload on one topic of one broker, once, and measures it. */
final class Load {
  private static final long BATCH_SEED = 0x7a11;

  private final ProcFiles proc;
  private final Target target;
  private final String topic;
  private final List<InetSocketAddress> leaders;
  private final short acks;

  /**
   * @param leaders one for each partition of the topic
   */
  Load(ProcFiles proc, Target target, String topic, List<InetSocketAddress> leaders, short acks) {
    this.proc = proc;
    this.target = target;
    this.topic = topic;
    this.leaders = leaders;
    this.acks = acks;
  }

  /** Runs in for {@code runInSeconds}, then measures for {@code seconds}. */
  Measurement measure(Workload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    Window window = Window.of(System.nanoTime(), runInSeconds, seconds);
    List<ClientLoop> loops = connect(workload, window, Long.MAX_VALUE);
    try {
      List<FutureTask<Tally>> clients = start(loops);
      awaitTime(window.fromNs(), clients);
      CpuSample before = CpuSample.take(proc, target.pid());
      awaitTime(window.toNs(), clients);
      CpuSample after = CpuSample.take(proc, target.pid());
      Tally tally = join(window, clients);
      if (tally.requests() == 0) {
        throw new BenchException(target.name() + " answered nothing in " + seconds + " s");
      }
      return new Measurement(
          tally,
          seconds,
          before.brokerCoresUntil(after),
          before.generatorCoresUntil(after),
          residentBytes());
    } finally {
      close(loops);
    }
  }

  /** Puts {@code requests} batches through each connection, as fast as they go. */
  void send(Workload workload, long requests) throws IOException, InterruptedException {
    Window window = Window.unlimited(System.nanoTime());
    List<ClientLoop> loops = connect(workload, window, requests);
    try {
      join(window, start(loops));
    } finally {
      close(loops);
    }
  }

  private List<ClientLoop> connect(Workload workload, Window window, long requests)
      throws IOException {
    List<ClientLoop> loops = new ArrayList<>();
    try {
      for (int i = 0; i < Math.min(workload.threads(), workload.connections()); i++) {
        loops.add(new ClientLoop(window));
      }
      for (int i = 0; i < workload.connections(); i++) {
        int partition = i % leaders.size();
        loops
            .get(i % loops.size())
            .connect(
                leaders.get(partition),
                exchange(workload, partition),
                workload.inFlight(),
                requests);
      }
      return loops;
    } catch (IOException e) {
      close(loops);
      throw e;
    }
  }

  private Exchange exchange(Workload workload, int partition) {
    return switch (workload.kind()) {
      case PRODUCE ->
          new ProduceExchange(
              topic,
              partition,
              acks,
              batch(workload.recordsPerBatch(), System.currentTimeMillis()),
              workload.inFlight());
      case FETCH -> new FetchExchange(topic, partition, Workload.FETCH_BYTES);
      case START -> throw new IllegalStateException("start is no load");
    };
  }

  /** Values are random bytes: nothing between here and the disk can make them smaller. */
  static ByteBuffer batch(int records, long timestampMs) {
    Random random = new Random(BATCH_SEED);
    RecordBatchBuilder batch = new RecordBatchBuilder();
    for (int i = 0; i < records; i++) {
      byte[] value = new byte[Workload.RECORD_SIZE];
      random.nextBytes(value);
      batch.append(timestampMs, null, value);
    }
    return batch.build();
  }

  private static List<FutureTask<Tally>> start(List<ClientLoop> loops) {
    List<FutureTask<Tally>> clients = new ArrayList<>();
    for (ClientLoop loop : loops) {
      FutureTask<Tally> client = new FutureTask<>(loop);
      clients.add(client);
      Thread.ofPlatform().daemon().name("bench-client-" + clients.size()).start(client);
    }
    return clients;
  }

  /** Waits for that time, or throws what ends a client before. */
  private void awaitTime(long timeNs, List<FutureTask<Tally>> clients) throws InterruptedException {
    for (FutureTask<Tally> client : clients) {
      try {
        client.get(timeNs - System.nanoTime(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // it is at work, as it should be
      } catch (ExecutionException e) {
        throw failure(e);
      }
    }
  }

  private Tally join(Window window, List<FutureTask<Tally>> clients) throws InterruptedException {
    Tally sum = new Tally(window);
    for (FutureTask<Tally> client : clients) {
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
    String message = cause instanceof BenchException ? cause.getMessage() : String.valueOf(cause);
    return new BenchException(target.name() + " at " + target.address() + ": " + message, e);
  }

  private OptionalLong residentBytes() {
    return target.pid().isPresent()
        ? OptionalLong.of(proc.residentBytes(target.pid().getAsLong()))
        : OptionalLong.empty();
  }

  private static void close(List<ClientLoop> loops) throws IOException {
    for (ClientLoop loop : loops) {
      loop.close();
    }
  }
}
