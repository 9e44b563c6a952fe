package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Round;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** A target, on which each workload can be run and measured as often as one likes. */
final class Subject implements AutoCloseable {
  /** Long enough for some thousand requests of a broker that strace slows down. */
  private static final double COUNTED_SECONDS = 3;

  private final ProcFiles proc;
  private final Target target;
  private final LoadSettings settings;
  private final Progress progress;
  private final Topics topics;

  Subject(ProcFiles proc, Target target, LoadSettings settings, Progress progress) {
    this.proc = proc;
    this.target = target;
    this.settings = settings;
    this.progress = progress;
    this.topics = new Topics(target, progress);
  }

  String name() {
    return target.name();
  }

  /** Whether the broker offers what the workload asks for. */
  boolean serves(Workload workload) throws IOException {
    if (workload.needs().isEmpty()) {
      return true;
    }
    try (Admin admin = new Admin(target.address())) {
      return admin.serves(workload.needs());
    }
  }

  /** Runs in for {@code runInSeconds}, then measures for {@code seconds}. */
  Round measure(Workload workload, double runInSeconds, double seconds)
      throws IOException, InterruptedException {
    Meter meter = new ProcessMeter(proc, target.pid());
    return load(meter).run(workload, runInSeconds, seconds);
  }

  /**
   * Runs it for some seconds under strace; nothing if the broker's process is not known, or if
   * requests of one kind are not all that the workload sends.
   *
   * @param folder for strace's table
   */
  Map<Figure, Double> countSystemCalls(Workload workload, Path folder)
      throws IOException, InterruptedException {
    boolean sendsMore = workload instanceof ScanWorkload || workload instanceof RebalanceWorkload;
    if (target.pid().isEmpty() || sendsMore) {
      return Map.of();
    }
    try (StraceMeter meter = new StraceMeter(target.pid().getAsLong(), folder)) {
      double calls =
          load(meter)
              .run(workload, 0, COUNTED_SECONDS)
              .figures()
              .getOrDefault(Figure.SYSTEM_CALLS_PER_REQUEST, Double.NaN);
      return Map.of(Figure.SYSTEM_CALLS_PER_REQUEST, calls);
    }
  }

  private Load load(Meter meter) {
    return new Load(target, settings, topics, meter, progress);
  }

  @Override
  public void close() throws IOException {
    topics.close();
  }
}
