package io.tailrace.bench;

import io.tailrace.bench.Workload.Kind;
import io.tailrace.bench.report.Results;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

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
      for (Subject subject : subjects) {
        progress.show("warming up: " + workload.name() + " on " + subject.name());
        subject.measure(workload, 0, seconds);
      }
    }
  }

  void run(int rounds, double seconds) throws IOException, InterruptedException {
    int steps = rounds * workloads.size() * subjects.size();
    int step = 0;
    for (int round = 1; round <= rounds; round++) {
      List<Subject> order = new ArrayList<>(subjects);
      if (round % 2 == 0) {
        Collections.reverse(order);
      }
      for (Workload workload : workloads) {
        for (Subject subject : order) {
          if (workload.kind() == Kind.PRODUCE) {
            memory.touch();
          }
          double secondsLeft = (steps - step++) * (seconds + RUN_IN_SECONDS);
          progress.show(
              "round %d of %d: %s on %s; %.0f s left"
                  .formatted(round, rounds, workload.name(), subject.name(), secondsLeft));
          Measurement measurement = subject.measure(workload, RUN_IN_SECONDS, seconds);
          results
              .section(workload.name(), workload.explanation())
              .add(subject.name(), measurement.round());
        }
      }
    }
  }
}
