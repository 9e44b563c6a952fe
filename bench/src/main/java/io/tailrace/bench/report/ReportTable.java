package io.tailrace.bench.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Results as text: for each section the medians with smallest and largest, ratios, goals. */
public final class ReportTable {
  private static final String FIRST_COLUMN = "  %-26s";
  private static final String COLUMN = "  %36s";
  private static final String RATIO_COLUMN = "  %16s";
  private static final String MISSING = "–";

  private final Section section;
  private final List<String> contenders;

  private ReportTable(Section section) {
    this.section = section;
    this.contenders = section.contenders();
  }

  public static String of(Results results) {
    StringBuilder out = new StringBuilder();
    for (Section section : results.sections()) {
      out.append('\n').append(new ReportTable(section).text());
      for (Verdict verdict : Goals.verdicts(results, section.name())) {
        Goal goal = verdict.goal();
        out.append("  goal %s: %s: %s\n".formatted(goal.id(), goal.text(), verdict.text()));
      }
    }
    return out.toString();
  }

  private String text() {
    List<String> lines = new ArrayList<>();
    lines.add(section.name() + " - " + section.explanation());
    if (!contenders.isEmpty()) {
      lines.add(header());
    }
    for (Figure figure : Figure.values()) {
      if (section.has(figure)) {
        lines.add(row(figure));
      }
    }
    section.notes().forEach(note -> lines.add("  " + note));
    return String.join("\n", lines) + "\n";
  }

  private String header() {
    StringBuilder header = new StringBuilder(FIRST_COLUMN.formatted(""));
    contenders.forEach(contender -> header.append(COLUMN.formatted(contender)));
    for (String control : section.controls()) {
      section
          .subject()
          .ifPresent(subject -> header.append(RATIO_COLUMN.formatted(subject + "/" + control)));
    }
    return header.toString();
  }

  private String row(Figure figure) {
    StringBuilder row = new StringBuilder(FIRST_COLUMN.formatted(figure.label()));
    for (String contender : contenders) {
      row.append(COLUMN.formatted(cell(section, contender, figure)));
    }
    for (String control : section.controls()) {
      section
          .subject()
          .ifPresent(subject ->
              row.append(RATIO_COLUMN.formatted(ratio(section, subject, control, figure))));
    }
    return row.toString();
  }

  static String cell(Section section, String contender, Figure figure) {
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
