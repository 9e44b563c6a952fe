package io.tailrace.bench;

import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Round;
import java.util.EnumMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.HdrHistogram.Histogram;

/**
 * What one round of one workload gave. MB and GB are 10⁶ and 10⁹ bytes of record batches, latency
 * is from handing a request to the socket until its answer has been received.
 *
 * @param brokerCores CPU seconds per second; none if the broker's process is not known
 */
record Measurement(
    Tally tally,
    double seconds,
    OptionalDouble brokerCores,
    double generatorCores,
    OptionalLong residentBytes) {

  /** For the report. */
  Round round() {
    return Round.of(figures(), tally.latencyNs());
  }

  Map<Figure, Double> figures() {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.RECORDS_PER_SECOND, tally.records() / seconds);
    figures.put(Figure.MB_PER_SECOND, tally.bytes() / 1e6 / seconds);
    Histogram latencyNs = tally.latencyNs();
    figures.put(Figure.LATENCY_P50, latencyNs.getValueAtPercentile(50) / 1e3);
    figures.put(Figure.LATENCY_P99, latencyNs.getValueAtPercentile(99) / 1e3);
    figures.put(Figure.LATENCY_P999, latencyNs.getValueAtPercentile(99.9) / 1e3);
    figures.put(Figure.LATENCY_MAX, latencyNs.getMaxValue() / 1e3);
    brokerCores.ifPresent(cores -> {
      figures.put(Figure.CPU_PER_REQUEST, cores * seconds * 1e6 / tally.requests());
      figures.put(Figure.CPU_PER_GB, cores * seconds * 1e9 / tally.bytes());
      figures.put(Figure.BROKER_CORES, cores);
    });
    figures.put(Figure.GENERATOR_CORES, generatorCores);
    residentBytes.ifPresent(bytes -> figures.put(Figure.RESIDENT_MB, bytes / 1e6));
    return figures;
  }
}
