package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A broker as a library: started, used and closed inside this JVM. */
class BrokerEmbeddingTest {
  @TempDir Path folder;

  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .collect(Collectors.toSet());
  }

  /** What this process holds open below a folder, and its sockets; empty where /proc is not. */
  private static List<String> openFiles(Path below) throws IOException {
    Path descriptors = Path.of("/proc/self/fd");
    if (!Files.isDirectory(descriptors)) {
      return List.of();
    }
    try (Stream<Path> all = Files.list(descriptors)) {
      return all.map(BrokerEmbeddingTest::target)
          .filter(it -> it.startsWith(below.toString()) || it.startsWith("socket:"))
          .sorted()
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // the one the listing itself used
    }
  }

  @Test
  void closingLeavesNothingBehind() throws IOException {
    useAndClose(); // The JDK keeps a socket of its own from the first use on.
    Set<Thread> threadsBefore = threads();
    List<String> filesBefore = openFiles(folder);
    useAndClose();
    await().untilAsserted(() -> assertThat(threadsBefore).containsAll(brokerThreads()));
    assertThat(openFiles(folder)).hasSameSizeAs(filesBefore);
  }

  private void useAndClose() throws IOException {
    Broker broker = Broker.builder().dataDirectory(folder.resolve("new/data")).port(0).start();
    int port = Integer.parseInt(broker.bootstrapServers().split(":")[1]);
    assertThat(broker.bootstrapServers()).isEqualTo("127.0.0.1:" + port);
    assertThat(broker.dataDirectories()).containsExactly(folder.resolve("new/data"));
    try (WireClient client = new WireClient(broker.bootstrapServers())) {
      client.call(TestBroker.newTopic("t", 5, "flush.messages", "1"), 7);
      for (int i = 0; i < 5; i++) {
        put(client, "t", i, batch("x"));
        get(client, "t", i, 0);
        Wire.offset(client, "t", i, 0, 7);
      }
      broker.close();
      assertThat(client.isClosedByBroker()).isTrue();
    }
    broker.close();
    try (ServerSocket again = new ServerSocket()) {
      again.setReuseAddress(true);
      again.bind(new InetSocketAddress("127.0.0.1", port));
    }
  }

  private static List<Thread> brokerThreads() {
    return threads().stream()
        .filter(it -> it.getName().matches("(tailrace|controller|log-).*"))
        .toList();
  }

  @Test
  void twoInOneJvm() throws IOException {
    try (TestBroker one = TestBroker.start(folder.resolve("1"));
        TestBroker two = TestBroker.start(folder.resolve("2"))) {
      WireClient first = one.connect();
      WireClient second = two.connect();
      one.createTopic(first, "t", 1);
      assertThat(put(second, "t", 0, batch("x")).errorCode()).isNotZero();
      two.createTopic(second, "t", 1);
      put(first, "t", 0, batch("one"));
      put(second, "t", 0, batch("two"));
      assertThat(values(get(first, "t", 0, 0))).containsExactly("0:one");
      one.broker().close();
      assertThat(values(get(second, "t", 0, 0))).containsExactly("0:two");
    }
  }

  @Test
  void dataOutlivesTheBroker() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (TestBroker broker = TestBroker.start(folder)) {
        WireClient client = broker.connect();
        if (i == 0) {
          broker.createTopic(client, "t", 1, "max.message.bytes", "500");
        }
        assertThat(put(client, "t", 0, batch("v" + i)).baseOffset()).isEqualTo(i);
        assertThat(values(get(client, "t", 0, 0))).hasSize(i + 1).endsWith(i + ":v" + i);
        assertThat(put(client, "t", 0, batch("x".repeat(500))).errorCode()).isNotZero();
      }
    }
  }

  /** The files of a broker that was never closed are what a killed one leaves. */
  @Test
  void aKilledBrokerLosesNothing() throws IOException {
    Path copy = folder.resolve("copy");
    try (TestBroker killed = TestBroker.start(folder.resolve("killed"))) {
      WireClient client = killed.connect();
      killed.createTopic(client, "t", 2);
      killed.createTopic(client, "synced", 1, "flush.messages", "1");
      for (int i = 0; i < 20; i++) {
        put(client, "t", i % 2, batch("v" + i));
        put(client, "synced", 0, Wire.idempotent(9, 0, i, "v" + i));
      }
      copy(folder.resolve("killed"), copy);
    }
    try (TestBroker broker = TestBroker.start(copy)) {
      WireClient client = broker.connect();
      // Partitions are served one by one as their recovery ends.
      await().until(() -> get(client, "t", 0, 0).errorCode() == 0);
      await().until(() -> get(client, "t", 1, 0).errorCode() == 0);
      assertThat(values(get(client, "t", 0, 0))).hasSize(10).endsWith("9:v18");
      assertThat(Wire.offset(client, "t", 1, -1, 7).offset()).isEqualTo(10);
      await().until(() -> values(get(client, "synced", 0, 0)).size() == 20);
      assertThat(put(client, "synced", 0, Wire.idempotent(9, 0, 19, "v19")).baseOffset())
          .isEqualTo(19);
      assertThat(put(client, "t", 0, batch("next")).baseOffset()).isEqualTo(10);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }

  @Test
  void anInterruptedCallerClosesInOrder() throws IOException {
    Broker broker = Broker.builder().dataDirectory(folder).port(0).start();
    try (WireClient client = new WireClient(broker.bootstrapServers())) {
      client.call(TestBroker.newTopic("t", 1), 7);
      put(client, "t", 0, batch("x"));
    }
    Thread.currentThread().interrupt();
    broker.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(folder.resolve(".kafka_cleanshutdown")).exists();
  }
}
