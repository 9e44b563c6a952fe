package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.conformance.Command.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What stops a start, between processes: the message says what is wrong, where, what to do. */
class StartFailureTest {
  @TempDir private Path folder;
  private int port;

  @BeforeEach
  void choosePort() throws Exception {
    port = BrokerProcess.freePort();
  }

  @Test
  void aPortOrAFolderThatAnotherBrokerHolds() throws Exception {
    Path data = folder.resolve("first");
    try (BrokerProcess first = new BrokerProcess(port, data)) {
      assertRefused(
          BrokerProcess.command(port, folder.resolve("second")).result(),
          "port " + port + " is in use",
          "--listen");
      assertRefused(
          BrokerProcess.command(BrokerProcess.freePort(), data).result(),
          data.toString(),
          "in use",
          "process " + first.pid(),
          "--data");
      assertThat(first.output()).doesNotContain("ERROR");
    }
  }

  @Test
  void aFolderIsFreeAfterItsBrokerWasKilled() throws Exception {
    new BrokerProcess(port, folder).kill();
    new BrokerProcess(port, folder).close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "version=7\\nnode.id=1\\ncluster.id=abc | version",
        "version=1\\nnode.id=2\\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA\\ndirectory.id=BBBBBBBBBBBBBBBBBBBBBB"
            + " | node 2, and node.id is 1",
        "version=1\\nnode.id=one\\ncluster.id=AAAAAAAAAAAAAAAAAAAAAA | node.id",
        "no properties at all | version",
      })
  void aForeignOrBrokenMetaProperties(String content, String complaint) throws Exception {
    Path file = Files.writeString(folder.resolve("meta.properties"), content.replace("\\n", "\n"));
    assertRefused(BrokerProcess.command(port, folder).result(), "meta.properties", complaint);
    assertThat(file).hasContent(content.replace("\\n", "\n"));
  }

  /** The start ended with code 1 and a message of a line or a few, no stack trace. */
  private static void assertRefused(Result start, String... parts) {
    assertThat(start.exitCode()).as("%s", start).isOne();
    assertThat(start.err()).startsWith("tailrace: ").contains(parts).doesNotContain("\tat ");
    assertThat(start.err().lines().count()).isLessThan(4);
  }
}
