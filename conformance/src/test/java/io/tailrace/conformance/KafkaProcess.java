package io.tailrace.conformance;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;

/**
 * Apache Kafka itself, of the release whose tools the tests use, one node that is broker and
 * controller: to see what it does in the same situation.
 */
final class KafkaProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(60);

  private final Process process;

  /**
   * Starts one and waits until it serves.
   *
   * @param work for its configuration and output
   * @param data {@code log.dirs}
   * @param options more lines of its configuration
   */
  KafkaProcess(int port, Path work, Path data, String... options) throws Exception {
    Path config = work.resolve("server.properties");
    Files.writeString(config, properties(port, data) + String.join("\n", options) + "\n");
    if (!Files.exists(data.resolve("meta.properties"))) {
      kafka("kafka.tools.StorageTool", "256m")
          .with("format", "-t", "MkU3OEVBNTcwNTJENDM2Qg", "-c", config.toString())
          .run();
    }
    process = kafka("kafka.Kafka", "512m").with(config.toString()).start(work.resolve("output"));
    Awaitility.await("Kafka serves")
        .atMost(START_LIMIT)
        .ignoreExceptions()
        .until(() -> !process.isAlive() || isServing(port));
    if (!process.isAlive()) {
      throw new IllegalStateException(
          "Kafka ended: " + Files.readString(work.resolve("output"), StandardCharsets.UTF_8));
    }
  }

  private static String properties(int port, Path data) throws IOException {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%2$d
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    controller.listener.names=CONTROLLER
    log.dirs=%3$s
    offsets.topic.replication.factor=1
    """
        .formatted(port, BrokerProcess.freePort(), data);
  }

  private static Command kafka(String main, String heap) {
    return Command.of(Path.of(System.getProperty("java.home"), "bin", "java").toString())
        .with("-Xmx" + heap, "-cp", System.getProperty("java.class.path"), main);
  }

  private static boolean isServing(int port) throws Exception {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            "127.0.0.1:" + port,
            "default.api.timeout.ms",
            2_000,
            "request.timeout.ms",
            1_000);
    try (Admin admin = Admin.create(settings)) {
      return !admin.describeCluster().nodes().get().isEmpty();
    }
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException(e);
    }
  }
}
