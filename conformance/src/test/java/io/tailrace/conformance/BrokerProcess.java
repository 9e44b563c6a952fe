package io.tailrace.conformance;

import io.tailrace.server.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/** A broker in a process of its own, started as the launcher starts it. */
final class BrokerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final Path output;

  /**
   * Starts one and waits until it serves.
   *
   * @param port where it listens, on the loopback address
   */
  BrokerProcess(int port, Path data, String... options) throws IOException {
    output = Files.createTempFile("tailrace-broker", ".out");
    ProcessBuilder builder =
        new ProcessBuilder(command(port, data, options).words())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    process = builder.start();
    Awaitility.await("the broker serves")
        .atMost(START_LIMIT)
        .until(() -> !process.isAlive() || isServing(port));
    if (!process.isAlive()) {
      throw new IllegalStateException("the broker ended: " + output());
    }
  }

  /** The command that starts a broker, to be run for tests of starts that fail. */
  static Command command(int port, Path data, String... options) {
    return Command.java(Main.class)
        .with("start", "--listen", "127.0.0.1:" + port, "--data", data.toString())
        .with(options);
  }

  private boolean isServing(int port) throws IOException {
    return output().contains("127.0.0.1:" + port);
  }

  long pid() {
    return process.pid();
  }

  /** What it has printed. */
  String output() throws IOException {
    return Files.readString(output);
  }

  /** Ends it in the way that leaves it no time for anything: SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }

  /** Ends it in the orderly way: SIGTERM. */
  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IllegalStateException("the broker does not stop: " + output());
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException(e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  /** A port that nobody listens on now. */
  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
