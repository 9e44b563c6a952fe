package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.error;
import static io.tailrace.broker.Wire.get;
import static io.tailrace.broker.Wire.put;
import static io.tailrace.broker.Wire.values;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.CreatePartitionsRequest;
import io.tailrace.protocol.message.CreatePartitionsRequest.CreatePartitionsTopic;
import io.tailrace.protocol.message.CreatePartitionsResponse;
import io.tailrace.protocol.message.CreateTopicsRequest;
import io.tailrace.protocol.message.CreateTopicsResponse;
import io.tailrace.protocol.message.CreateTopicsResponse.CreatableTopicResult;
import io.tailrace.protocol.message.DeleteTopicsRequest;
import io.tailrace.protocol.message.DeleteTopicsRequest.DeleteTopicState;
import io.tailrace.protocol.message.DeleteTopicsResponse;
import io.tailrace.protocol.message.DescribeLogDirsRequest;
import io.tailrace.protocol.message.DescribeLogDirsResponse;
import io.tailrace.protocol.message.DescribeLogDirsResponse.DescribeLogDirsPartition;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Topics come, grow and go. */
class TopicAdminTest {
  @TempDir Path folder;
  private TestBroker broker;
  private WireClient client;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder);
    client = broker.connect();
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private CreatableTopicResult create(CreateTopicsRequest request) throws IOException {
    return client.<CreateTopicsResponse>call(request, 7).topics().getFirst();
  }

  private void expect(ErrorCode error, CreateTopicsRequest request) throws IOException {
    CreatableTopicResult result = create(request);
    assertThat(error(result.errorCode())).as(result.errorMessage()).isEqualTo(error);
    if (error != ErrorCode.NONE) {
      assertThat(result.errorMessage()).isNotEmpty();
    }
  }

  @Test
  void namesThatAreRefused() throws IOException {
    String[] names = {
      "", ".", "..", "../x", "a/b", "a b", "tab\t", "nul\0", "line\n", "ü", "x".repeat(250)
    };
    for (String name : names) {
      expect(ErrorCode.INVALID_TOPIC_EXCEPTION, TestBroker.newTopic(name, 1));
    }
    expect(ErrorCode.NONE, TestBroker.newTopic("x".repeat(249), 1));
    assertThat(put(client, "x".repeat(249), 0, batch("long")).errorCode()).isZero();
    expect(ErrorCode.NONE, TestBroker.newTopic("a.b", 1));
    expect(ErrorCode.INVALID_TOPIC_EXCEPTION, TestBroker.newTopic("a_b", 1));
    expect(ErrorCode.TOPIC_ALREADY_EXISTS, TestBroker.newTopic("a.b", 1));
    assertThat(folder.getParent().resolve("x-0")).doesNotExist();
  }

  @Test
  void numbersThatAreRefused() throws IOException {
    expect(ErrorCode.INVALID_PARTITIONS, TestBroker.newTopic("t", 0));
    expect(ErrorCode.INVALID_PARTITIONS, TestBroker.newTopic("t", -2));
    CreateTopicsRequest two = TestBroker.newTopic("t", 1);
    two.topics().getFirst().replicationFactor((short) 2);
    expect(ErrorCode.INVALID_REPLICATION_FACTOR, two);
    expect(ErrorCode.INVALID_CONFIG, TestBroker.newTopic("t", 1, "no.such", "1"));
    expect(ErrorCode.INVALID_CONFIG, TestBroker.newTopic("t", 1, "segment.bytes", "many"));
    expect(ErrorCode.NONE, TestBroker.newTopic("t", 1).validateOnly(true));
    CreateTopicsRequest defaults = TestBroker.newTopic("t", -1);
    defaults.topics().getFirst().replicationFactor((short) -1);
    expect(ErrorCode.NONE, defaults);
  }

  @Test
  void aDeletedTopicIsGoneAndItsNameIsFree() throws IOException {
    for (int i = 0; i < 5; i++) {
      UUID id = broker.createTopic(client, "t", 2);
      assertThat(put(client, "t", 0, batch("v" + i)).baseOffset()).isZero();
      assertThat(put(client, "t", 1, Wire.idempotent(4, 0, 0, "p" + i)).baseOffset()).isZero();
      assertThat(values(get(client, "t", 0, 0))).containsExactly("0:v" + i);
      DeleteTopicsResponse deleted =
          i % 2 == 0
              ? client.call(new DeleteTopicsRequest().topicNames(List.of("t")), 4)
              : client.call(
                  new DeleteTopicsRequest()
                      .topics(List.of(new DeleteTopicState().name(null).topicId(id))),
                  6);
      assertThat(deleted.responses().getFirst().errorCode()).isZero();
      assertThat(error(put(client, "t", 0, batch("late")).errorCode()))
          .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    }
    broker.createTopic(client, "t", 1);
    put(client, "t", 0, batch("last"));
    broker.close();
    start();
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:last");
  }

  @Test
  void deletionOfWhatIsNotThere() throws IOException {
    DeleteTopicsResponse byName =
        client.call(new DeleteTopicsRequest().topicNames(List.of("t")), 5);
    assertThat(error(byName.responses().getFirst().errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
    DeleteTopicsResponse byId =
        client.call(
            new DeleteTopicsRequest()
                .topics(List.of(new DeleteTopicState().name(null).topicId(new UUID(1, 1)))),
            6);
    assertThat(error(byId.responses().getFirst().errorCode()))
        .isEqualTo(ErrorCode.UNKNOWN_TOPIC_ID);
  }

  private ErrorCode grow(String topic, int count) throws IOException {
    CreatePartitionsResponse response =
        client.call(
            new CreatePartitionsRequest()
                .timeoutMs(5_000)
                .topics(
                    List.of(
                        new CreatePartitionsTopic().name(topic).count(count).assignments(null))),
            3);
    return error(response.results().getFirst().errorCode());
  }

  @Test
  void aTopicGrows() throws IOException {
    broker.createTopic(client, "t", 1, "max.message.bytes", "300");
    put(client, "t", 0, batch("a"));
    assertThat(grow("t", 3)).isEqualTo(ErrorCode.NONE);
    assertThat(put(client, "t", 2, batch("c")).baseOffset()).isZero();
    assertThat(error(put(client, "t", 2, batch("x".repeat(300))).errorCode()))
        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
    assertThat(values(get(client, "t", 0, 0))).containsExactly("0:a");
    assertThat(grow("t", 3)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
    assertThat(grow("t", 2)).isEqualTo(ErrorCode.INVALID_PARTITIONS);
    assertThat(grow("u", 2)).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
  }

  @Test
  void sizesOfLogs() throws IOException {
    broker.createTopic(client, "t", 2);
    put(client, "t", 0, batch("a"));
    assertThat(sizes()).containsExactly((long) batch("a").limit(), 0L);
    assertThat(folder.resolve("t-1")).as("asking opens no log").doesNotExist();
    broker.close();
    start();
    assertThat(sizes()).containsExactly((long) batch("a").limit(), 0L);
  }

  private List<Long> sizes() throws IOException {
    DescribeLogDirsResponse response = client.call(new DescribeLogDirsRequest().topics(null), 4);
    var result = response.results().getFirst();
    assertThat(result.errorCode()).isZero();
    assertThat(result.logDir()).isEqualTo(folder.toString());
    assertThat(result.totalBytes()).isPositive();
    return result.topics().getFirst().partitions().stream()
        .map(DescribeLogDirsPartition::partitionSize)
        .toList();
  }
}
