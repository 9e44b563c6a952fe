package io.tailrace.coordinator.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.ConsumerProtocolSubscription.TopicPartition;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A classic consumer of a test about migration, which does one step at a time. */
final class MigrationClient {
  static final int SESSION_MS = 20_000;
  static final int REBALANCE_MS = 40_000;

  private final MigrationTestBed bed;
  final String instanceId;
  private final List<String> topics;
  String memberId = "";
  int generation = -1;
  byte[] metadata;
  int[] owned = {};

  MigrationClient(MigrationTestBed bed, @Nullable String instanceId, String... topics) {
    this.bed = bed;
    this.instanceId = instanceId;
    this.topics = List.of(topics);
  }

  /** With what it has now of its first topic. */
  JoinGroupRequest joinRequest() {
    ConsumerProtocolSubscription says =
        new ConsumerProtocolSubscription()
            .topics(topics)
            .ownedPartitions(
                List.of(new TopicPartition().topic(topics.getFirst()).partitions(owned)));
    byte[] said = metadata == null ? SimulatedClassic.versioned(says, (short) 1) : metadata;
    return new JoinGroupRequest()
        .groupId(MigrationTestBed.GROUP)
        .memberId(memberId)
        .groupInstanceId(instanceId)
        .sessionTimeoutMs(SESSION_MS)
        .rebalanceTimeoutMs(REBALANCE_MS)
        .protocolType("consumer")
        .protocols(
            List.of(
                new JoinGroupRequestProtocol().name("range").metadata(said),
                new JoinGroupRequestProtocol().name("sticky").metadata(said)));
  }

  CompletableFuture<JoinGroupResponse> join() {
    CompletableFuture<JoinGroupResponse> answer = bed.join(9, joinRequest());
    if (answer.isDone() && answer.join().errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()) {
      memberId = answer.join().memberId();
      answer = bed.join(9, joinRequest());
    }
    return answer.thenApply(this::learn);
  }

  private JoinGroupResponse learn(JoinGroupResponse response) {
    if (response.errorCode() == 0) {
      memberId = response.memberId();
      generation = response.generationId();
    }
    return response;
  }

  /** Which must be answered at once. */
  ErrorCode joinNow() {
    CompletableFuture<JoinGroupResponse> answer = join();
    assertThat(answer).isCompleted();
    return ErrorCode.forCode(answer.join().errorCode());
  }

  SyncGroupRequest syncRequest() {
    return new SyncGroupRequest()
        .groupId(MigrationTestBed.GROUP)
        .memberId(memberId)
        .groupInstanceId(instanceId)
        .generationId(generation)
        .protocolType("consumer")
        .protocolName("range");
  }

  ErrorCode syncError() {
    return ErrorCode.forCode(bed.sync(5, syncRequest()).join().errorCode());
  }

  /** What it is assigned, which must be told at once. */
  Map<UUID, Set<Integer>> sync() {
    CompletableFuture<SyncGroupResponse> answer = bed.sync(5, syncRequest());
    assertThat(answer).isCompleted();
    assertThat(ErrorCode.forCode(answer.join().errorCode())).isEqualTo(ErrorCode.NONE);
    return bed.partitions(answer.join().assignment());
  }

  /** As the leader, who assigns. */
  void assign(JoinGroupResponse joined) {
    bed.sync(
            5,
            syncRequest()
                .assignments(
                    new SimulatedLeader(bed.topics, false).assign(SimulatedLeader.members(joined))))
        .join();
  }

  ErrorCode beat() {
    return bed.heartbeat(
        new HeartbeatRequest()
            .groupId(MigrationTestBed.GROUP)
            .memberId(memberId)
            .groupInstanceId(instanceId)
            .generationId(generation));
  }

  ErrorCode leave() {
    MemberIdentity identity = new MemberIdentity().memberId(memberId).groupInstanceId(instanceId);
    return ErrorCode.forCode(
        bed.leave(
                new LeaveGroupRequest().groupId(MigrationTestBed.GROUP).members(List.of(identity)))
            .members()
            .getFirst()
            .errorCode());
  }

  /** Brings these into a stable classic generation of a new group, led by the first. */
  static void stabilize(MigrationTestBed bed, MigrationClient... clients) {
    List<CompletableFuture<JoinGroupResponse>> joins = new ArrayList<>();
    for (MigrationClient client : clients) {
      joins.add(client.join());
    }
    bed.pass(10_000);
    clients[0].assign(joins.getFirst().join());
    for (MigrationClient client : clients) {
      client.sync();
    }
    assertThat(bed.classicGroup().state()).isEqualTo("Stable");
    bed.takeRecords();
  }
}
