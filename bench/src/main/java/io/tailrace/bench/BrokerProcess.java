package io.tailrace.bench;

import io.tailrace.bench.load.Admin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A broker that the run has started, and ends. */
final class BrokerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration END_LIMIT = Duration.ofMinutes(3);
  private static final long MS_BETWEEN_PROBES = 1;
  private static final long STOP_LIMIT_SECONDS = 15;
  private static final int OUTPUT_LINES_SHOWN = 15;

  private final String name;
  private final InetSocketAddress address;
  private final Path output;
  private final long startedNs;
  private final Process process;

  /**
   * Runs {@code command} in {@code folder}, its output in a file there.
   *
   * @param address where it is going to listen
   */
  BrokerProcess(String name, InetSocketAddress address, Path folder, List<String> command)
      throws IOException {
    this.name = name;
    this.address = address;
    this.output = folder.resolve("output.txt");
    this.startedNs = System.nanoTime();
    this.process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
  }

  InetSocketAddress address() {
    return address;
  }

  /**
   * Waits until the broker answers an ApiVersions request.
   *
   * @return the time since it was started
   */
  Duration awaitFirstAnswer() throws InterruptedException {
    while (true) {
      try (Admin admin = new Admin(address)) {
        admin.apiVersions();
        return sinceStart();
      } catch (IOException e) {
        if (!process.isAlive()) {
          throw failure("ended with status " + process.exitValue());
        }
        if (sinceStart().compareTo(START_LIMIT) > 0) {
          throw failure("has not answered for " + START_LIMIT.toSeconds() + " s (" + e + ")");
        }
        Thread.sleep(MS_BETWEEN_PROBES);
      }
    }
  }

  Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - startedNs);
  }

  private BenchException failure(String what) {
    return new BenchException(name + " " + what + ". Its last output:\n" + lastOutput());
  }

  private String lastOutput() {
    try {
      List<String> lines =
          new String(Files.readAllBytes(output), StandardCharsets.UTF_8).lines().toList();
      int from = Math.max(0, lines.size() - OUTPUT_LINES_SHOWN);
      return String.join("\n", lines.subList(from, lines.size()));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /**
   * Ends it with SIGTERM and waits for it.
   *
   * @throws BenchException if it takes too long
   */
  void end() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(END_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      throw failure("has not ended for " + END_LIMIT.toSeconds() + " s after SIGTERM");
    }
  }

  /** Ends it at once, as {@code kill -9} does, and waits until it is gone. */
  void kill() throws InterruptedException {
    List<ProcessHandle> started = process.descendants().toList();
    started.forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().waitFor();
  }

  /** Ends it in the orderly way, or the other; what a launcher started included. */
  @Override
  public void close() {
    List<ProcessHandle> all =
        process.descendants().collect(Collectors.toCollection(ArrayList::new));
    all.add(process.toHandle());
    all.forEach(ProcessHandle::destroy);
    for (ProcessHandle handle : all) {
      try {
        handle.onExit().get(STOP_LIMIT_SECONDS, TimeUnit.SECONDS);
      } catch (Exception e) {
        handle.destroyForcibly();
      }
    }
  }

  /** A port of the loopback address that nobody listens on now. */
  static InetSocketAddress freeAddress() throws IOException {
    InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
    try (ServerSocket probe = new ServerSocket(0, 1, loopback)) {
      return new InetSocketAddress(loopback, probe.getLocalPort());
    }
  }
}
