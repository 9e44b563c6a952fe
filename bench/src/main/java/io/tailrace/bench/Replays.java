package io.tailrace.bench;

import io.tailrace.bench.group.GroupAdmin;
import io.tailrace.bench.load.Admin;
import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Results;
import io.tailrace.bench.report.Round;
import io.tailrace.bench.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Measures how long contenders take to serve their groups again. Each commits the offsets once; in
 * every round it is started and killed.
 */
final class Replays {
  private static final String TOPIC = "replay";
  private static final int TRIES_FOR_NEW = 300;
  private static final int MS_BETWEEN_LOOKS = 5;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final ProcFiles proc;
  private final Cleanup cleanup;
  private final Progress progress;
  private final Results results;

  Replays(ProcFiles proc, Cleanup cleanup, Progress progress, Results results) {
    this.proc = proc;
    this.cleanup = cleanup;
    this.progress = progress;
    this.results = results;
  }

  void run(ReplayWorkload workload, List<Contender> contenders, int rounds)
      throws IOException, InterruptedException {
    Section section = results.section(workload.name(), workload.explanation());
    Path folder = cleanup.temporaryFolder();
    Map<Contender, Path> filled = new LinkedHashMap<>();
    for (Contender contender : contenders) {
      progress.show(workload.name() + ": committing offsets on " + contender.name());
      Path own = Files.createDirectory(folder.resolve(contender.name()));
      if (commit(workload, contender, own)) {
        filled.put(contender, own);
      } else {
        section.note("not run on %s, which serves no consumer groups".formatted(contender.name()));
      }
    }
    for (int round = 1; round <= rounds; round++) {
      for (Map.Entry<Contender, Path> entry : filled.entrySet()) {
        Contender contender = entry.getKey();
        progress.show(
            "%s, round %d of %d: starting %s"
                .formatted(workload.name(), round, rounds, contender.name()));
        section.add(contender.name(), measure(workload, contender, entry.getValue()));
      }
    }
    for (Path own : filled.values()) {
      Cleanup.deleteTree(own);
    }
  }

  /**
   * Has the broker killed when all is committed.
   *
   * @return false if it serves no groups
   */
  private boolean commit(ReplayWorkload workload, Contender contender, Path folder)
      throws IOException, InterruptedException {
    try (BrokerProcess broker = cleanup.add(contender.start(folder))) {
      broker.awaitFirstAnswer();
      try (Admin admin = new Admin(broker.address())) {
        if (!admin.serves(GroupAdmin.NEEDS)) {
          return false;
        }
        admin.createTopic(TOPIC, workload.partitions(), Map.of());
        admin.leaders(TOPIC, TRIES_FOR_NEW);
      }
      List<String> groups = groups(workload);
      try (GroupAdmin admin = new GroupAdmin(broker.address())) {
        admin.awaitCoordinator(groups);
        for (int i = 0; i < groups.size(); i++) {
          progress.detail("%,d of %,d groups".formatted(i, groups.size()));
          admin.offsets().commit(groups.get(i), TOPIC, workload.partitions(), i);
        }
      }
      broker.kill();
    }
    return true;
  }

  private static List<String> groups(ReplayWorkload workload) {
    return IntStream.range(0, workload.groups()).mapToObj(i -> "group-" + i).toList();
  }

  private Round measure(ReplayWorkload workload, Contender contender, Path folder)
      throws IOException, InterruptedException {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    try (BrokerProcess broker = cleanup.add(contender.start(folder))) {
      double answeredMs = broker.awaitFirstAnswer().toNanos() / 1e6;
      double servedMs = awaitGroups(workload, broker).toNanos() / 1e6;
      figures.put(Figure.START_MS, answeredMs);
      figures.put(Figure.GROUPS_MS, servedMs);
      figures.put(Figure.REPLAY_MS, servedMs - answeredMs);
      long pid = proc.listenerOn(broker.address().getPort()).orElseThrow();
      figures.put(Figure.RESIDENT_MB, proc.residentBytes(pid) / 1e6);
      broker.kill();
    }
    return Round.of(figures);
  }

  /** Waits until every group is served, checks its offsets, and gives the time since the start. */
  private static Duration awaitGroups(ReplayWorkload workload, BrokerProcess broker)
      throws IOException, InterruptedException {
    List<String> groups = groups(workload);
    Duration served;
    try (GroupAdmin admin = new GroupAdmin(broker.address())) {
      List<String> waiting = admin.offsets().notServed(groups);
      while (!waiting.isEmpty()) {
        if (broker.sinceStart().compareTo(LIMIT) > 0) {
          throw new BenchException(
              "%d groups are still not served after %d s"
                  .formatted(waiting.size(), LIMIT.toSeconds()));
        }
        Thread.sleep(MS_BETWEEN_LOOKS);
        // One that waits is asked for, so that the asking costs the broker nothing.
        if (admin.offsets().notServed(waiting.subList(0, 1)).isEmpty()) {
          waiting = admin.offsets().notServed(waiting);
        }
      }
      served = broker.sinceStart();
      for (int i = 0; i < groups.size(); i++) {
        admin.offsets().check(groups.get(i), workload.partitions(), i);
      }
    }
    return served;
  }
}
