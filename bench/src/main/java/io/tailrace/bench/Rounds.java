package io.tailrace.bench;

import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Results;
import io.tailrace.bench.report.Round;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs the workloads on all subjects interleaved: each round takes every workload once on each of
 * them, in turn the other way round, so that what the machine does meanwhile hits all alike.
 */
final class Rounds {
  /** Before each measurement, unmeasured: connections are made, a new topic's files created. */
  private static final double RUN_IN_SECONDS = 1;

  private final List<Subject> subjects;
  private final List<Workload> workloads;
  private final MemoryTouch memory;
  private final Progress progress;
  private final Results results;
  private final Map<Pair, Map<Figure, Double>> systemCalls = new HashMap<>();

  private record Pair(Workload workload, Subject subject) {}

  Rounds(
      List<Subject> subjects,
      List<Workload> workloads,
      MemoryTouch memory,
      Progress progress,
      Results results) {
    this.subjects = subjects;
    this.workloads = workloads;
    this.memory = memory;
    this.progress = progress;
    this.results = results;
  }

  /** Unmeasured load, so that the measured rounds run on compiled code. */
  void warmUp(double seconds) throws IOException, InterruptedException {
    for (Workload workload : seconds > 0 ? workloads : List.<Workload>of()) {
      for (Subject subject : serving(workload)) {
        progress.show("warming up: " + workload.name() + " on " + subject.name());
        subject.measure(workload, 0, seconds);
      }
    }
  }

  /**
   * Counts system calls, in a pass before the rounds since that slows the brokers.
   *
   * @param folder for temporary files
   */
  void countSystemCalls(Path folder) throws IOException, InterruptedException {
    for (Workload workload : workloads) {
      for (Subject subject : serving(workload)) {
        progress.show("counting system calls: " + workload.name() + " on " + subject.name());
        systemCalls.put(new Pair(workload, subject), subject.countSystemCalls(workload, folder));
      }
    }
  }

  /** Whom to run it on; the report says whom not. */
  private List<Subject> serving(Workload workload) throws IOException {
    List<Subject> serving = new ArrayList<>();
    for (Subject subject : subjects) {
      if (subject.serves(workload)) {
        serving.add(subject);
      } else {
        results
            .section(workload.name(), workload.explanation())
            .note("not run on %s, which does not serve what it needs".formatted(subject.name()));
      }
    }
    return serving;
  }

  private static double total(Workload workload, double seconds) {
    return RUN_IN_SECONDS + workload.seconds(seconds);
  }

  void run(int rounds, double seconds) throws IOException, InterruptedException {
    double left =
        rounds * subjects.size() * workloads.stream().mapToDouble(w -> total(w, seconds)).sum();
    for (int round = 1; round <= rounds; round++) {
      for (Workload workload : workloads) {
        List<Subject> order = serving(workload);
        for (Subject subject : round % 2 == 0 ? order.reversed() : order) {
          if (workload.produces()) {
            memory.touch();
          }
          progress.show(
              "round %d of %d: %s on %s; %.0f s left"
                  .formatted(round, rounds, workload.name(), subject.name(), left));
          Round measured = subject.measure(workload, RUN_IN_SECONDS, workload.seconds(seconds));
          Map<Figure, Double> counted =
              systemCalls.getOrDefault(new Pair(workload, subject), Map.of());
          results
              .section(workload.name(), workload.explanation())
              .add(subject.name(), measured.with(counted));
          left -= total(workload, seconds);
        }
      }
    }
  }
}
