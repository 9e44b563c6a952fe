package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients see of a disk that fails or is full. */
class DiskFailureTest {
  private final SimDisk disk = new SimDisk();
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    Environment environment = new Environment(Clock.system(), disk, new SeededRandomness(1));
    broker = TestBroker.start(environment, Path.of("/data"));
    broker.expectErrors();
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private void fail(String operation, String folder, DiskFault fault) {
    disk.setFaults((number, called, path) ->
        called.equals(operation) && path.toString().contains(folder) ? fault : null);
  }

  @Test
  void aFailedSyncIsNeverAcknowledged() throws IOException {
    broker.createTopic(client, "t", 2, "flush.messages", "1");
    put(client, "t", 0, batch("good"));
    fail("sync", "t-0", DiskFault.IO_ERROR);
    assertThat(error(put(client, "t", 0, batch("lost")).errorCode()))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    disk.setFaults(null);
    assertThat(error(put(client, "t", 0, batch("later")).errorCode()))
        .as("a sync that would succeed now says nothing of the pages that were lost")
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:good");
    assertThat(put(client, "t", 1, batch("neighbour")).baseOffset()).isZero();
  }

  @Test
  void aFailedWriteTakesThePartitionOffline() throws IOException {
    broker.createTopic(client, "t", 2);
    put(client, "t", 0, batch("good"));
    fail("write", "t-0", DiskFault.SHORT_WRITE);
    assertThat(error(put(client, "t", 0, batch("lost")).errorCode()))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    disk.setFaults(null);
    assertThat(error(put(client, "t", 0, batch("later")).errorCode()))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:good");
    assertThat(put(client, "t", 1, batch("neighbour")).baseOffset()).isZero();
  }

  @Test
  void aFullDiskRefusesUntilThereIsRoom() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("good"));
    disk.setCapacity(0);
    ErrorCode full = error(put(client, "t", 0, batch("no room")).errorCode());
    assertThat(full).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(full.retriable()).isTrue();
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:good");
    disk.setCapacity(Long.MAX_VALUE);
    assertThat(put(client, "t", 0, batch("room again")).baseOffset()).isEqualTo(1);
    broker.createTopic(client, "u", 1);
  }

  @Test
  void onAFullDiskTopicsCanBeMadeAndDeleted() throws IOException {
    broker.createTopic(client, "t", 1);
    // The answer may be quicker than the room that is kept for such changes.
    broker.createTopic(client, "old", 1);
    disk.setCapacity(0);
    broker.createTopic(client, "new", 1);
    DeleteTopicsResponse deleted =
        client.call(new DeleteTopicsRequest().topicNames(List.of("old")).timeoutMs(10_000), 5);
    assertThat(error(deleted.responses().getFirst().errorCode())).isEqualTo(ErrorCode.NONE);
    assertThat(error(put(client, "new", 0, batch("no room")).errorCode()))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    disk.setCapacity(Long.MAX_VALUE);
    assertThat(put(client, "new", 0, batch("room")).baseOffset()).isZero();
  }

  @Test
  void aFullDiskRefusesCommitsUntilThereIsRoom() throws IOException {
    broker.createTopic(client, "t", 1);
    disk.setCapacity(0);
    client.call(new FindCoordinatorRequest().key("g"), 3);
    assertThat(commit(1))
        .as("no room for the state of groups")
        .isIn(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ErrorCode.COORDINATOR_NOT_AVAILABLE);
    disk.setCapacity(Long.MAX_VALUE);
    Awaitility.await().until(() -> commit(2) == ErrorCode.NONE);
    disk.setCapacity(0);
    assertThat(commit(3)).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    disk.setCapacity(Long.MAX_VALUE);
    assertThat(commit(4)).isEqualTo(ErrorCode.NONE);
  }

  private ErrorCode commit(long offset) throws IOException {
    OffsetCommitRequest request =
        new OffsetCommitRequest()
            .groupId("g")
            .generationIdOrMemberEpoch(-1)
            .topics(
                List.of(
                    new OffsetCommitRequestTopic()
                        .name("t")
                        .partitions(
                            List.of(new OffsetCommitRequestPartition().committedOffset(offset)))));
    OffsetCommitResponse response = client.call(request, 8);
    return error(response.topics().getFirst().partitions().getFirst().errorCode());
  }

  @Test
  void aLogThatCantBeOpenedHarmsNoOther() throws IOException {
    broker.createTopic(client, "t", 2);
    fail("open", "t-0", DiskFault.IO_ERROR);
    assertThat(error(put(client, "t", 0, batch("x")).errorCode()))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(error(get(client, "t", 0, 0).errorCode())).isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(error(Wire.offset(client, "t", 0, -1, 7).errorCode()))
        .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR);
    assertThat(put(client, "t", 1, batch("neighbour")).baseOffset()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 100_000})
  void aReadThatFailsWhileItIsSentClosesTheConnection(int bytes) throws IOException {
    String value = "x".repeat(bytes);
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch(value));
    disk.setFaults(
        (number, operation, path) -> isReadOf(operation, path) ? DiskFault.IO_ERROR : null);
    WireClient reader = broker.connect();
    reader.send(Wire.fetch("t", Wire.from(0, 0)), Wire.FETCH);
    assertThatThrownBy(reader::receive).isInstanceOf(IOException.class);
    disk.setFaults(null);
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:" + value);
  }

  /** Small records are read, larger ones transferred. */
  private static boolean isReadOf(String operation, Path path) {
    return path.endsWith("t-0/00000000000000000000.log")
        && (operation.equals("read") || operation.equals("transferTo"));
  }

  @Test
  void noSliceStaysOpen() throws IOException {
    broker.createTopic(client, "t", 3);
    for (int i = 0; i < 3; i++) {
      put(client, "t", i, batch("x".repeat(1000)));
    }
    int before = disk.openFiles();
    for (int i = 0; i < 20; i++) {
      try (WireClient reader = new WireClient(broker.broker().bootstrapServers())) {
        reader.send(
            Wire.fetch("t", Wire.from(0, 0), Wire.from(1, 0), Wire.from(2, 9)).maxWaitMs(1000),
            Wire.FETCH);
        reader.send(Wire.fetch("t", Wire.from(0, 0)).minBytes(5000).maxWaitMs(1), Wire.FETCH);
      }
    }
    assertThat(disk.openFiles()).isLessThanOrEqualTo(before);
    broker.broker().close();
    assertThat(disk.openFiles()).isZero();
  }
}
