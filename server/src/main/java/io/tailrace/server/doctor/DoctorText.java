package io.tailrace.server.doctor;

import io.tailrace.log.LogFinding;
import io.tailrace.log.LogInspection.Report;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What {@code tailrace doctor} found, for people. */
final class DoctorText {
  private static final long MEBIBYTE = 1 << 20;

  private DoctorText() {}

  static String report(Report report) {
    StringBuilder text = new StringBuilder();
    for (LogFinding finding : report.findings()) {
      text.append(finding(report.directory(), finding));
    }
    long problems = report.findings().stream().filter(LogFinding::problem).count();
    text.append(
        "%s: %d logs, %d MiB, %s. %s%n"
            .formatted(
                report.directory(),
                report.logs(),
                report.bytes() / MEBIBYTE,
                report.clean() ? "closed in order" : "not closed in order",
                problems == 0
                    ? "No problems."
                    : problems == 1 ? "1 problem." : problems + " problems."));
    return text.toString();
  }

  private static String finding(Path directory, LogFinding finding) {
    StringBuilder text = new StringBuilder(finding.problem() ? "PROBLEM " : "note    ");
    text.append(relative(directory, finding.file()));
    if (finding.position() >= 0) {
      text.append(" at position ").append(finding.position());
    }
    if (finding.firstOffset() >= 0 && finding.endOffset() > finding.firstOffset()) {
      text.append(", offsets ").append(finding.firstOffset());
      text.append(" to ").append(finding.endOffset() - 1);
    } else if (finding.firstOffset() >= 0) {
      text.append(", offset ").append(finding.firstOffset());
    }
    text.append(": ").append(finding.what()).append(System.lineSeparator());
    text.append("        a start ").append(finding.atStart());
    if (finding.byRepair() != null) {
      text.append("; --repair ").append(finding.byRepair());
    }
    return text.append(System.lineSeparator()).toString();
  }

  private static String relative(Path directory, String file) {
    Path path = Path.of(file);
    return path.startsWith(directory) && !path.equals(directory)
        ? directory.relativize(path).toString()
        : file;
  }

  /** What a repair will do, to be read before it. */
  static String consequences(Report report) {
    List<String> lines = new ArrayList<>();
    for (LogFinding finding : report.findings()) {
      String does = finding.byRepair() == null ? finding.atStart() : finding.byRepair();
      if (finding.problem() || !does.startsWith("answers")) {
        lines.add("  " + relative(report.directory(), finding.file()) + ": " + does);
      }
    }
    lines.add("  everything else: index files, leader epochs and checkpoints are written anew");
    return "A repair of "
        + report.directory()
        + " changes these files (make a copy first, if you can):"
        + System.lineSeparator()
        + String.join(System.lineSeparator(), lines)
        + System.lineSeparator();
  }
}
