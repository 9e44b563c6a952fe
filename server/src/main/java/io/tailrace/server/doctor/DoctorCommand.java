package io.tailrace.server.doctor;

import io.tailrace.env.Environment;
import io.tailrace.log.DirectoryInUseException;
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

/**
 * {@code tailrace doctor}: says what is wrong with a data folder and what a start would do about
 * it; with {@code --repair} does it.
 */
public final class DoctorCommand {
  private static final int FINE = 0;
  private static final int PROBLEMS = 1;
  private static final int NOT_CHECKED = 2;

  private final PrintStream out;
  private final PrintStream err;
  private final Environment environment;
  private final Terminal terminal;

  /** Whoever sits before the process. */
  public interface Terminal {
    /** Whether what is printed is seen at once. */
    boolean isThere();

    /** Asks, and waits for a line; empty if there is nobody to ask. */
    String ask(String question);
  }

  public DoctorCommand(
      PrintStream out, PrintStream err, Environment environment, Terminal terminal) {
    this.out = out;
    this.err = err;
    this.environment = environment;
    this.terminal = terminal;
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
    List<Report> reports = new ArrayList<>();
    try {
      for (String data : options.data()) {
        reports.add(examine(Path.of(data).toAbsolutePath().normalize(), options));
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

  private Report examine(Path directory, DoctorOptions options)
      throws IOException, InterruptedException {
    LogInspection inspection = inspection(directory);
    Report report = inspect(inspection);
    if (!options.json()) {
      out.print(DoctorText.report(report));
    }
    if (options.repair() && mayRepair(report, options)) {
      inspection.repair();
      report = inspect(inspection);
      if (!options.json()) {
        out.println();
        out.println("After the repair:");
        out.print(DoctorText.report(report));
      }
    }
    return report;
  }

  private LogInspection inspection(Path directory) throws IOException {
    boolean isData =
        environment.disk().exists(directory.resolve(MetaProperties.FILE))
            || environment.disk().exists(directory.resolve(MetadataLog.NAME));
    if (!isData) {
      throw new IOException(
          directory + " is no data folder of a broker; --data DIR names another one");
    }
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    return new LogInspection(environment, directory, Set.of(MetadataLog.NAME), threads);
  }

  private Report inspect(LogInspection inspection) throws IOException, InterruptedException {
    ProgressLine progress = new ProgressLine(err, environment.clock(), terminal.isThere());
    try {
      return inspection.inspect(progress);
    } finally {
      progress.end();
    }
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
