package io.tailrace.bench;

import io.tailrace.bench.report.ReportJson;
import io.tailrace.bench.report.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Reports a run again, from what {@code --json} wrote. */
@Command(name = "report", description = "Reports an earlier run: prints its table, makes its page.")
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "JSON", description = "What --json wrote.")
  private Path file = Path.of("");

  @Mixin private ReportOptions options = new ReportOptions();

  @Override
  public Integer call() throws IOException {
    options.check();
    options.report(read(), System.out);
    return CommandLine.ExitCode.OK;
  }

  private Run read() throws IOException {
    try {
      return ReportJson.read(Files.readString(file));
    } catch (NoSuchFileException e) {
      throw new BenchException("there is no file " + file, e);
    } catch (IllegalArgumentException e) {
      throw new BenchException(file + " is no run of the bench: " + e.getMessage(), e);
    }
  }
}
