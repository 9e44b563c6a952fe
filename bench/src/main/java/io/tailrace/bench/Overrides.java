package io.tailrace.bench;

import org.jspecify.annotations.Nullable;

/**
 * Numbers that replace the workloads' own; null leaves one as it is.
 *
 * @param megabytesPerSecond of workloads with a fixed rate in bytes
 * @param sustainSeconds of workloads that are measured for longer than others
 * @param coldGb size in 2³⁰ bytes of a log that is read cold
 */
record Overrides(
    @Nullable Integer connections,
    @Nullable Integer inFlight,
    @Nullable Integer threads,
    @Nullable Integer partitions,
    @Nullable Double megabytesPerSecond,
    @Nullable Double sustainSeconds,
    @Nullable Integer coldGb) {

  static final Overrides NONE = new Overrides(null, null, null, null, null, null, null);

  static int or(@Nullable Integer other, int own) {
    return other == null ? own : other;
  }

  static double or(@Nullable Double other, double own) {
    return other == null ? own : other;
  }
}
