package io.tailrace.bench.tools;

import io.tailrace.bench.BenchException;
import io.tailrace.bench.report.Figure;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Starts Apache Kafka's tools on the JDK that runs the bench, with the heap that its scripts give
 * them and its clients' default settings, one at a time.
 */
public final class PerformanceTools implements AutoCloseable {
  public static final int RECORD_SIZE = 100;

  private static final String PACKAGE = "org.apache.kafka.tools.";
  private static final int LINES_SHOWN = 15;
  private static final int TENTH = 10;

  private final Path jars;
  private final long records;
  private final Consumer<String> progress;
  private Optional<Process> running = Optional.empty();

  /**
   * @param jars folder of Kafka's jars
   * @param records that each run sends or receives
   * @param progress takes each line that a tool prints
   */
  public PerformanceTools(Path jars, long records, Consumer<String> progress) {
    this.jars = jars;
    this.records = records;
    this.progress = progress;
  }

  /** ProducerPerformance, as fast as it goes; the first tenth of the records is its warm-up. */
  public Map<Figure, Double> produce(InetSocketAddress broker, String topic)
      throws IOException, InterruptedException {
    List<String> lines =
        run(
            "ProducerPerformance",
            "--bootstrap-server",
            broker.getHostString() + ":" + broker.getPort(),
            "--topic",
            topic,
            "--num-records",
            Long.toString(records),
            "--warmup-records",
            Long.toString(records / TENTH),
            "--record-size",
            Integer.toString(RECORD_SIZE),
            "--throughput",
            "-1",
            "--reporting-interval",
            "1000");
    return ToolOutput.produced(lines).orElseThrow(() -> failure("ProducerPerformance", lines));
  }

  /** ConsumerPerformance on what {@link #produce} has put into the topic. */
  public Map<Figure, Double> consume(InetSocketAddress broker, String topic)
      throws IOException, InterruptedException {
    List<String> lines =
        run(
            "ConsumerPerformance",
            "--bootstrap-server",
            broker.getHostString() + ":" + broker.getPort(),
            "--topic",
            topic,
            "--num-records",
            Long.toString(records),
            "--timeout",
            "30000");
    return ToolOutput.consumed(lines).orElseThrow(() -> failure("ConsumerPerformance", lines));
  }

  private List<String> run(String tool, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-Duser.language=en", "-cp", jars.resolve("*").toString()));
    command.add(PACKAGE + tool);
    command.addAll(List.of(arguments));
    List<String> lines = new ArrayList<>();
    Process process = start(command);
    for (String line : (Iterable<String>) process.inputReader().lines()::iterator) {
      progress.accept(tool + ": " + line);
      lines.add(line);
    }
    if (process.waitFor() != 0) {
      throw failure(tool, lines);
    }
    return lines;
  }

  private synchronized Process start(List<String> command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    running = Optional.of(process);
    return process;
  }

  private static BenchException failure(String tool, List<String> lines) {
    int from = Math.max(0, lines.size() - LINES_SHOWN);
    return new BenchException(
        tool
            + " failed. Its last output:\n"
            + String.join("\n", lines.subList(from, lines.size())));
  }

  /** Ends a tool that still runs. */
  @Override
  public synchronized void close() {
    running.ifPresent(Process::destroyForcibly);
  }
}
