package io.tailrace.bench.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.bench.group.RunningGroup.Rebalance;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse.Assignment;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.testkit.FakeBroker;
import java.io.IOException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What members say to a broker that follows a script. */
class RunningGroupTest {
  private static final UUID TOPIC = new UUID(1, 2);
  private static final int SOON_MS = 20;

  private final List<Message> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger turn = new AtomicInteger();
  private FakeBroker broker;

  @BeforeEach
  void start() throws IOException {
    broker = new FakeBroker(asked::add);
  }

  @AfterEach
  void stop() throws IOException {
    broker.close();
  }

  private RunningGroup group(GroupProtocol protocol) {
    return new RunningGroup(new GroupTerms(protocol, broker.address(), "g", "t", 2, SOON_MS));
  }

  private static ConsumerGroupHeartbeatResponse has(int epoch, int... partitions) {
    return new ConsumerGroupHeartbeatResponse()
        .memberEpoch(epoch)
        .heartbeatIntervalMs(5000)
        .assignment(
            new Assignment()
                .topicPartitions(
                    List.of(new TopicPartitions().topicId(TOPIC).partitions(partitions))));
  }

  @Test
  void aConsumerTellsAtOnceWhatItHasAndThenGoesByTheInterval() throws Exception {
    broker.on(
        ApiKey.CONSUMER_GROUP_HEARTBEAT,
        1,
        request ->
            switch (turn.getAndIncrement()) {
              case 0 -> has(1, 0);
              case 1 -> has(2).assignment(null);
              case 2 -> has(2, 0, 1);
              default -> has(2).assignment(null);
            });
    try (RunningGroup group = group(GroupProtocol.CONSUMER)) {
      group.connect(1);
      Rebalance joined = group.join();
      assertThat(joined.totalMs()).isGreaterThan(SOON_MS);
      assertThat(joined.brokerMs()).isBetween(0.0, joined.totalMs() - SOON_MS);
      assertThat(group.memberships()).extracting(Membership::generation).containsExactly(2);
    }
    List<ConsumerGroupHeartbeatRequest> beats =
        asked.stream().skip(1).map(ConsumerGroupHeartbeatRequest.class::cast).toList();
    assertThat(beats.getFirst().subscribedTopicNames()).containsExactly("t");
    assertThat(beats.getFirst().topicPartitions()).isEmpty();
    assertThat(beats.get(1).topicPartitions().getFirst().partitions()).containsExactly(0);
    assertThat(beats.get(1).topicPartitions().getFirst().topicId()).isEqualTo(TOPIC);
    assertThat(beats.get(2).topicPartitions()).isNull();
    assertThat(beats).extracting(ConsumerGroupHeartbeatRequest::memberEpoch).startsWith(0, 1, 2);
  }

  @Test
  void aClassicMemberJoinsAgainUntilAllAreThere() throws Exception {
    broker.<JoinGroupRequest>on(ApiKey.JOIN_GROUP, 9, this::join);
    broker.<SyncGroupRequest>on(ApiKey.SYNC_GROUP, 5, this::sync);
    broker.on(
        ApiKey.HEARTBEAT,
        4,
        request -> new HeartbeatResponse().errorCode(ErrorCode.REBALANCE_IN_PROGRESS.code()));
    try (RunningGroup group = group(GroupProtocol.CLASSIC)) {
      group.connect(1);
      Rebalance joined = group.join();
      assertThat(joined.totalMs()).isGreaterThan(SOON_MS);
      assertThat(joined.brokerMs()).isBetween(0.0, joined.totalMs() - SOON_MS);
      assertThat(group.memberships().getFirst().memberId()).isEqualTo("m");
    }
    assertThat(asked.stream().map(it -> it.getClass().getSimpleName().replace("Request", "")))
        .startsWith("ApiVersions", "JoinGroup", "JoinGroup", "SyncGroup", "JoinGroup")
        .containsSubsequence("SyncGroup", "Heartbeat", "JoinGroup", "SyncGroup");
  }

  private Message join(JoinGroupRequest request) {
    JoinGroupResponse answer = new JoinGroupResponse().memberId("m").leader("m").generationId(1);
    return request.memberId().isEmpty()
        ? answer.errorCode(ErrorCode.MEMBER_ID_REQUIRED.code())
        : answer.members(List.of(new JoinGroupResponseMember().memberId("m")));
  }

  /** The group rebalances meanwhile; then the member gets one partition; then both. */
  private Message sync(SyncGroupRequest request) {
    return switch (turn.getAndIncrement()) {
      case 0 -> new SyncGroupResponse().errorCode(ErrorCode.REBALANCE_IN_PROGRESS.code());
      case 1 ->
          new SyncGroupResponse()
              .assignment(
                  new RangeAssignment("t", 1)
                      .of(List.of(new JoinGroupResponseMember().memberId("m")))
                      .getFirst()
                      .assignment());
      default -> new SyncGroupResponse().assignment(request.assignments().getFirst().assignment());
    };
  }

  @Test
  void whatTheBrokerRefusesEndsTheWait() throws Exception {
    broker.on(
        ApiKey.CONSUMER_GROUP_HEARTBEAT,
        1,
        request ->
            new ConsumerGroupHeartbeatResponse()
                .errorCode(ErrorCode.GROUP_MAX_SIZE_REACHED.code())
                .errorMessage("full"));
    try (RunningGroup group = group(GroupProtocol.CONSUMER)) {
      group.connect(3);
      assertThatThrownBy(group::join)
          .hasMessageContaining("GROUP_MAX_SIZE_REACHED")
          .hasMessageEndingWith("full");
    }
  }
}
