package io.tailrace.bench;

import io.tailrace.bench.Topics.Fill;
import io.tailrace.bench.load.Clients;
import io.tailrace.bench.load.FetchExchange;
import io.tailrace.bench.load.Tally;
import io.tailrace.bench.load.Window;
import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Round;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;

/** Runs the one workload of two phases: {@link ScanWorkload}. */
record ScanLoad(
    Target target, LoadSettings settings, Topics topics, Meter meter, Progress progress) {
  private static final int SCAN_LIMIT_SECONDS = 60;
  private static final long LOOK_NS = 100_000_000;

  Round run(ScanWorkload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    Path folder = target.folder();
    if (folder == null) {
      throw new BenchException(
          workload.name() + " has to take files out of the page cache: leave out --bootstrap");
    }
    Fill fill = new Fill(1, FetchWorkload.USUAL_RECORDS_PER_BATCH, workload.coldBytes());
    String coldTopic = topics.filled(fill);
    String hotTopic = topics.create(1, Map.of());
    Producers producers =
        new Producers(
            hotTopic, topics.leaders(hotTopic), settings.acks(), workload.recordsPerBatch());
    progress.detail("quiet");
    Tally quiet = quiet(workload, producers, runInSeconds, seconds);
    progress.detail("taking the cold log out of the page cache");
    new PageCache().evict(folder, coldTopic);
    Round busy = busy(workload, producers, runInSeconds, coldTopic, fill.actualBytes());
    topics.delete(hotTopic);
    double quietNs = quiet.latencyNs().getValueAtPercentile(99.9);
    double busyUs = busy.figures().getOrDefault(Figure.LATENCY_P999, Double.NaN);
    return busy.with(
        Map.of(
            Figure.QUIET_LATENCY_P50, quiet.latencyNs().getValueAtPercentile(50) / 1e3,
            Figure.QUIET_LATENCY_P999, quietNs / 1e3,
            Figure.P999_TO_QUIET, busyUs * 1e3 / quietNs));
  }

  private Tally quiet(
      ScanWorkload workload, Producers producers, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    try (Clients clients = connect(workload, producers)) {
      Window window = Window.of(System.nanoTime(), runInSeconds, seconds);
      clients.startPaced(window, producers.batchesPerSecond(workload.megabytesPerSecond()));
      clients.awaitTime(window.toNs());
      return clients.join();
    }
  }

  private Clients connect(ScanWorkload workload, Producers producers) throws IOException {
    Clients clients = new Clients(target.name());
    producers.connect(clients, workload.connections(), workload.inFlight(), 1, false);
    return clients;
  }

  private Round busy(
      ScanWorkload workload,
      Producers producers,
      double runInSeconds,
      String coldTopic,
      long coldBytes)
      throws IOException, InterruptedException {
    ScanWatcher scan = new ScanWatcher(coldBytes);
    try (Clients clients = connect(workload, producers);
        Clients consumer = new Clients(target.name())) {
      consumer.connect(
          topics.leaders(coldTopic),
          1,
          1,
          1,
          Long.MAX_VALUE,
          i -> FetchExchange.following(coldTopic, 0, ScanWorkload.FETCH_BYTES, scan));
      Window window = Window.of(System.nanoTime(), runInSeconds, SCAN_LIMIT_SECONDS);
      clients.startPaced(window, producers.batchesPerSecond(workload.megabytesPerSecond()));
      clients.awaitTime(window.fromNs());
      meter.begin();
      consumer.start(window);
      long endNs = awaitScan(scan, window, clients, consumer);
      meter.end();
      clients.endAt(endNs);
      consumer.endAt(endNs);
      consumer.join();
      return round(clients.join(), scan.bytes(), (endNs - window.fromNs()) / 1e9);
    }
  }

  /** Waits for the end of the scan, or of the window, whatever comes first, and gives its time. */
  private long awaitScan(ScanWatcher scan, Window window, Clients clients, Clients consumer)
      throws InterruptedException {
    long nowNs = System.nanoTime();
    while (!scan.isComplete() && nowNs - window.toNs() < 0) {
      progress.detail("reading the cold log: %,d MB".formatted(scan.bytes() >> 20));
      consumer.awaitTime(nowNs + LOOK_NS);
      clients.awaitTime(nowNs + LOOK_NS);
      nowNs = System.nanoTime();
    }
    return nowNs;
  }

  /** CPU time is not divided by requests: most of it goes into the scan. */
  private Round round(Tally tally, long scanned, double seconds) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.putAll(meter.figures(tally));
    figures.remove(Figure.CPU_PER_REQUEST);
    figures.remove(Figure.CPU_PER_GB);
    figures.remove(Figure.CONTEXT_SWITCHES_PER_REQUEST);
    figures.remove(Figure.READS_AND_WRITES_PER_REQUEST);
    figures.put(Figure.SCAN_MB_PER_SECOND, scanned / 1e6 / seconds);
    return new Measurement(tally, seconds).with(figures);
  }
}
