package io.tailrace.bench.report;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** Results to report. */
final class Runs {
  static final Machine MACHINE = new Machine("A CPU", 2, 24_000_000_000L, "Linux 6.18", "25", "c0");

  private Runs() {}

  static Run of(Results results) {
    return new Run(Instant.parse("2026-11-23T02:00:00Z"), "./tailrace bench", MACHINE, results);
  }

  /** Two rounds of all three, so that some goals of W1 are met and one is missed. */
  static Results threeContenders() {
    Results results = new Results();
    Section section = results.section("produce-small", "cost per request");
    for (int round = 0; round < 2; round++) {
      section.add("tailrace", round(1_600_000 + round, 5.5, 90));
      section.add("kafka", round(300_000 + round, 47.5, 570));
      section.add("floor", round(1_100_000 + round, 5.0, 80));
    }
    return results;
  }

  static Round round(double recordsPerSecond, double cpuPerRequest, long latencyUs) {
    Histogram latencyNs = new Histogram(3);
    for (int i = 1; i <= 1000; i++) {
      latencyNs.recordValue(latencyUs * i);
    }
    return Round.of(
        Map.of(
            Figure.RECORDS_PER_SECOND,
            recordsPerSecond,
            Figure.CPU_PER_REQUEST,
            cpuPerRequest,
            Figure.LATENCY_P50,
            latencyUs / 2.0),
        latencyNs);
  }

  /** Names as nobody should choose them. */
  static Results hostile() {
    Results results = new Results();
    Section section = results.section(HOSTILE.getFirst(), HOSTILE.get(1));
    section.note(HOSTILE.getLast());
    HOSTILE.forEach(name -> section.add(name, round(1, 1, 1)));
    return results;
  }

  static final List<String> HOSTILE =
      List.of(
          "</script><script>alert(1)</script>",
          "\" onload=\"alert(2)",
          "<img src=x onerror='alert(3)'>",
          "<!-- & \\u2028 \u2028 {{x}} ${x}");
}
