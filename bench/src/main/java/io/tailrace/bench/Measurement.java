package io.tailrace.bench;

import io.tailrace.bench.load.Tally;
import io.tailrace.bench.report.Figure;
import io.tailrace.bench.report.Round;
import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What the clients saw in one round of one workload. MB and GB are 10⁶ and 10⁹ bytes of record
 * batches. Latency is from handing a request to the socket, or from when it was due if it goes by a
 * schedule, until its answer has been received.
 */
record Measurement(Tally tally, double seconds) {

  /** For the report, with what was seen of the broker. */
  Round with(Map<Figure, Double> others) {
    Map<Figure, Double> figures = figures();
    figures.putAll(others);
    return Round.of(figures, tally.latencyNs());
  }

  private Map<Figure, Double> figures() {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    if (tally.records() > 0) {
      figures.put(Figure.RECORDS_PER_SECOND, tally.records() / seconds);
      figures.put(Figure.MB_PER_SECOND, tally.bytes() / 1e6 / seconds);
    }
    figures.put(Figure.REQUESTS_PER_SECOND, tally.requests() / seconds);
    Histogram latencyNs = tally.latencyNs();
    figures.put(Figure.LATENCY_MEAN, latencyNs.getMean() / 1e3);
    figures.put(Figure.LATENCY_P50, latencyNs.getValueAtPercentile(50) / 1e3);
    figures.put(Figure.LATENCY_P99, latencyNs.getValueAtPercentile(99) / 1e3);
    figures.put(Figure.LATENCY_P999, latencyNs.getValueAtPercentile(99.9) / 1e3);
    figures.put(Figure.LATENCY_MAX, latencyNs.getMaxValue() / 1e3);
    return figures;
  }
}
