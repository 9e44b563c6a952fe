package io.tailrace.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Puts results into words: a table for people, JSON for programs. */
final class Report {
  private static final String FIRST_COLUMN = "  %-26s";
  private static final String COLUMN = "  %36s";
  private static final String RATIO_COLUMN = "  %16s";

  private final Results results;

  Report(Results results) {
    this.results = results;
  }

  /**
   * Medians, with smallest and largest; if there are two targets, the first's ratio to the second.
   */
  String table() {
    StringBuilder out = new StringBuilder();
    for (Workload workload : results.workloads()) {
      List<String> targets = results.targets(workload);
      out.append('\n').append(workload.name()).append(" - ").append(workload.explanation());
      out.append('\n').append(FIRST_COLUMN.formatted(""));
      targets.forEach(target -> out.append(COLUMN.formatted(target)));
      if (targets.size() == 2) {
        out.append(RATIO_COLUMN.formatted(String.join("/", targets)));
      }
      for (Figure figure : Figure.values()) {
        out.append(row(figure, spreads(workload, figure), targets.size()));
      }
      out.append('\n');
    }
    return out.toString();
  }

  private List<Spread> spreads(Workload workload, Figure figure) {
    List<Spread> spreads = new ArrayList<>();
    for (String target : results.targets(workload)) {
      Spread spread = results.spreads(workload, target).get(figure);
      if (spread != null) {
        spreads.add(spread);
      }
    }
    return spreads;
  }

  private static String row(Figure figure, List<Spread> spreads, int targets) {
    if (spreads.size() < targets || targets == 0) {
      return "";
    }
    StringBuilder row = new StringBuilder("\n" + FIRST_COLUMN.formatted(figure.label()));
    for (Spread spread : spreads) {
      String range = figure.format(spread.min()) + " – " + figure.format(spread.max());
      row.append(COLUMN.formatted(figure.format(spread.median()) + " (" + range + ")"));
    }
    if (targets == 2) {
      double ratio = spreads.getFirst().ratioTo(spreads.getLast());
      row.append(RATIO_COLUMN.formatted(String.format(Locale.ROOT, "%.2f", ratio)));
    }
    return row.toString();
  }

  /**
   * An object of workloads, of targets, each with its rounds and medians, by the figures' names.
   */
  String json() {
    Map<String, String> workloads = new LinkedHashMap<>();
    for (Workload workload : results.workloads()) {
      Map<String, String> targets = new LinkedHashMap<>();
      for (String target : results.targets(workload)) {
        targets.put(target, json(workload, target));
      }
      workloads.put(workload.name(), object(targets));
    }
    return object(workloads);
  }

  private String json(Workload workload, String target) {
    Map<String, String> medians = new LinkedHashMap<>();
    results
        .spreads(workload, target)
        .forEach((figure, spread) -> medians.put(key(figure), number(spread.median())));
    List<String> rounds = new ArrayList<>();
    for (Map<Figure, Double> round : results.rounds(workload, target)) {
      Map<String, String> figures = new LinkedHashMap<>();
      round.forEach((figure, value) -> figures.put(key(figure), number(value)));
      rounds.add(object(figures));
    }
    return "{\"median\":" + object(medians) + ",\"rounds\":[" + String.join(",", rounds) + "]}";
  }

  private static String key(Figure figure) {
    return figure.name().toLowerCase(Locale.ROOT);
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "null";
  }

  /** Keys are names of ours, which need no escaping. */
  private static String object(Map<String, String> members) {
    List<String> pairs = new ArrayList<>();
    members.forEach((key, value) -> pairs.add("\"" + key + "\":" + value));
    return "{" + String.join(",", pairs) + "}";
  }
}
