package io.tailrace.bench;

import io.tailrace.bench.report.ReportJson;
import io.tailrace.bench.report.ReportPage;
import io.tailrace.bench.report.ReportTable;
import io.tailrace.bench.report.Run;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** In which forms a run is reported, and where to. */
final class ReportOptions {
  private static final Path STANDARD_OUTPUT = Path.of("-");

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write everything as JSON; - prints it, instead of the table.")
  private @Nullable Path json;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page with plots, which needs no other file and no network.")
  private @Nullable Path html;

  /** Before hours of measuring: whether the files can be written at all. */
  void check() {
    for (Path file : new Path[] {json, html}) {
      Path folder = file == null ? null : file.toAbsolutePath().getParent();
      if (folder != null && !Files.isWritable(folder)) {
        throw new BenchException("can't write " + file + ": no folder to write to at " + folder);
      }
    }
  }

  /** Prints the table, unless JSON is to be printed, and writes the files. */
  void report(Run run, PrintStream out) throws IOException {
    if (STANDARD_OUTPUT.equals(json)) {
      out.println(ReportJson.of(run));
    } else {
      out.print(ReportTable.of(run.results()));
      write(json, ReportJson.of(run) + "\n");
    }
    if (html != null) {
      write(html, ReportPage.of(run));
    }
  }

  private static void write(@Nullable Path file, String content) throws IOException {
    if (file != null) {
      Files.writeString(file, content);
    }
  }
}
