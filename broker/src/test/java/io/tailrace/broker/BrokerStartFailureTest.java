package io.tailrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tailrace.broker.config.ConfigException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker that can't start says why, and leaves things as they were. */
class BrokerStartFailureTest {
  @TempDir Path folder;

  @AfterEach
  void noThreadIsLeft() {
    await()
        .untilAsserted(() ->
            assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(it -> it.matches("(tailrace|controller|log-).*")));
  }

  private static Broker.Builder builder(Path data) {
    return Broker.builder().dataDirectory(data).port(0);
  }

  /** Every file below a folder, with its content. */
  private static Map<String, String> files(Path below) throws IOException {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.walk(below)) {
      for (Path file : all.toList()) {
        String content =
            Files.isDirectory(file)
                ? "folder"
                : Files.readString(file, StandardCharsets.ISO_8859_1);
        files.put(file.toString(), content);
      }
    }
    return files;
  }

  @Test
  void portInUse() throws IOException {
    Path data = folder.resolve("data");
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      assertThatThrownBy(() -> builder(data).port(other.getLocalPort()).start())
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining("port " + other.getLocalPort() + " is in use");
    }
    assertThat(data).doesNotExist();
    builder(data).start().close();
  }

  @Test
  void folderHeldByAnotherBroker() {
    try (Broker holder = builder(folder).start()) {
      assertThatThrownBy(() -> builder(folder).start())
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining(folder + " is in use by another broker");
      assertThat(holder.bootstrapServers()).isNotEmpty();
    }
    builder(folder).start().close();
  }

  @Test
  void folderOfAnotherNode() throws IOException {
    builder(folder).property("node.id", "3").start().close();
    Map<String, String> before = files(folder);
    assertThatThrownBy(() -> builder(folder).property("node.id", "4").start())
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("meta.properties is of the node 3, and node.id is 4");
    assertThat(files(folder)).isEqualTo(before);
  }

  @Test
  void brokenMetaProperties() throws IOException {
    for (String content : new String[] {"", "version=7\n", "\\u12", "version=1\nnode.id=x\n"}) {
      Files.writeString(folder.resolve("meta.properties"), content);
      Map<String, String> before = files(folder);
      assertThatThrownBy(() -> builder(folder).start())
          .as(content)
          .isInstanceOf(BrokerStartException.class)
          .hasMessageContaining("meta.properties");
      assertThat(files(folder)).isEqualTo(before);
    }
  }

  /** Such as a home folder with a {@code jdk-25} in it. */
  @Test
  void folderThatIsNoDataFolder() throws IOException {
    Files.createDirectories(folder.resolve("jdk-25/bin"));
    Map<String, String> before = files(folder);
    assertThatThrownBy(() -> builder(folder).start())
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("holds logs but no meta.properties");
    assertThat(files(folder)).isEqualTo(before);
  }

  @Test
  void folderThatIsAFile() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "content");
    assertThatThrownBy(() -> builder(file).start())
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining(file + " is a file, not a folder");
    assertThatThrownBy(() -> builder(file.resolve("below")).start())
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent("content");
  }

  @Test
  void settingsOfNoValue() {
    assertThatThrownBy(() -> builder(folder).property("num.partitions", "many").start())
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("num.partitions");
    assertThatThrownBy(() ->
            builder(folder).property("listeners", "PLAINTEXT://no.such.host.invalid:0").start())
        .isInstanceOf(BrokerStartException.class)
        .hasMessageContaining("no.such.host.invalid");
    assertThat(folder).isEmptyDirectory();
  }
}
