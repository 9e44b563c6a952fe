package io.tailrace.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Unmatched;

/** Runs the JMH benchmarks of {@code io.tailrace.bench.jmh}; JMH has all the options. */
@Command(
    name = "jmh",
    description = "Measures inner pieces with JMH; takes a regular expression and JMH's options.")
final class JmhCommand implements Callable<Integer> {
  @Unmatched private List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
    return CommandLine.ExitCode.OK;
  }
}
