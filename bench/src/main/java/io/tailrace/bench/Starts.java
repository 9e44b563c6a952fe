package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Results;
import io.tailrace.bench.report.Round;
import io.tailrace.bench.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Measures how long contenders take to start, and what memory they hold when idle. */
final class Starts {
  private static final int IDLE_MS = 3000;
  private static final int PARTITIONS_PER_TOPIC = 1000;
  private static final int MS_BETWEEN_LOOKS = 5;
  private static final Duration READY_LIMIT = Duration.ofMinutes(2);

  private final ProcFiles proc;
  private final Cleanup cleanup;
  private final Progress progress;
  private final Results results;

  Starts(ProcFiles proc, Cleanup cleanup, Progress progress, Results results) {
    this.proc = proc;
    this.cleanup = cleanup;
    this.progress = progress;
    this.results = results;
  }

  void run(StartWorkload workload, List<Contender> contenders, int rounds)
      throws IOException, InterruptedException {
    Section section = results.section(workload.name(), workload.explanation());
    Path folder = cleanup.temporaryFolder();
    for (Contender contender : contenders) {
      if (workload.partitions() > contender.mostIdlePartitions()) {
        section.note(
            "not run on %s, which is started with %,d idle partitions at most"
                .formatted(contender.name(), contender.mostIdlePartitions()));
      }
    }
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : contenders) {
        if (workload.partitions() <= contender.mostIdlePartitions()) {
          progress.show(
              "%s, round %d of %d: starting %s"
                  .formatted(workload.name(), round, rounds, contender.name()));
          Path own = Files.createDirectory(folder.resolve(contender.name()));
          section.add(contender.name(), Round.of(measure(contender, own, workload.partitions())));
          Cleanup.deleteTree(own);
        }
      }
    }
  }

  private Map<Figure, Double> measure(Contender contender, Path folder, int partitions)
      throws IOException, InterruptedException {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    double emptyBytes;
    List<String> topics;
    try (BrokerProcess broker = cleanup.add(contender.start(folder))) {
      figures.put(Figure.START_MS, broker.awaitFirstAnswer().toNanos() / 1e6);
      emptyBytes = idleBytes(broker);
      figures.put(Figure.RESIDENT_MB, emptyBytes / 1e6);
      topics = createTopics(broker, partitions);
      broker.end();
    }
    if (partitions > 0) {
      progress.detail("starting again");
      try (BrokerProcess broker = cleanup.add(contender.start(folder))) {
        figures.put(Figure.START_MS, broker.awaitFirstAnswer().toNanos() / 1e6);
        figures.put(Figure.METADATA_MS, awaitLeaders(broker, topics).toNanos() / 1e6);
        double bytes = idleBytes(broker);
        figures.put(Figure.RESIDENT_MB, bytes / 1e6);
        figures.put(Figure.KB_PER_PARTITION, (bytes - emptyBytes) / 1024 / partitions);
      }
    }
    return figures;
  }

  private double idleBytes(BrokerProcess broker) throws InterruptedException {
    Thread.sleep(IDLE_MS);
    return proc.residentBytes(proc.listenerOn(broker.address().getPort()).orElseThrow());
  }

  private List<String> createTopics(BrokerProcess broker, int partitions) throws IOException {
    List<String> topics = new ArrayList<>();
    try (Admin admin = new Admin(broker.address())) {
      for (int left = partitions; left > 0; left -= PARTITIONS_PER_TOPIC) {
        progress.detail("creating %,d partitions: %,d left".formatted(partitions, left));
        topics.add("idle-" + topics.size());
        admin.createTopic(topics.getLast(), Math.min(left, PARTITIONS_PER_TOPIC), Map.of());
      }
    }
    return topics;
  }

  /** Waits until every partition has a leader, and gives the time since the start. */
  private static Duration awaitLeaders(BrokerProcess broker, List<String> topics)
      throws IOException, InterruptedException {
    try (Admin admin = new Admin(broker.address())) {
      while (!admin.allHaveLeaders(topics)) {
        if (broker.sinceStart().compareTo(READY_LIMIT) > 0) {
          throw new BenchException("there are still partitions without leader after 2 minutes");
        }
        Thread.sleep(MS_BETWEEN_LOOKS);
      }
    }
    return broker.sinceStart();
  }
}
