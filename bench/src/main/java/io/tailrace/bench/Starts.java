package io.tailrace.bench;

import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Results;
import io.tailrace.bench.report.Round;
import io.tailrace.bench.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Measures how long each contender takes to start, and what memory it holds when idle. */
final class Starts {
  private static final int IDLE_MS = 3000;

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

  void run(Workload workload, List<Contender> contenders, int rounds)
      throws IOException, InterruptedException {
    Section section = results.section(workload.name(), workload.explanation());
    Path folder = cleanup.temporaryFolder();
    for (int round = 1; round <= rounds; round++) {
      for (Contender contender : contenders) {
        progress.show("starting %s: %d of %d".formatted(contender.name(), round, rounds));
        Path own = Files.createDirectory(folder.resolve(contender.name() + "-" + round));
        section.add(contender.name(), Round.of(start(contender, own)));
      }
    }
  }

  private Map<Figure, Double> start(Contender contender, Path folder)
      throws IOException, InterruptedException {
    try (BrokerProcess broker = cleanup.add(contender.start(folder))) {
      Duration firstAnswer = broker.awaitFirstAnswer();
      Thread.sleep(IDLE_MS);
      long pid = proc.listenerOn(broker.address().getPort()).orElseThrow();
      return Map.of(
          Figure.START_MS, firstAnswer.toNanos() / 1e6,
          Figure.RESIDENT_MB, proc.residentBytes(pid) / 1e6);
    }
  }
}
