package io.tailrace.bench.report;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.HdrHistogram.Histogram;

/**
 * What one measurement gave.
 *
 * @param figures those that are numbers: what was divided by nothing is left out
 * @param latencyUs at each of {@link #PERCENTILES}; empty if only figures are known
 */
public record Round(Map<Figure, Double> figures, List<Double> latencyUs) {
  /** Where the plots look at a histogram; figures of one round have no more behind the comma. */
  static final List<Double> PERCENTILES =
      DoubleStream.of(0, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.75, 99.9, 99.95, 99.975, 99.99)
          .boxed()
          .toList();

  public Round {
    Map<Figure, Double> numbers = new EnumMap<>(Figure.class);
    figures.forEach((figure, value) -> {
      if (Double.isFinite(value)) {
        numbers.put(figure, value);
      }
    });
    figures = numbers;
    latencyUs = List.copyOf(latencyUs);
  }

  /** The same with further figures. */
  public Round with(Map<Figure, Double> others) {
    Map<Figure, Double> all = new EnumMap<>(Figure.class);
    all.putAll(figures);
    all.putAll(others);
    return new Round(all, latencyUs);
  }

  public static Round of(Map<Figure, Double> figures) {
    return new Round(figures, List.of());
  }

  public static Round of(Map<Figure, Double> figures, Histogram latencyNs) {
    List<Double> latencyUs =
        PERCENTILES.stream().map(p -> latencyNs.getValueAtPercentile(p) / 1e3).toList();
    return new Round(figures, latencyUs);
  }
}
