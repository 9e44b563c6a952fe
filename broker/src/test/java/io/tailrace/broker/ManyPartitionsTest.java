package io.tailrace.broker;

import static io.tailrace.broker.Wire.appended;
import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.data;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ProduceRequest;
import io.tailrace.protocol.message.ProduceRequest.PartitionProduceData;
import io.tailrace.protocol.message.ProduceRequest.TopicProduceData;
import io.tailrace.protocol.message.ProduceResponse;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What partitions cost that nobody uses, in calls to the disk. */
class ManyPartitionsTest {
  private static final Path FOLDER = Path.of("/data");
  private static final int PARTITIONS = 2_000;

  private final SimDisk disk = new SimDisk();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  private TestBroker start() {
    return TestBroker.start(new Environment(Clock.system(), disk, new SeededRandomness(1)), FOLDER);
  }

  /** Notes each call to the disk from now on. */
  private void watchDisk() {
    calls.clear();
    disk.setFaults((number, operation, path) -> {
      calls.add(operation + " " + path);
      return null;
    });
  }

  /** A record in each partition, so that each has a folder. */
  private static void fill(WireClient client, String topic) throws IOException {
    List<PartitionProduceData> partitions = new ArrayList<>();
    for (int i = 0; i < PARTITIONS; i++) {
      partitions.add(data(i, batch("v" + i)));
    }
    ProduceRequest request =
        new ProduceRequest()
            .acks((short) -1)
            .timeoutMs(10_000)
            .topicData(List.of(new TopicProduceData().name(topic).partitionData(partitions)));
    ProduceResponse response = client.call(request, Wire.PRODUCE);
    assertThat(response.responses().getFirst().partitionResponses())
        .hasSize(PARTITIONS)
        .allMatch(it -> it.errorCode() == ErrorCode.NONE.code());
  }

  @Test
  void cleanStopAndStartTouchNoPartition() throws IOException {
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      broker.createTopic(client, "many", PARTITIONS);
      fill(client, "many");
    }
    watchDisk();
    try (TestBroker broker = start()) {
      assertThat(disk.openFiles()).as("the metadata log is open").isLessThanOrEqualTo(1);
      assertThat(calls).hasSizeLessThan(100).noneMatch(it -> it.contains("many-"));
      calls.clear();
      assertThat(values(get(broker.connect(), "many", 1_999, 0))).containsExactly("0:v1999");
      assertThat(calls).allMatch(it -> !it.contains("many-") || it.contains("many-1999"));
      calls.clear();
    }
    assertThat(calls).hasSizeLessThan(100);
    assertThat(calls).allMatch(it -> !it.contains("many-") || it.contains("many-1999"));
  }

  @Test
  void newPartitionsTouchNoDiskButTheMetadataLog() throws IOException {
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      watchDisk();
      broker.createTopic(client, "many", PARTITIONS);
      assertThat(calls).hasSizeLessThan(10).allMatch(it -> it.contains("__cluster_metadata-0"));
    }
  }

  @Test
  void aFolderThatCameMeanwhileIsSetAside() throws IOException {
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      broker.createTopic(client, "mine", 1);
      put(client, "mine", 0, batch("v"));
    }
    disk.createDirectories(FOLDER.resolve("stranger-0"));
    disk.createDirectories(FOLDER.resolve("mine-1"));
    try (TestBroker broker = start()) {
      assertThat(values(get(broker.connect(), "mine", 0, 0))).containsExactly("0:v");
    }
    assertThat(disk.list(FOLDER))
        .extracting(it -> it.getFileName().toString().replaceFirst("[0-9a-f]{32}", "ID"))
        .contains("stranger-0.ID-stray", "mine-1.ID-stray", "mine-0");
  }

  /** After a clean stop the start does not look, so the first use must. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theDataOfAnotherTopicIsNotServed(boolean clean) throws IOException {
    Path metadata = FOLDER.resolve("t-0/partition.metadata");
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      broker.createTopic(client, "t", 1);
      put(client, "t", 0, batch("v"));
    }
    String other = "version: 0\ntopic_id: AAAAAAAAAAAAAAAAAAAAFQ";
    disk.replace(metadata, other.getBytes(StandardCharsets.UTF_8));
    long size = disk.size(FOLDER.resolve("t-0/00000000000000000000.log"));
    if (!clean) {
      disk.delete(FOLDER.resolve(".kafka_cleanshutdown"));
    }
    try (TestBroker broker = start()) {
      WireClient client = broker.connect();
      broker.expectErrors();
      assertThat(appended(client.call(Wire.produce(-1, "t", 0, batch("w")), Wire.PRODUCE)))
          .satisfies(it ->
              assertThat(ErrorCode.forCode(it.errorCode()))
                  .isEqualTo(ErrorCode.KAFKA_STORAGE_ERROR));
    }
    assertThat(disk.size(FOLDER.resolve("t-0/00000000000000000000.log"))).isEqualTo(size);
    assertThat(new String(((Disk) disk).readAll(metadata, 100), StandardCharsets.UTF_8))
        .isEqualTo(other);
  }
}
