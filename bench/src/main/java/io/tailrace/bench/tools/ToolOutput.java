package io.tailrace.bench.tools;

import io.tailrace.bench.report.Figure;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what the tools print. They count 2²⁰ bytes of records' values as a MB, and milliseconds;
 * figures are 10⁶ bytes and microseconds.
 */
final class ToolOutput {
  private static final double MEBIBYTE = 1 << 20;
  private static final String NUMBER = "([0-9]+(?:\\.[0-9]+)?)";

  /** Its line at the end; those before, of an interval each, have no percentiles. */
  private static final Pattern PRODUCED =
      Pattern.compile(
          "[0-9]+ (?:steady state )?records sent, %1$s records/sec \\(%1$s MB/sec\\), %1$s ms avg"
                  .formatted(NUMBER)
              + " latency, %1$s ms max latency, %1$s ms 50th, %1$s ms 95th, %1$s ms 99th, %1$s ms 99.9th\\."
                  .formatted(NUMBER));

  private ToolOutput() {}

  /** Of ProducerPerformance: the last summary, which is of the steady state if it warmed up. */
  static Optional<Map<Figure, Double>> produced(List<String> lines) {
    for (String line : lines.reversed()) {
      Matcher summary = PRODUCED.matcher(line.strip());
      if (summary.matches()) {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.RECORDS_PER_SECOND, number(summary, 1));
        figures.put(Figure.MB_PER_SECOND, number(summary, 2) * MEBIBYTE / 1e6);
        figures.put(Figure.LATENCY_MEAN, number(summary, 3) * 1e3);
        figures.put(Figure.LATENCY_MAX, number(summary, 4) * 1e3);
        figures.put(Figure.LATENCY_P50, number(summary, 5) * 1e3);
        figures.put(Figure.LATENCY_P99, number(summary, 7) * 1e3);
        figures.put(Figure.LATENCY_P999, number(summary, 8) * 1e3);
        return Optional.of(figures);
      }
    }
    return Optional.empty();
  }

  private static double number(Matcher summary, int group) {
    return Double.parseDouble(summary.group(group));
  }

  /** Of ConsumerPerformance: its rates without the time that joining the group took. */
  static Optional<Map<Figure, Double>> consumed(List<String> lines) {
    for (int i = 0; i + 1 < lines.size(); i++) {
      List<String> names = fields(lines.get(i));
      List<String> values = fields(lines.get(i + 1));
      int records = names.indexOf("fetch.nMsg.sec");
      int megabytes = names.indexOf("fetch.MB.sec");
      if (records >= 0 && megabytes >= 0 && values.size() == names.size()) {
        return rates(values.get(records), values.get(megabytes));
      }
    }
    return Optional.empty();
  }

  private static Optional<Map<Figure, Double>> rates(String records, String megabytes) {
    if (!records.matches(NUMBER) || !megabytes.matches(NUMBER)) {
      return Optional.empty();
    }
    return Optional.of(
        Map.of(
            Figure.RECORDS_PER_SECOND,
            Double.parseDouble(records),
            Figure.MB_PER_SECOND,
            Double.parseDouble(megabytes) * MEBIBYTE / 1e6));
  }

  private static List<String> fields(String line) {
    return Arrays.stream(line.split(",", -1)).map(String::strip).toList();
  }
}
