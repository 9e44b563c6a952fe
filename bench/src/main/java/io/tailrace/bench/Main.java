package io.tailrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code ./tailrace bench}: ends with 0, with 1 if it failed, with 2 on options it can't parse. */
public final class Main {
  private static final int HELP_COLUMNS = 100;

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new BenchCommand());
    CommandSpec spec = commandLine.getCommandSpec();
    spec.usageMessage().width(HELP_COLUMNS).footer(workloadLines().toArray(String[]::new));
    return commandLine.setExecutionExceptionHandler(Main::fail);
  }

  private static List<String> workloadLines() {
    List<String> lines =
        new ArrayList<>(List.of("", "Workloads (connections × requests in flight on each):"));
    for (Workload workload : Workload.ALL) {
      lines.add(
          "  %-5s%-19s%s".formatted(workload.number(), workload.name(), workload.explanation()));
    }
    return lines;
  }

  private static int fail(Exception failure, CommandLine commandLine, Object parsed)
      throws Exception {
    String message =
        switch (failure) {
          case BenchException e -> e.getMessage();
          case IOException e -> e.toString();
          default -> throw failure;
        };
    commandLine.getErr().println("tailrace bench: " + message);
    return CommandLine.ExitCode.SOFTWARE;
  }
}
