package io.tailrace.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Tailrace with its default configuration, started as a user starts it; but a group's first
 * rebalance begins at once, as with the configuration that Kafka ships.
 *
 * @param launcher the {@code tailrace} script
 */
record TailraceContender(Path launcher) implements Contender {

  /** The launcher of the source tree that this jar was built in. */
  static Path ownLauncher() {
    Path jar;
    try {
      jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a jar without a path", e);
    }
    for (Path folder = jar; folder != null; folder = folder.getParent()) {
      if (Files.isExecutable(folder.resolve("tailrace"))) {
        return folder.resolve("tailrace");
      }
    }
    throw new BenchException(
        "no tailrace launcher above "
            + jar
            + ": give its path with --tailrace, or a running broker with --bootstrap");
  }

  @Override
  public String name() {
    return "tailrace";
  }

  @Override
  public BrokerProcess start(Path folder) throws IOException {
    InetSocketAddress address = BrokerProcess.freeAddress();
    List<String> command =
        List.of(
            launcher.toString(),
            "start",
            "--listen",
            address.getHostString() + ":" + address.getPort(),
            "--data",
            folder.resolve("data").toString(),
            "-o",
            "log.segment.delete.delay.ms=" + DELETE_DELAY_MS,
            "-o",
            "group.initial.rebalance.delay.ms=0");
    return new BrokerProcess(name(), address, folder, command);
  }
}
