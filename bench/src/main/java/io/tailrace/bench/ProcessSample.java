package io.tailrace.bench;

import java.util.OptionalLong;

/**
 * What a process has used until one moment.
 *
 * @param timeNs that moment, in System.nanoTime
 * @param contextSwitches of all its threads that are still there
 * @param readsAndWrites system calls that read or write, sendfile as one of each; none if we may
 *     not see them
 */
record ProcessSample(
    long timeNs, double cpuSeconds, long contextSwitches, OptionalLong readsAndWrites) {

  static ProcessSample take(ProcFiles proc, long pid) {
    return new ProcessSample(
        System.nanoTime(),
        proc.cpuSeconds(pid),
        proc.contextSwitches(pid),
        proc.readsAndWrites(pid));
  }

  /** Cores that the process kept busy until then, on average. */
  double coresUntil(ProcessSample later) {
    return (later.cpuSeconds - cpuSeconds) / ((later.timeNs - timeNs) / 1e9);
  }
}
