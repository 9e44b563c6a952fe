package io.tailrace.server.doctor;

import io.tailrace.broker.StartInspection;
import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.env.Environment;
import io.tailrace.log.DirectoryInUseException;
import io.tailrace.log.LogFinding;
import io.tailrace.log.LogInspection;
import io.tailrace.log.LogInspection.Report;
import io.tailrace.log.MetaProperties;
import io.tailrace.metadata.MetadataLog;
import io.tailrace.server.options.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * {@code tailrace doctor}: says what is wrong with a broker's data folders and what a start would
 * do about it; with {@code --repair} does it. Which folders these are it is told as a start is.
 */
public final class DoctorCommand {
  private static final int FINE = 0;
  private static final int PROBLEMS = 1;
  private static final int NOT_CHECKED = 2;
  private static final String NO_START = "does not start";

  private final PrintStream out;
  private final PrintStream err;
  private final Environment environment;
  private final Terminal terminal;
  private final Settings settings;

  /** Reads the broker's settings as a start does. */
  public interface Settings {
    BrokerConfig read(@Nullable String data, @Nullable String config, List<String> overrides);
  }

  /** Whoever sits before the process. */
  public interface Terminal {
    /** Whether what is printed is seen at once. */
    boolean isThere();

    /** Asks, and waits for a line; empty if there is nobody to ask. */
    String ask(String question);
  }

  public DoctorCommand(
      PrintStream out,
      PrintStream err,
      Environment environment,
      Terminal terminal,
      Settings settings) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.terminal = terminal;
    this.settings = settings;
  }

  /**
   * Runs it.
   *
   * @param help printed if asked for
   * @return the process's exit code: 0 all is fine (now), 1 there are problems, 2 it could not be
   *     found out
   */
  public int run(List<String> words, String help) throws UsageException, InterruptedException {
    DoctorOptions options = DoctorOptions.parse(words);
    if (options.help()) {
      out.println(help);
      return FINE;
    }
    BrokerConfig config = settings.read(options.data(), options.config(), options.overrides());
    StartInspection start = new StartInspection(config, environment);
    List<Report> reports = new ArrayList<>();
    try {
      checkAnyData(start);
      for (Path directory : start.directories()) {
        reports.add(examine(directory, start, options));
      }
    } catch (DirectoryInUseException e) {
      return fail(
          e.getMessage() + "; stop the broker first: the doctor needs the folder for itself");
    } catch (IOException e) {
      return fail(String.valueOf(e.getMessage()));
    }
    if (options.json()) {
      out.print(DoctorJson.reports(reports));
    }
    return reports.stream().anyMatch(Report::hasProblems) ? PROBLEMS : FINE;
  }

  private int fail(String message) {
    err.println("tailrace: " + message);
    return NOT_CHECKED;
  }

  private void checkAnyData(StartInspection start) throws IOException {
    for (Path directory : start.directories()) {
      if (isData(directory)) {
        return;
      }
    }
    throw new IOException(
        start.directories().getFirst()
            + " is no data folder of a broker; --data DIR or --config FILE names another one");
  }

  private boolean isData(Path directory) throws IOException {
    return environment.disk().exists(directory.resolve(MetaProperties.FILE))
        || environment.disk().exists(directory.resolve(MetadataLog.NAME));
  }

  private Report examine(Path directory, StartInspection start, DoctorOptions options)
      throws IOException, InterruptedException {
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    LogInspection inspection =
        new LogInspection(environment, directory, Set.of(MetadataLog.NAME), threads);
    Report report = inspect(inspection, start, directory);
    if (!options.json()) {
      out.print(DoctorText.report(report));
    }
    if (options.repair() && isData(directory) && mayRepair(report, options)) {
      inspection.repair();
      report = inspect(inspection, start, directory);
      if (!options.json()) {
        out.println();
        out.println("After the repair:");
        out.print(DoctorText.report(report));
      }
    }
    return report;
  }

  private Report inspect(LogInspection inspection, StartInspection start, Path directory)
      throws IOException, InterruptedException {
    if (!isData(directory)) {
      return withStartFindings(newDirectory(directory), start);
    }
    ProgressLine progress = new ProgressLine(err, environment.clock(), terminal.isThere());
    try {
      return withStartFindings(inspection.inspect(progress), start);
    } finally {
      progress.end();
    }
  }

  private static Report newDirectory(Path directory) {
    LogFinding finding =
        new LogFinding(
            false,
            null,
            directory.toString(),
            -1,
            -1,
            -1,
            "is no data folder of a broker yet",
            "makes it one",
            null);
    return new Report(directory, true, 0, 0, List.of(finding));
  }

  /** They are told with the folder of the metadata, unless it has been found damaged already. */
  private static Report withStartFindings(Report report, StartInspection start) {
    boolean known = report.findings().stream().anyMatch(it -> it.atStart().startsWith(NO_START));
    if (known || !report.directory().equals(start.metadataDirectory())) {
      return report;
    }
    List<LogFinding> findings = new ArrayList<>(report.findings());
    findings.addAll(start.findings());
    return new Report(report.directory(), report.clean(), report.logs(), report.bytes(), findings);
  }

  /** Only with the consequences known. */
  private boolean mayRepair(Report report, DoctorOptions options) {
    PrintStream to = options.json() ? err : out;
    to.print(DoctorText.consequences(report));
    if (options.yes()) {
      return true;
    }
    if (!terminal.isThere()) {
      err.println("tailrace: nothing is repaired: --yes says that the above is what you want");
      return false;
    }
    String answer = terminal.ask("Repair it? (yes or no) ").trim().toLowerCase(Locale.ROOT);
    return answer.equals("yes") || answer.equals("y");
  }
}
