package io.tailrace.bench;

import io.tailrace.bench.load.Tally;
import io.tailrace.bench.report.Figure;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Nothing but the broker's system calls per request, of a load for which time does not matter. */
final class StraceMeter implements Meter, AutoCloseable {
  private final long brokerPid;
  private final Path folder;
  private @Nullable Strace strace;
  private long calls;

  StraceMeter(long brokerPid, Path folder) {
    this.brokerPid = brokerPid;
    this.folder = folder;
  }

  @Override
  public void prepare() {
    strace = new Strace(brokerPid, folder);
  }

  @Override
  public void begin() {}

  @Override
  public void end() throws InterruptedException {
    if (strace != null) {
      calls = strace.stop();
    }
  }

  @Override
  public Map<Figure, Double> figures(Tally tally) {
    return Map.of(Figure.SYSTEM_CALLS_PER_REQUEST, (double) calls / tally.requests());
  }

  @Override
  public void close() {
    if (strace != null) {
      strace.close();
    }
  }
}
