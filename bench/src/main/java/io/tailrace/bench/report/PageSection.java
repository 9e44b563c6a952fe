package io.tailrace.bench.report;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** A section of the page: what was done, plots, goals, notes, the table. */
final class PageSection {
  private final Section section;
  private final List<Verdict> verdicts;
  private final Optional<String> subject;
  private final Html html;

  PageSection(Results results, Section section, Html html) {
    this.section = section;
    this.verdicts = Goals.verdicts(results, section.name());
    this.subject = section.subject();
    this.html = html;
  }

  void write() {
    html.open("section", "id", "section-" + section.name()).element("h2", section.name());
    html.element("p", section.explanation());
    plots();
    verdicts.forEach(this::goal);
    section.notes().forEach(note -> html.element("p", note, "class", "note"));
    if (!section.contenders().isEmpty()) {
      table();
    }
    html.close("section");
  }

  private void plots() {
    html.open("div", "class", "plots");
    for (Figure figure : barFigures()) {
      boolean hasGoal = verdicts.stream().anyMatch(v -> v.goal().figure() == figure);
      String better = figure.moreIsBetter() ? "more is better" : "less is better";
      plot(figure.label(), better + (hasGoal ? ", dashed: goal" : ""), "bars", figure.key());
    }
    if (section.hasLatencies()) {
      plot("latency by percentile", "less is better", "latency", "");
    }
    html.close("div");
  }

  /** Throughput, cost, and what else there are goals for; latencies have their own plot. */
  private Set<Figure> barFigures() {
    Set<Figure> figures = EnumSet.of(Figure.START_MS);
    for (Goal goal : Goals.ALL) {
      if (goal.section().equals(section.name()) && !goal.figure().isLatency()) {
        figures.add(goal.figure());
      }
    }
    if (figures.stream().noneMatch(Figure::moreIsBetter)) {
      figures.add(Figure.RECORDS_PER_SECOND);
    }
    if (!figures.contains(Figure.CPU_PER_GB)) {
      figures.add(Figure.CPU_PER_REQUEST);
    }
    if (!section.hasLatencies()) {
      figures.addAll(List.of(Figure.LATENCY_P50, Figure.LATENCY_P99));
    }
    figures.removeIf(figure -> !section.has(figure));
    return figures;
  }

  private void plot(String caption, String legend, String kind, String figure) {
    String label = caption + " of " + section.name() + "; the table below has the figures";
    html.open("figure").open("figcaption").text(caption).element("span", legend);
    html.close("figcaption").open("div", "class", kind);
    html.open(
        "canvas",
        "role",
        "img",
        "aria-label",
        label,
        "data-plot",
        kind,
        "data-section",
        section.name(),
        "data-figure",
        figure);
    html.close("canvas").close("div").close("figure");
  }

  private void goal(Verdict verdict) {
    html.open("p", "class", "goal").text("Goal " + verdict.goal().id() + ": ");
    html.text(verdict.goal().text() + ". Reached: " + verdict.ratio() + ", ");
    html.element("span", verdict.outcome(), "class", verdict.met() ? "met" : "missed").close("p");
  }

  private void table() {
    html.open("div", "class", "wide").open("table").open("thead").open("tr").element("th", "");
    section.contenders().forEach(name -> html.element("th", name, "scope", "col"));
    if (subject.isPresent()) {
      for (String control : section.controls()) {
        html.element("th", subject.get() + " / " + control, "scope", "col");
      }
    }
    html.close("tr").close("thead").open("tbody");
    for (Figure figure : Figure.values()) {
      if (section.has(figure)) {
        row(figure);
      }
    }
    html.close("tbody").close("table").close("div");
  }

  private void row(Figure figure) {
    html.open("tr").element("th", figure.label(), "scope", "row");
    for (String contender : section.contenders()) {
      html.open("td", "class", "number");
      Optional<Spread> spread = section.spread(contender, figure);
      html.text(spread.map(s -> figure.format(s.median())).orElse("–"));
      spread.ifPresent(
          s -> html.element("small", figure.format(s.min()) + " – " + figure.format(s.max())));
      html.close("td");
    }
    if (subject.isPresent()) {
      for (String control : section.controls()) {
        String ratio = ReportTable.ratio(section, subject.get(), control, figure);
        html.element("td", ratio, "class", "number");
      }
    }
    html.close("tr");
  }
}
