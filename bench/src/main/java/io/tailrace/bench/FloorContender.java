package io.tailrace.bench;

import io.tailrace.bench.floor.FloorServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The {@link FloorServer}, on the JDK that runs the bench and with Tailrace's own JVM options. */
record FloorContender() implements Contender {

  @Override
  public String name() {
    return "floor";
  }

  @Override
  public BrokerProcess start(Path folder) throws IOException {
    InetSocketAddress address = BrokerProcess.freeAddress();
    Path data = Files.createDirectories(folder.resolve("data"));
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms32m",
            "-Xmx512m",
            "-XX:+UseSerialGC",
            "-XX:-UsePerfData",
            "-cp",
            absolute(System.getProperty("java.class.path")),
            FloorServer.class.getName(),
            Integer.toString(address.getPort()),
            data.toString());
    return new BrokerProcess(name(), address, folder, command);
  }

  /** The server runs in another folder than the bench. */
  private static String absolute(String classPath) {
    List<String> paths =
        List.of(classPath.split(java.io.File.pathSeparator)).stream()
            .map(path -> Path.of(path).toAbsolutePath().toString())
            .toList();
    return String.join(java.io.File.pathSeparator, paths);
  }

  /** It forgets everything when it ends. */
  @Override
  public int mostIdlePartitions() {
    return 0;
  }
}
