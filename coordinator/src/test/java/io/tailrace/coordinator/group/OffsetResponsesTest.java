package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestTopic;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartition;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponsePartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Every version of a request, over the wire and through a shard. */
class OffsetResponsesTest {
  private final OffsetHarness harness = new OffsetHarness();

  private static <M extends Message> M overTheWire(M message, M empty, int version) {
    ProtocolWriter out = new ProtocolWriter();
    message.write(out, (short) version);
    empty.read(new ProtocolReader(out.buffer()), (short) version);
    return empty;
  }

  private OffsetFetchResponse fetch(OffsetFetchRequest request, int version) {
    OffsetFetchRequest received = overTheWire(request, new OffsetFetchRequest(), version);
    List<OffsetFetchResponseGroup> answers = new ArrayList<>();
    for (OffsetFetchRequestGroup group : OffsetResponses.groups(received, (short) version)) {
      answers.add(harness.fetch(version, group, received.requireStable()));
    }
    return overTheWire(
        OffsetResponses.response(answers, (short) version), new OffsetFetchResponse(), version);
  }

  private static OffsetFetchRequest singleGroup(String topic, int... partitions) {
    return new OffsetFetchRequest()
        .groupId("g")
        .topics(List.of(new OffsetFetchRequestTopic().name(topic).partitionIndexes(partitions)));
  }

  @Test
  void commitsAndFetchesInEveryVersion() {
    for (int version = OffsetCommitRequest.LOWEST_VERSION;
        version <= OffsetCommitRequest.HIGHEST_VERSION;
        version++) {
      commitOverTheWire(version);
      int at = version;
      assertThat(harness.offset("g", "t", 0)).as("version %d", at).isEqualTo(100 + version);
    }
    for (int version = 1; version <= 7; version++) {
      OffsetFetchResponse response = fetch(singleGroup("t", 0, 1), version);
      assertThat(response.errorCode()).isZero();
      assertThat(response.topics().getFirst().partitions())
          .extracting(OffsetFetchResponsePartition::committedOffset)
          .containsExactly(110L, -1L);
    }
    for (int version = 8; version <= OffsetFetchRequest.HIGHEST_VERSION; version++) {
      OffsetFetchRequestGroup asked = OffsetHarness.asking("g", "t", 0, 1);
      asked.topics().getFirst().topicId(harness.t.id());
      OffsetFetchRequest request =
          new OffsetFetchRequest()
              .groups(List.of(asked, new OffsetFetchRequestGroup().groupId("h").topics(null)));
      OffsetFetchResponse response = fetch(request, version);
      assertThat(response.groups())
          .extracting(OffsetFetchResponseGroup::groupId)
          .containsExactly("g", "h");
      assertThat(response.groups().getFirst().topics().getFirst().partitions())
          .extracting(OffsetFetchResponsePartitions::committedOffset)
          .containsExactly(110L, -1L);
    }
  }

  private void commitOverTheWire(int version) {
    OffsetCommitRequest request =
        OffsetHarness.request("g", "t", OffsetHarness.partition(0, 100 + version));
    request.topics().getFirst().topicId(harness.t.id());
    OffsetCommitRequest received = overTheWire(request, new OffsetCommitRequest(), version);
    OffsetCommitResponse response =
        overTheWire(harness.commit(version, received), new OffsetCommitResponse(), version);
    assertThat(OffsetHarness.onlyError(response)).isEqualTo(ErrorCode.NONE);
    assertThat(response.topics().getFirst().name()).isEqualTo(version < 10 ? "t" : "");
    assertThat(response.topics().getFirst().topicId())
        .isEqualTo(version < 10 ? Message.ZERO_UUID : harness.t.id());
  }

  @Test
  void fromVersionTwoOnAllTopicsMayBeAskedFor() {
    harness.commit("g", "u", 1, 4);
    OffsetFetchRequest request = new OffsetFetchRequest().groupId("g").topics(null);
    for (int version = 2; version <= 7; version++) {
      OffsetFetchResponse response = fetch(request, version);
      assertThat(response.topics().getFirst().name()).isEqualTo("u");
      assertThat(response.topics().getFirst().partitions())
          .extracting(OffsetFetchResponsePartition::committedOffset)
          .containsExactly(4L);
    }
  }

  @Test
  void aRefusedFetchTellsWhereItsVersionHasRoom() {
    for (int version = 1; version <= 7; version++) {
      OffsetFetchRequestGroup group =
          OffsetResponses.groups(singleGroup("t", 0, 3), (short) version).getFirst();
      OffsetFetchResponseGroup refused =
          OffsetResponses.refused(group, ErrorCode.NOT_COORDINATOR, (short) version);
      OffsetFetchResponse response =
          overTheWire(
              OffsetResponses.response(List.of(refused), (short) version),
              new OffsetFetchResponse(),
              version);
      if (version == 1) {
        assertThat(response.topics().getFirst().partitions())
            .hasSize(2)
            .allSatisfy(partition -> {
              assertThat(partition.errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
              assertThat(partition.committedOffset()).isEqualTo(-1);
            });
      } else {
        assertThat(response.errorCode()).isEqualTo(ErrorCode.NOT_COORDINATOR.code());
        assertThat(response.topics()).isEmpty();
      }
    }
  }

  @Test
  void aRefusedCommitTellsEveryPartition() {
    OffsetCommitRequest request =
        OffsetHarness.request(
            "g", "t", OffsetHarness.partition(0, 1), OffsetHarness.partition(9, 1));
    request.topics().getFirst().topicId(new UUID(1, 2));
    OffsetCommitResponse response = OffsetResponses.refused(request, ErrorCode.NOT_COORDINATOR);
    assertThat(OffsetHarness.errors(response))
        .containsExactly(ErrorCode.NOT_COORDINATOR, ErrorCode.NOT_COORDINATOR);
    assertThat(response.topics().getFirst().topicId()).isEqualTo(new UUID(1, 2));
  }
}
