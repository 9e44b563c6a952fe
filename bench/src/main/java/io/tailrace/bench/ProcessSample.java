package io.tailrace.bench;

import java.util.Map;
import java.util.OptionalLong;

/**
 * What a process has used until one moment.
 *
 * @param timeNs that moment, in System.nanoTime
 * @param contextSwitches of each of its threads
 * @param readsAndWrites system calls that read or write, sendfile as one of each; none if we may
 *     not see them
 */
record ProcessSample(
    long timeNs,
    double cpuSeconds,
    Map<String, Long> contextSwitches,
    OptionalLong readsAndWrites) {

  static ProcessSample take(ProcFiles proc, long pid) {
    return new ProcessSample(
        System.nanoTime(),
        proc.cpuSeconds(pid),
        proc.contextSwitches(pid),
        proc.readsAndWrites(pid));
  }

  /** Context switches until then, but for those of threads that have ended. */
  long contextSwitchesUntil(ProcessSample later) {
    long sum = 0;
    for (Map.Entry<String, Long> thread : later.contextSwitches.entrySet()) {
      sum += thread.getValue() - contextSwitches.getOrDefault(thread.getKey(), 0L);
    }
    return sum;
  }

  /** Cores that the process kept busy until then, on average. */
  double coresUntil(ProcessSample later) {
    return (later.cpuSeconds - cpuSeconds) / ((later.timeNs - timeNs) / 1e9);
  }
}
