package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Environment;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.DeleteRecordsRequest;
import io.tailrace.protocol.message.DeleteRecordsRequest.DeleteRecordsPartition;
import io.tailrace.protocol.message.DeleteRecordsRequest.DeleteRecordsTopic;
import io.tailrace.protocol.message.DeleteRecordsResponse;
import io.tailrace.protocol.message.DeleteRecordsResponse.DeleteRecordsPartitionResult;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeleteRecordsTest {
  private static final long EARLIEST = -2;

  private final SimDisk disk = new SimDisk();
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    Environment environment = new Environment(Clock.system(), disk, new SeededRandomness(1));
    broker = TestBroker.start(environment, Path.of("/data"));
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  /** In partition 0, 1, 2 … of a topic. */
  private List<DeleteRecordsPartitionResult> delete(String topic, long... offsets)
      throws IOException {
    DeleteRecordsTopic wanted =
        new DeleteRecordsTopic()
            .name(topic)
            .partitions(
                IntStream.range(0, offsets.length)
                    .mapToObj(
                        i -> new DeleteRecordsPartition().partitionIndex(i).offset(offsets[i]))
                    .toList());
    DeleteRecordsResponse response =
        client.call(new DeleteRecordsRequest().timeoutMs(10_000).topics(List.of(wanted)), 2);
    assertThat(response.topics()).singleElement().matches(it -> it.name().equals(topic));
    return response.topics().getFirst().partitions();
  }

  private void expect(String topic, ErrorCode expected, long lowWatermark, long... offsets)
      throws IOException {
    DeleteRecordsPartitionResult result = delete(topic, offsets).getFirst();
    assertThat(error(result.errorCode())).as(Arrays.toString(offsets)).isEqualTo(expected);
    assertThat(result.lowWatermark()).isEqualTo(lowWatermark);
  }

  @Test
  void raisesTheStartOfALog() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a", "b", "c"));
    put(client, "t", 0, batch("d", "e"));
    expect("t", ErrorCode.NONE, 0, 0);
    expect("t", ErrorCode.NONE, 2, 2);
    expect("t", ErrorCode.NONE, 2, 1);
    assertThat(error(get(client, "t", 0, 1).errorCode())).isEqualTo(ErrorCode.OFFSET_OUT_OF_RANGE);
    assertThat(values(get(client, "t", 0, 2))).contains("2:c", "4:e");
    assertThat(get(client, "t", 0, 2).logStartOffset()).isEqualTo(2);
    assertThat(Wire.offset(client, "t", 0, EARLIEST, 7).offset()).isEqualTo(2);
    expect("t", ErrorCode.OFFSET_OUT_OF_RANGE, -1, 6);
    expect("t", ErrorCode.OFFSET_OUT_OF_RANGE, -1, -2);
    expect("t", ErrorCode.NONE, 5, -1);
    assertThat(put(client, "t", 0, batch("f")).baseOffset()).isEqualTo(5);
    assertThat(values(get(client, "t", 0, 5))).containsExactly("5:f");
  }

  @Test
  void refusesWhatKafkaRefuses() throws IOException {
    broker.createTopic(client, "t", 1);
    broker.createTopic(client, "compacted", 1, "cleanup.policy", "compact");
    broker.createTopic(client, "both", 1, "cleanup.policy", "compact,delete");
    expect("compacted", ErrorCode.POLICY_VIOLATION, -1, 0);
    expect("both", ErrorCode.NONE, 0, -1);
    expect("none", ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, -1, 0);
    List<DeleteRecordsPartitionResult> results = delete("t", 0, 0);
    assertThat(results.get(0).errorCode()).isZero();
    assertThat(error(results.get(1).errorCode())).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }

  @Test
  void theAnsweredStartSurvivesAPowerLoss() throws IOException {
    broker.createTopic(client, "t", 3);
    for (int i = 0; i < 10; i++) {
      for (int partition = 0; partition < 3; partition++) {
        put(client, "t", partition, batch("a" + i, "b" + i));
      }
    }
    assertThat(delete("t", 7, -1, 2)).allMatch(it -> it.errorCode() == 0);
    broker.expectErrors();
    disk.setFaults((number, operation, path) -> DiskFault.IO_ERROR);
    broker.close();
    disk.crash(4711);
    start();
    assertThat(Wire.offset(client, "t", 0, EARLIEST, 7).offset()).isEqualTo(7);
    assertThat(Wire.offset(client, "t", 1, EARLIEST, 7).offset()).isEqualTo(20);
    assertThat(Wire.offset(client, "t", 2, EARLIEST, 7).offset()).isEqualTo(2);
    assertThat(values(get(client, "t", 0, 7))).contains("7:b3", "19:b9");
    assertThat(put(client, "t", 1, batch("next")).baseOffset()).isEqualTo(20);
  }

  @Test
  void aStartThatCantBeSavedIsNotAnswered() throws IOException {
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("a", "b"));
    disk.setFaults((number, operation, path) ->
        path.toString().contains("log-start-offset") ? DiskFault.IO_ERROR : null);
    expect("t", ErrorCode.KAFKA_STORAGE_ERROR, -1, 1);
    disk.setFaults(null);
    expect("t", ErrorCode.NONE, 1, 1);
  }
}
