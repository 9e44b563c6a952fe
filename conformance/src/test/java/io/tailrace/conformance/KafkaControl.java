package io.tailrace.conformance;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import kafka.Kafka;
import org.apache.kafka.common.Uuid;

/**
 * Apache Kafka with its default configuration and the JVM options that it ships with, one node that
 * is broker and controller: what tests of a broker's worst days are compared with.
 */
final class KafkaControl {
  private static final List<String> JVM_OPTIONS =
      List.of(
          "-server",
          "-Xms1g",
          "-Xmx1g",
          "-XX:+UseG1GC",
          "-XX:MaxGCPauseMillis=20",
          "-XX:InitiatingHeapOccupancyPercent=35",
          "-XX:+ExplicitGCInvokesConcurrent",
          "-Djava.awt.headless=true");

  private KafkaControl() {}

  /**
   * Starts one, and formats its folder if it is new; waits until it takes connections.
   *
   * @param more lines of its configuration, which displace others
   */
  static BrokerProcess start(int port, Path folder, String... more)
      throws IOException, InterruptedException {
    Path config = folder.resolve("server.properties");
    if (!Files.exists(config)) {
      String properties = properties(folder, port, BrokerProcess.freePort());
      Files.writeString(config, properties + String.join("\n", more));
      Command.java(List.of("-Xmx256m"), kafka.tools.StorageTool.class)
          .with("format", "-t", Uuid.randomUuid().toString(), "-c", config.toString())
          .run();
    }
    return new BrokerProcess(
        Command.java(JVM_OPTIONS, Kafka.class).with(config.toString()), output -> listens(port));
  }

  private static boolean listens(int port) {
    try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return probe.isConnected();
    } catch (ConnectException e) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String properties(Path folder, int port, int controllerPort) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@127.0.0.1:%2$d
    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
    controller.listener.names=CONTROLLER
    inter.broker.listener.name=PLAINTEXT
    log.dirs=%3$s
    offsets.topic.replication.factor=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    group.initial.rebalance.delay.ms=0
    """
        .formatted(port, controllerPort, folder.resolve("data"));
  }
}
