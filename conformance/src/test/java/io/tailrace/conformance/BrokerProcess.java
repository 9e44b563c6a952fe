package io.tailrace.conformance;

import io.tailrace.server.Main;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.awaitility.Awaitility;

/** A broker in a process of its own, started as the launcher starts it. */
final class BrokerProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(5);

  /** Starts a process that prints to a file. */
  private interface Start {
    Process into(Path output) throws IOException;
  }

  private final Process process;
  private final Path output;

  /**
   * Starts one and waits until it serves.
   *
   * @param port where it listens, on the loopback address
   */
  BrokerProcess(int port, Path data, String... options) throws IOException {
    this(command(port, data, options), output -> output.contains("127.0.0.1:" + port));
  }

  /**
   * Starts any broker and waits until it serves.
   *
   * @param serves tells that from what it has printed
   */
  BrokerProcess(Command command, Predicate<String> serves) throws IOException {
    this(command::start, serves);
  }

  /** Starts one under another command, such as a tracer. */
  BrokerProcess(int port, List<String> command) throws IOException {
    this(
        output ->
            new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start(),
        output -> output.contains("127.0.0.1:" + port));
  }

  private BrokerProcess(Start start, Predicate<String> serves) throws IOException {
    output = Files.createTempFile("tailrace-broker", ".out");
    process = start.into(output);
    Awaitility.await("the broker serves")
        .atMost(START_LIMIT)
        .pollInterval(BETWEEN_LOOKS)
        .until(() -> !process.isAlive() || serves.test(output()));
    if (!process.isAlive()) {
      throw new IllegalStateException("the broker ended: " + output());
    }
  }

  /** The command that starts a broker, to be run for tests of starts that fail. */
  static Command command(int port, Path data, String... options) {
    return start(Command.java(Main.class), port, data, options);
  }

  /** The same in a JVM with these options. */
  static Command command(List<String> jvmOptions, int port, Path data, String... options) {
    return start(Command.java(jvmOptions, Main.class), port, data, options);
  }

  private static Command start(Command java, int port, Path data, String... options) {
    return java.with("start", "--listen", "127.0.0.1:" + port, "--data", data.toString())
        .with(options);
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** What it has printed; gone with {@link #kill} and {@link #close}. */
  String output() throws IOException {
    return Files.readString(output);
  }

  /** Ends it in the way that leaves it no time for anything: SIGKILL. */
  void kill() throws IOException, InterruptedException {
    process.destroyForcibly().waitFor();
    Files.deleteIfExists(output);
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
