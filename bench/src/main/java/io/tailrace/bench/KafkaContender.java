package io.tailrace.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Apache Kafka with its default configuration and the JVM options that it ships with, one node that
 * is broker and controller, on the JDK that runs the bench.
 *
 * @param jars folder of its jars
 * @param mostIdlePartitions each maps index files of 10 MB, and a process may have 65,530 mappings
 */
record KafkaContender(Path jars, int mostIdlePartitions) implements Contender {
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
  private static final String LOGGING = "kafka-log4j2.properties";

  @Override
  public String name() {
    return "kafka";
  }

  @Override
  public BrokerProcess start(Path folder) throws IOException, InterruptedException {
    InetSocketAddress address = BrokerProcess.freeAddress();
    Path config = folder.resolve("server.properties");
    Files.writeString(config, properties(folder, address, BrokerProcess.freeAddress()));
    try (InputStream logging =
        Objects.requireNonNull(KafkaContender.class.getResourceAsStream(LOGGING))) {
      Files.copy(logging, folder.resolve(LOGGING), StandardCopyOption.REPLACE_EXISTING);
    }
    if (!Files.exists(folder.resolve("data"))) {
      format(folder, config);
    }
    List<String> command = java(folder, JVM_OPTIONS, "kafka.Kafka", config.toString());
    return new BrokerProcess(name(), address, folder, command);
  }

  private static String properties(
      Path folder, InetSocketAddress broker, InetSocketAddress controller) {
    return """
    process.roles=broker,controller
    node.id=1
    controller.quorum.voters=1@%2$s
    listeners=PLAINTEXT://%1$s,CONTROLLER://%2$s
    advertised.listeners=PLAINTEXT://%1$s
    controller.listener.names=CONTROLLER
    inter.broker.listener.name=PLAINTEXT
    log.dirs=%3$s
    offsets.topic.replication.factor=1
    transaction.state.log.replication.factor=1
    transaction.state.log.min.isr=1
    share.coordinator.state.topic.replication.factor=1
    share.coordinator.state.topic.min.isr=1
    group.initial.rebalance.delay.ms=0
    log.segment.delete.delay.ms=%4$d
    """
        .formatted(
            hostAndPort(broker), hostAndPort(controller), folder.resolve("data"), DELETE_DELAY_MS);
  }

  private static String hostAndPort(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  private void format(Path folder, Path config) throws IOException, InterruptedException {
    List<String> tool = List.of("format", "-t", clusterId(), "-c", config.toString());
    List<String> command =
        java(folder, List.of("-Xmx256m"), "kafka.tools.StorageTool", tool.toArray(String[]::new));
    Path output = folder.resolve("format.txt");
    int status =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start()
            .waitFor();
    if (status != 0) {
      throw new BenchException(
          "Kafka's format ended with " + status + ":\n" + Files.readString(output));
    }
  }

  private List<String> java(Path folder, List<String> options, String main, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.add("-Dlog4j2.configurationFile=" + folder.resolve(LOGGING));
    command.addAll(List.of("-cp", jars.resolve("*").toString(), main));
    command.addAll(List.of(arguments));
    return command;
  }

  /** A random UUID in Kafka's spelling. */
  private static String clusterId() {
    UUID id = UUID.randomUUID();
    byte[] bytes =
        ByteBuffer.allocate(2 * Long.BYTES)
            .putLong(id.getMostSignificantBits())
            .putLong(id.getLeastSignificantBits())
            .array();
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
