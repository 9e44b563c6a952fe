package io.tailrace.bench;

import io.tailrace.bench.Topics.Fill;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.Deliveries;
import io.tailrace.bench.load.FetchExchange;
import io.tailrace.bench.load.Tally;
import io.tailrace.bench.load.Window;
import io.tailrace.bench.report.Round;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs workloads on one target, under the eyes of one meter. */
final class Load {
  private static final int MAX_FETCH_BYTES = 1 << 20;

  /** How much longer than producers a consumer goes on, to get what was sent last. */
  private static final double CATCH_UP_SECONDS = 2;

  private final Target target;
  private final LoadSettings settings;
  private final Topics topics;
  private final Meter meter;
  private final Progress progress;
  private final Watch watch;

  Load(Target target, LoadSettings settings, Topics topics, Meter meter, Progress progress) {
    this.target = target;
    this.settings = settings;
    this.topics = topics;
    this.meter = meter;
    this.progress = progress;
    this.watch = new Watch(target.name(), meter, progress);
  }

  /** Runs in for {@code runInSeconds}, then measures for {@code seconds}. */
  Round run(Workload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    return switch (workload) {
      case ProduceWorkload produce -> produce(produce, runInSeconds, seconds);
      case FetchWorkload fetch -> fetch(fetch, runInSeconds, seconds);
      case TailWorkload tail -> tail(tail, runInSeconds, seconds);
      case ScanWorkload scan ->
          new ScanLoad(target, settings, topics, meter, progress).run(scan, runInSeconds, seconds);
      case HeartbeatWorkload heartbeats -> groups().heartbeats(heartbeats, runInSeconds, seconds);
      case CommitWorkload commits -> groups().commits(commits, runInSeconds, seconds);
      case RebalanceWorkload rebalances -> groups().rebalances(rebalances);
      case StartWorkload _, ReplayWorkload _ ->
          throw new IllegalStateException(workload.name() + " is no load");
    };
  }

  private GroupLoad groups() {
    return new GroupLoad(target, topics, watch);
  }

  private Round produce(ProduceWorkload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    Map<String, String> config = workload.synced() ? Map.of("flush.messages", "1") : Map.of();
    String topic =
        settings.topic() == null ? topics.create(workload.partitions(), config) : settings.topic();
    Producers producers =
        new Producers(topic, topics.leaders(topic), settings.acks(), workload.recordsPerBatch());
    int threads = workload.isPaced() ? 1 : workload.threads();
    try (Clients clients = new Clients(target.name())) {
      producers.connect(clients, workload.connections(), workload.inFlight(), threads, false);
      meter.prepare();
      Window window = Window.of(System.nanoTime(), runInSeconds, seconds);
      if (workload.isPaced()) {
        clients.startPaced(window, producers.batchesPerSecond(workload.megabytesPerSecond()));
      } else {
        clients.start(window);
      }
      Tally tally = watch.over(clients, window);
      topics.delete(topic);
      return watch.round(tally, seconds);
    }
  }

  private Round fetch(FetchWorkload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    Fill fill = new Fill(workload.partitions(), workload.recordsPerBatch(), workload.logBytes());
    String topic = settings.topic() == null ? topics.filled(fill) : settings.topic();
    List<InetSocketAddress> leaders = topics.leaders(topic);
    heat(topic);
    try (Clients clients = new Clients(target.name())) {
      clients.connect(
          leaders,
          workload.connections(),
          1,
          workload.threads(),
          Long.MAX_VALUE,
          i -> new FetchExchange(topic, i % leaders.size(), workload.maxBytes()));
      meter.prepare();
      Window window = Window.of(System.nanoTime(), runInSeconds, seconds);
      clients.start(window);
      return watch.round(watch.over(clients, window), seconds);
    }
  }

  /** What ran since the topic was filled may have pushed it out of the page cache. */
  private void heat(String topic) throws IOException {
    Path folder = target.folder();
    if (folder != null) {
      progress.detail("reading the topic into the page cache");
      PageCache.warm(folder, topic);
    }
  }

  private Round tail(TailWorkload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    String topic = topics.create(1, Map.of());
    List<InetSocketAddress> leaders = topics.leaders(topic);
    Producers producers =
        new Producers(topic, leaders, settings.acks(), workload.recordsPerBatch());
    Deliveries deliveries = new Deliveries();
    try (Clients consumer = new Clients(target.name());
        Clients clients = new Clients(target.name())) {
      consumer.connect(
          leaders,
          1,
          1,
          1,
          Long.MAX_VALUE,
          i -> FetchExchange.following(topic, 0, MAX_FETCH_BYTES, deliveries));
      producers.connect(clients, workload.connections(), workload.inFlight(), 1, true);
      meter.prepare();
      long nowNs = System.nanoTime();
      Window window = Window.of(nowNs, runInSeconds, seconds);
      deliveries.plan(window);
      consumer.start(Window.of(nowNs, runInSeconds, seconds + CATCH_UP_SECONDS));
      clients.startPaced(window, workload.batchesPerSecond());
      watch.over(clients, window);
      consumer.join();
    }
    topics.delete(topic);
    return watch.round(deliveries.tally(), seconds);
  }
}
