package io.tailrace.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.FindCoordinatorRequest;
import io.tailrace.protocol.message.FindCoordinatorResponse;
import io.tailrace.protocol.message.FindCoordinatorResponse.Coordinator;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.ListGroupsRequest;
import io.tailrace.protocol.message.ListGroupsResponse;
import io.tailrace.protocol.message.OffsetCommitRequest;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestPartition;
import io.tailrace.protocol.message.OffsetCommitRequest.OffsetCommitRequestTopic;
import io.tailrace.protocol.message.OffsetCommitResponse;
import io.tailrace.protocol.message.OffsetFetchRequest;
import io.tailrace.protocol.message.OffsetFetchRequest.OffsetFetchRequestGroup;
import io.tailrace.protocol.message.OffsetFetchResponse;
import io.tailrace.protocol.message.OffsetFetchResponse.OffsetFetchResponseGroup;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.tailrace.protocol.message.SyncGroupResponse;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.IntStream;

/** Requests about groups, in the versions below, and what is in their answers. */
final class GroupWire {
  /** The last version that asks for no member id first, and the one with static members. */
  static final int JOIN = 3;

  static final int JOIN_STATIC = 5;
  static final int SYNC = 3;
  static final int HEARTBEAT = 3;
  static final int CONSUMER_HEARTBEAT = 1;

  /** The last version that names topics. */
  static final int COMMIT = 9;

  static final int FETCH_OFFSETS = 9;
  private static final int LIST_GROUPS = 5;
  private static final int FIND_COORDINATOR = 4;
  private static final int TIMEOUT_MS = 30_000;

  /** A member of a classic group, in a generation. */
  record Member(String group, String id, int generation) {}

  private GroupWire() {}

  /** Has the topic of the groups made; its partitions are loaded when this returns. */
  static void awaitCoordinator(WireClient client) throws IOException {
    assertThat(Wire.error(find(client, "any").errorCode())).isEqualTo(ErrorCode.NONE);
    awaitLoaded(client);
  }

  static void awaitLoaded(WireClient client) {
    await().until(() -> list(client).errorCode() == 0);
  }

  static Coordinator find(WireClient client, String group) throws IOException {
    FindCoordinatorResponse response =
        client.call(new FindCoordinatorRequest().coordinatorKeys(List.of(group)), FIND_COORDINATOR);
    return response.coordinators().getFirst();
  }

  static ListGroupsResponse list(WireClient client) throws IOException {
    return client.call(new ListGroupsRequest(), LIST_GROUPS);
  }

  /** A group id that lives in a partition of {@code __consumer_offsets}. */
  static String groupIn(int partition, int partitions) {
    return IntStream.range(0, Integer.MAX_VALUE)
        .mapToObj(i -> "group-" + i)
        .filter(group -> Math.abs(group.hashCode()) % partitions == partition)
        .findFirst()
        .orElseThrow();
  }

  // ---- the classic protocol

  static JoinGroupRequest join(String group, String memberId) {
    return new JoinGroupRequest()
        .groupId(group)
        .memberId(memberId)
        .sessionTimeoutMs(TIMEOUT_MS)
        .rebalanceTimeoutMs(TIMEOUT_MS)
        .protocolType("consumer")
        .protocols(
            List.of(new JoinGroupRequestProtocol().name("range").metadata(new byte[] {1, 2})));
  }

  /** By the leader, all of them get the same; by the others, none are named. */
  static SyncGroupRequest sync(Member member, String... assigned) {
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    for (String memberId : assigned) {
      assignments.add(
          new SyncGroupRequestAssignment().memberId(memberId).assignment(new byte[] {7}));
    }
    return new SyncGroupRequest()
        .groupId(member.group())
        .memberId(member.id())
        .generationId(member.generation())
        .assignments(assignments);
  }

  /** The only member of a new group, in a stable generation. */
  static Member alone(WireClient client, String group) throws IOException {
    Member member = joined(group, client.call(join(group, ""), JOIN));
    SyncGroupResponse synced = client.call(sync(member, member.id()), SYNC);
    assertThat(Wire.error(synced.errorCode())).isEqualTo(ErrorCode.NONE);
    return member;
  }

  static Member joined(String group, JoinGroupResponse response) {
    assertThat(Wire.error(response.errorCode())).isEqualTo(ErrorCode.NONE);
    return new Member(group, response.memberId(), response.generationId());
  }

  static HeartbeatRequest heartbeat(Member member) {
    return new HeartbeatRequest()
        .groupId(member.group())
        .memberId(member.id())
        .generationId(member.generation());
  }

  static ErrorCode beat(WireClient client, Member member) throws IOException {
    return Wire.error(client.<HeartbeatResponse>call(heartbeat(member), HEARTBEAT).errorCode());
  }

  // ---- the consumer protocol

  static ConsumerGroupHeartbeatRequest joinConsumer(
      String group, String memberId, String... topics) {
    return beat(group, memberId, 0)
        .rebalanceTimeoutMs(TIMEOUT_MS)
        .subscribedTopicNames(List.of(topics))
        .topicPartitions(List.of());
  }

  static ConsumerGroupHeartbeatRequest beat(String group, String memberId, int epoch) {
    return new ConsumerGroupHeartbeatRequest().groupId(group).memberId(memberId).memberEpoch(epoch);
  }

  static ConsumerGroupHeartbeatResponse call(
      WireClient client, ConsumerGroupHeartbeatRequest request) throws IOException {
    return client.call(request, CONSUMER_HEARTBEAT);
  }

  /** Partitions by topic; null if the answer does not say. */
  static Map<UUID, Set<Integer>> assignment(ConsumerGroupHeartbeatResponse response) {
    if (response.assignment() == null) {
      return null;
    }
    Map<UUID, Set<Integer>> assigned = new TreeMap<>();
    for (var topic : response.assignment().topicPartitions()) {
      Set<Integer> indexes = assigned.computeIfAbsent(topic.topicId(), id -> new TreeSet<>());
      for (int index : topic.partitions()) {
        indexes.add(index);
      }
    }
    return assigned;
  }

  // ---- offsets

  static OffsetCommitRequestPartition offset(int partition, long offset, String metadata) {
    return new OffsetCommitRequestPartition()
        .partitionIndex(partition)
        .committedOffset(offset)
        .committedMetadata(metadata);
  }

  /** As a consumer without a group commits, unless changed. */
  static OffsetCommitRequest commit(
      String group, String topic, OffsetCommitRequestPartition... partitions) {
    return new OffsetCommitRequest()
        .groupId(group)
        .generationIdOrMemberEpoch(-1)
        .topics(
            List.of(new OffsetCommitRequestTopic().name(topic).partitions(List.of(partitions))));
  }

  /** What became of each partition. */
  static List<ErrorCode> commit(WireClient client, OffsetCommitRequest request) throws IOException {
    OffsetCommitResponse response = client.call(request, COMMIT);
    return response.topics().getFirst().partitions().stream()
        .map(partition -> Wire.error(partition.errorCode()))
        .toList();
  }

  /** All that a group has committed. */
  static OffsetFetchRequest fetchOffsets(String group) {
    return new OffsetFetchRequest()
        .groups(List.of(new OffsetFetchRequestGroup().groupId(group).topics(null)));
  }

  static OffsetFetchResponseGroup committed(WireClient client, String group) throws IOException {
    OffsetFetchResponse response = client.call(fetchOffsets(group), FETCH_OFFSETS);
    return response.groups().getFirst();
  }

  static long onlyOffset(WireClient client, String group) throws IOException {
    return onlyOffset(client.<OffsetFetchResponse>call(fetchOffsets(group), FETCH_OFFSETS));
  }

  /** The offset of the only partition that the group has committed. */
  static long onlyOffset(OffsetFetchResponse response) {
    OffsetFetchResponseGroup found = response.groups().getFirst();
    assertThat(Wire.error(found.errorCode())).isEqualTo(ErrorCode.NONE);
    return found.topics().getFirst().partitions().getFirst().committedOffset();
  }
}
