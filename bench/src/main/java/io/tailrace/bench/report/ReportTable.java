package io.tailrace.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;

/** Results as text: for each section the medians with smallest and largest, and ratios; goals. */
public final class ReportTable {
  private static final String MISSING = "–";

  private final Section section;
  private final TextTable table = new TextTable(1);

  private ReportTable(Section section) {
    this.section = section;
  }

  public static String of(Results results) {
    StringBuilder out = new StringBuilder();
    for (Section section : results.sections()) {
      out.append('\n').append(section.name()).append(" - ").append(section.explanation());
      out.append('\n').append(new ReportTable(section).text());
      section.notes().forEach(note -> out.append("  ").append(note).append('\n'));
    }
    List<Verdict> verdicts = Goals.verdicts(results);
    return verdicts.isEmpty() ? out.toString() : out + goals(verdicts);
  }

  private static String goals(List<Verdict> verdicts) {
    TextTable table = new TextTable(5);
    for (Verdict verdict : verdicts) {
      Goal goal = verdict.goal();
      table.add(
          List.of(goal.id(), goal.section(), goal.text(), verdict.ratio(), verdict.outcome()));
    }
    long met = verdicts.stream().filter(Verdict::met).count();
    return "\ngoals: %d of %d met\n%s".formatted(met, verdicts.size(), table.text());
  }

  private String text() {
    if (section.contenders().isEmpty()) {
      return "";
    }
    row("", contender -> contender, (subject, control) -> subject + "/" + control);
    for (Figure figure : Figure.values()) {
      if (section.has(figure)) {
        row(
            figure.label(),
            contender -> cell(section, contender, figure),
            (subject, control) -> ratio(section, subject, control, figure));
      }
    }
    return table.text();
  }

  private void row(String label, UnaryOperator<String> cell, BinaryOperator<String> ratio) {
    List<String> row = new ArrayList<>(List.of(label));
    section.contenders().forEach(contender -> row.add(cell.apply(contender)));
    for (String control : section.controls()) {
      section.subject().ifPresent(subject -> row.add(ratio.apply(subject, control)));
    }
    table.add(row);
  }

  private static String cell(Section section, String contender, Figure figure) {
    return section
        .spread(contender, figure)
        .map(spread ->
            "%s (%s – %s)"
                .formatted(
                    figure.format(spread.median()),
                    figure.format(spread.min()),
                    figure.format(spread.max())))
        .orElse(MISSING);
  }

  static String ratio(Section section, String contender, String control, Figure figure) {
    Optional<Spread> own = section.spread(contender, figure);
    Optional<Spread> controls = section.spread(control, figure);
    if (own.isEmpty() || controls.isEmpty()) {
      return MISSING;
    }
    double ratio = own.get().ratioTo(controls.get());
    return Double.isFinite(ratio) ? String.format(Locale.ROOT, "%.2f", ratio) : MISSING;
  }
}
