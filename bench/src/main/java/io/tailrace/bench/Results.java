package io.tailrace.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The figures of all rounds, by workload and target, in the order in which they came. */
final class Results {
  private final Map<Workload, Map<String, List<Map<Figure, Double>>>> rounds =
      new LinkedHashMap<>();

  void add(Workload workload, String target, Map<Figure, Double> figures) {
    rounds
        .computeIfAbsent(workload, _ -> new LinkedHashMap<>())
        .computeIfAbsent(target, _ -> new ArrayList<>())
        .add(figures);
  }

  List<Workload> workloads() {
    return List.copyOf(rounds.keySet());
  }

  List<String> targets(Workload workload) {
    return List.copyOf(of(workload).keySet());
  }

  List<Map<Figure, Double>> rounds(Workload workload, String target) {
    return of(workload).getOrDefault(target, List.of());
  }

  /** Each figure that every round has. */
  Map<Figure, Spread> spreads(Workload workload, String target) {
    List<Map<Figure, Double>> all = rounds(workload, target);
    Map<Figure, Spread> spreads = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      if (all.stream().allMatch(round -> round.containsKey(figure))) {
        spreads.put(figure, Spread.of(all.stream().mapToDouble(r -> r.get(figure)).toArray()));
      }
    }
    return spreads;
  }

  private Map<String, List<Map<Figure, Double>>> of(Workload workload) {
    return rounds.getOrDefault(workload, Map.of());
  }
}
