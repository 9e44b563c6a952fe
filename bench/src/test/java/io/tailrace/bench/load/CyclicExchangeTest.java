package io.tailrace.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.bench.group.GroupOffsets;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.ProtocolReader;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.RequestHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CyclicExchangeTest {
  private static final short CLASSIC = 4;
  private static final short CONSUMER = 1;

  private final CyclicExchange exchange =
      new CyclicExchange(
          ApiKey.HEARTBEAT,
          CLASSIC,
          Stream.of("a", "b").map(id -> new HeartbeatRequest().memberId(id)).toList(),
          CyclicExchange::errorOfHeartbeat);

  @Test
  void membersTakeTurns() {
    for (String member : List.of("a", "b", "a")) {
      ByteBuffer frame = exchange.nextRequest(42, 0);
      assertThat(frame.getInt()).isEqualTo(frame.remaining());
      ProtocolReader reader = new ProtocolReader(frame.slice());
      RequestHeader header = new RequestHeader();
      header.read(reader, ApiKey.HEARTBEAT.requestHeaderVersion(CLASSIC));
      HeartbeatRequest request = new HeartbeatRequest();
      request.read(reader, CLASSIC);
      assertThat(header.correlationId()).isEqualTo(42);
      assertThat(request.memberId()).isEqualTo(member);
    }
  }

  record Answer(
      ApiKey api, short version, Message good, Message bad, CyclicExchange.Answer reader) {}

  static List<Answer> answers() {
    short error = ErrorCode.UNKNOWN_MEMBER_ID.code();
    return List.of(
        new Answer(
            ApiKey.HEARTBEAT,
            CLASSIC,
            new HeartbeatResponse(),
            new HeartbeatResponse().errorCode(error),
            CyclicExchange::errorOfHeartbeat),
        new Answer(
            ApiKey.CONSUMER_GROUP_HEARTBEAT,
            CONSUMER,
            new ConsumerGroupHeartbeatResponse().memberId("a").memberEpoch(3),
            new ConsumerGroupHeartbeatResponse().errorCode(error).errorMessage("gone"),
            CyclicExchange::errorOfHeartbeat),
        new Answer(
            ApiKey.OFFSET_COMMIT,
            (short) 8,
            committed(ErrorCode.NONE),
            committed(ErrorCode.UNKNOWN_MEMBER_ID),
            GroupOffsets::errorOfCommit));
  }

  private static OffsetCommitResponse committed(ErrorCode error) {
    OffsetCommitResponse.OffsetCommitResponsePartition partition =
        new OffsetCommitResponse.OffsetCommitResponsePartition().errorCode(error.code());
    return new OffsetCommitResponse()
        .topics(
            List.of(
                new OffsetCommitResponse.OffsetCommitResponseTopic()
                    .name("t")
                    .partitions(List.of(partition))));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void takesWholeAnswersAndRefusesErrors(Answer answer) {
    CyclicExchange own =
        new CyclicExchange(
            answer.api(), answer.version(), List.of(answer.api().newRequest()), answer.reader());
    ByteBuffer good = Frames.response(answer.api(), answer.version(), 7, answer.good());
    ByteBuffer two = ByteBuffer.allocate(2 * good.limit()).put(good.duplicate()).put(good).flip();
    for (int arrived = 0; arrived < two.limit() / 2; arrived++) {
      assertThat(own.receive(two.duplicate().limit(arrived), 7)).isFalse();
    }
    assertThat(own.receive(two, 7)).isTrue();
    assertThat(two.remaining()).isEqualTo(two.limit() / 2);
    ByteBuffer bad = Frames.response(answer.api(), answer.version(), 8, answer.bad());
    assertThatThrownBy(() -> own.receive(bad, 8))
        .hasMessageContaining("UNKNOWN_MEMBER_ID to " + answer.api());
  }
}
