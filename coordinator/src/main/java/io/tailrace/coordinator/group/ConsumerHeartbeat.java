package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse.TopicPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One heartbeat of a member that joins or stays: see {@link ConsumerMemberChange}. */
final class ConsumerHeartbeat {
  private final ConsumerGroups groups;
  private final ConsumerGroup group;
  private final RequestContext context;
  private final ConsumerGroupHeartbeatRequest request;
  private final List<CoordinatorRecord> records;

  /**
   * @param group not in the log yet, if the member is its first
   * @param records what comes before, such as the end of another group of that name
   */
  ConsumerHeartbeat(
      ConsumerGroups groups,
      ConsumerGroup group,
      RequestContext context,
      ConsumerGroupHeartbeatRequest request,
      List<CoordinatorRecord> records) {
    this.groups = groups;
    this.group = group;
    this.context = context;
    this.request = request;
    this.records = records;
  }

  CoordinatorResult<ConsumerGroupHeartbeatResponse> run() {
    boolean upgrades = !records.isEmpty() && !group.isEmpty();
    groups.checkRoom(group, request.memberId());
    ConsumerMember before = member();
    ConsumerSubscription says = before.subscription().with(request, context);
    ConsumerMemberChange change =
        new ConsumerMemberChange(groups, group, before, says, upgrades, context.nowMs(), records);
    return result(before, change.member(), change.reconcile(request.topicPartitions()));
  }

  private boolean joins() {
    return request.memberEpoch() == ConsumerAssignment.JOIN_EPOCH;
  }

  private ConsumerMember member() {
    String memberId = request.memberId().isEmpty() ? groups.newMemberId() : request.memberId();
    if (request.instanceId() != null) {
      return staticMember(memberId, request.instanceId());
    }
    ConsumerMember known = group.member(memberId);
    if (known == null && joins()) {
      return ConsumerMember.joining(memberId);
    }
    ConsumerMember member = group.existingMember(memberId);
    ConsumerHeartbeatCheck.epoch(member, request.memberEpoch(), request.topicPartitions());
    return member;
  }

  private ConsumerMember staticMember(String memberId, String instanceId) {
    ConsumerMember known = group.staticMember(instanceId);
    if (!joins()) {
      ConsumerMember member = ConsumerGroups.staticMember(group, memberId, instanceId);
      ConsumerHeartbeatCheck.epoch(member, request.memberEpoch(), request.topicPartitions());
      return member;
    }
    if (known == null) {
      ConsumerMember same = group.member(memberId);
      return same == null ? ConsumerMember.joining(memberId) : same;
    }
    boolean away = known.epoch() == ConsumerAssignment.STATIC_LEAVE_EPOCH;
    if (!away && !known.subscription().usesClassicProtocol()) {
      throw new CoordinatorException(
          ErrorCode.UNRELEASED_INSTANCE_ID,
          ("Static member %s with instance id %s cannot join the group because the instance id is"
                  + " owned by %s member.")
              .formatted(memberId, instanceId, known.memberId()));
    }
    return groups.replace(group, known, memberId, records);
  }

  private CoordinatorResult<ConsumerGroupHeartbeatResponse> result(
      ConsumerMember before, ConsumerMember member, ConsumerMember reconciled) {
    String groupId = group.groupId();
    groups
        .timers()
        .heard(groupId, member.memberId(), groups.settings().sessionMs(groupId), context.nowMs());
    ConsumerGroupHeartbeatResponse response =
        new ConsumerGroupHeartbeatResponse()
            .memberId(reconciled.memberId())
            .memberEpoch(reconciled.epoch())
            .heartbeatIntervalMs(groups.settings().heartbeatMs(groupId));
    Map<UUID, Map<Integer, Integer>> assigned = reconciled.assignment().assigned();
    if (joins() || isFull() || !assigned.equals(before.assignment().assigned())) {
      response.assignment(assignment(assigned));
    }
    CoordinatorResult.@Nullable AppendListener listener =
        records.isEmpty()
            ? null
            : error -> {
              if (error == ErrorCode.NONE && reconciled != member) {
                groups.timers().reconciled(groupId, reconciled, context.nowMs());
              }
            };
    return new CoordinatorResult<>(records, CompletableFuture.completedFuture(response), listener);
  }

  /** Sent when an answer may have been lost: the member wants to know all. */
  private boolean isFull() {
    return request.rebalanceTimeoutMs() != -1
        && (request.subscribedTopicNames() != null || request.subscribedTopicRegex() != null)
        && request.topicPartitions() != null;
  }

  private static ConsumerGroupHeartbeatResponse.Assignment assignment(
      Map<UUID, Map<Integer, Integer>> assigned) {
    List<TopicPartitions> topics = new ArrayList<>(assigned.size());
    assigned.forEach((topic, since) ->
        topics.add(
            new TopicPartitions()
                .topicId(topic)
                .partitions(ConsumerAssignment.ints(since.keySet()))));
    return new ConsumerGroupHeartbeatResponse.Assignment().topicPartitions(topics);
  }
}
