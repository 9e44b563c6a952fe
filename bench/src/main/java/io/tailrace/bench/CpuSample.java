package io.tailrace.bench;

import java.util.OptionalDouble;
import java.util.OptionalLong;

/** CPU time that broker and generator have used until one moment. */
record CpuSample(long timeNs, OptionalDouble brokerSeconds, double generatorSeconds) {

  static CpuSample take(ProcFiles proc, OptionalLong brokerPid) {
    OptionalDouble brokerSeconds =
        brokerPid.isPresent()
            ? OptionalDouble.of(proc.cpuSeconds(brokerPid.getAsLong()))
            : OptionalDouble.empty();
    double generatorSeconds = proc.cpuSeconds(ProcessHandle.current().pid());
    return new CpuSample(System.nanoTime(), brokerSeconds, generatorSeconds);
  }

  /** Cores that the broker kept busy until then, on average; none if its process is unknown. */
  OptionalDouble brokerCoresUntil(CpuSample later) {
    if (brokerSeconds.isEmpty()) {
      return OptionalDouble.empty();
    }
    double used = later.brokerSeconds.orElseThrow() - brokerSeconds.getAsDouble();
    return OptionalDouble.of(used / secondsUntil(later));
  }

  double generatorCoresUntil(CpuSample later) {
    return (later.generatorSeconds - generatorSeconds) / secondsUntil(later);
  }

  private double secondsUntil(CpuSample later) {
    return (later.timeNs - timeNs) / 1e9;
  }
}
