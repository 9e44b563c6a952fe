package io.tailrace.bench;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ./tailrace bench}: ends with 0, with 1 if the run failed, with 2 on wrong options. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new BenchCommand());
    CommandSpec spec = commandLine.getCommandSpec();
    spec.usageMessage().footer(workloadLines().toArray(String[]::new));
    return commandLine.setExecutionExceptionHandler(Main::fail);
  }

  private static List<String> workloadLines() {
    List<String> lines = new ArrayList<>(List.of("", "Workloads:"));
    for (Workload workload : Workload.ALL) {
      lines.add("  %-16s%s".formatted(workload.name(), workload.explanation()));
    }
    return lines;
  }

  private static int fail(Exception failure, CommandLine commandLine, Object parsed)
      throws Exception {
    if (!(failure instanceof BenchException)) {
      throw failure;
    }
    commandLine.getErr().println("tailrace bench: " + failure.getMessage());
    return CommandLine.ExitCode.SOFTWARE;
  }
}
