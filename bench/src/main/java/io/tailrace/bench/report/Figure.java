package io.tailrace.bench.report;

import java.util.Locale;

/** What is reported of a measurement; each has a unit. */
public enum Figure {
  RECORDS_PER_SECOND("records/s", 0),
  MB_PER_SECOND("MB/s", 1),
  REQUESTS_PER_SECOND("requests/s", 0),
  LATENCY_MEAN("mean µs", 0),
  LATENCY_P50("p50 µs", 0),
  LATENCY_P99("p99 µs", 0),
  LATENCY_P999("p99.9 µs", 0),
  LATENCY_MAX("max µs", 0),
  QUIET_LATENCY_P50("quiet p50 µs", 0),
  QUIET_LATENCY_P999("quiet p99.9 µs", 0),
  P999_TO_QUIET("p99.9 / quiet p99.9", 2),
  SCAN_MB_PER_SECOND("cold read MB/s", 1),
  CPU_PER_REQUEST("broker CPU µs/request", 1),
  CPU_PER_GB("broker CPU s/GB", 2),
  CONTEXT_SWITCHES_PER_REQUEST("switches/request", 2),
  READS_AND_WRITES_PER_REQUEST("reads + writes/request", 2),
  SYSTEM_CALLS_PER_REQUEST("system calls/request", 2),
  BROKER_CORES("broker cores busy", 3),
  GENERATOR_CORES("generator cores busy", 3),
  ALL_JOIN_MS("all join ms", 0),
  ALL_JOIN_BROKER_MS("all join: broker's ms", 0),
  ONE_JOINS_MS("one joins ms", 0),
  ONE_JOINS_BROKER_MS("one joins: broker's ms", 0),
  ONE_LEAVES_MS("one leaves ms", 0),
  ONE_LEAVES_BROKER_MS("one leaves: broker's ms", 0),
  START_MS("start to first answer ms", 0),
  METADATA_MS("start to all leaders ms", 0),
  GROUPS_MS("start to all groups ms", 0),
  REPLAY_MS("first answer to all groups ms", 0),
  RESIDENT_MB("resident MB", 0),
  KB_PER_PARTITION("KB/partition", 1);

  private final String label;
  private final int decimals;

  Figure(String label, int decimals) {
    this.label = label;
    this.decimals = decimals;
  }

  /** Its name in JSON. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  String label() {
    return label;
  }

  boolean isLatency() {
    return name().startsWith("LATENCY_");
  }

  boolean moreIsBetter() {
    return switch (this) {
      case RECORDS_PER_SECOND, MB_PER_SECOND, REQUESTS_PER_SECOND, SCAN_MB_PER_SECOND -> true;
      default -> false;
    };
  }

  String format(double value) {
    return String.format(Locale.ROOT, "%,." + decimals + "f", value);
  }
}
