package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the controller answers when the disk does not do its work. */
class ControllerFaultTest {
  private static final Path DIRECTORY = Path.of("/data").toAbsolutePath();
  private final SimDisk disk = new SimDisk();
  private final Environment environment =
      new Environment(new SimClock(1), disk, new SeededRandomness(3));

  private Node started() throws Exception {
    Node node = Node.start(DIRECTORY, environment);
    node.registerBroker();
    node.create(topic("before"));
    return node;
  }

  private void failNext(String operation, DiskFault fault) {
    boolean[] failed = {false};
    disk.setFaults((number, called, path) -> {
      boolean hit = !failed[0] && called.equals(operation);
      failed[0] |= hit;
      return hit ? fault : null;
    });
  }

  @Test
  void aFullDiskRefusesOneChangeOnly() throws Exception {
    try (Node node = started()) {
      failNext("write", DiskFault.NO_SPACE);
      ClusterImage before = node.controller.image();
      assertThat(node.create(topic("full"))).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
      assertThat(node.controller.image()).isSameAs(before);
      assertThat(node.create(topic("after"))).isEqualTo(ErrorCode.NONE);
    }
    disk.kill();
    try (Node node = Node.start(DIRECTORY, environment)) {
      assertThat(node.controller.image().topic("full")).isNull();
      assertThat(node.controller.image().topic("after")).isNotNull();
    }
  }

  @Test
  void nothingIsAcceptedAfterAFailedSync() throws Exception {
    refusesAllAfter("sync");
  }

  @Test
  void nothingIsAcceptedAfterAFailedWrite() throws Exception {
    refusesAllAfter("write");
  }

  private void refusesAllAfter(String operation) throws Exception {
    Node node = started();
    ClusterImage before = node.controller.image();
    int heard = node.heard.size();
    failNext(operation, DiskFault.IO_ERROR);
    for (String name : List.of("first", "second", "before")) {
      CreateTopicsRequest request = new CreateTopicsRequest().topics(List.of(topic(name)));
      CreateTopicsResponse response = node.controller.createTopics(request, (short) 7).join();
      assertThat(ErrorCode.forCode(response.topics().getFirst().errorCode()))
          .as(name)
          .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
      assertThat(response.topics().getFirst().errorMessage())
          .contains(MetadataLog.NAME, "until the broker is restarted");
    }
    assertThat(node.controller.image()).as("what is published is durable").isSameAs(before);
    assertThat(node.heard).hasSize(heard);
    node.abandon();
    disk.kill();
    try (Node again = Node.start(DIRECTORY, environment)) {
      assertThat(again.controller.image().topic("before")).isNotNull();
      assertThat(again.controller.image().topic("second")).isNull();
      again.registerBroker();
      assertThat(again.create(topic("third"))).isEqualTo(ErrorCode.NONE);
    }
  }
}
