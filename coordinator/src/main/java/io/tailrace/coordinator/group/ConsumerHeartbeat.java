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

/**
 * One heartbeat of a member that joins or stays. It changes what the member says of itself, raises
 * the group's epoch if the partitions are to be shared out anew, does so if it is time, and brings
 * the member closer to its target. Nothing of this holds before the records are in the log.
 */
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
    checkRoom();
    ConsumerMember before = member();
    ConsumerMember member = before.with(before.subscription().with(request, context));
    ConsumerSubscriptions subscriptions = group.subscriptions();
    RegexSubscriptions.Change regexChange = RegexSubscriptions.Change.NONE;
    boolean namesChanged = false;
    if (!member.equals(before)) {
      records.add(ConsumerRecords.subscription(group.groupId(), member));
      subscriptions = subscriptions.with(before.subscription(), member.subscription());
      regexChange = groups.regexes().change(group, before, member, subscriptions, records);
      namesChanged = !member.subscription().topics().equals(before.subscription().topics());
    }
    groups.regexes().scheduleRefresh(group, subscriptions, context.nowMs());
    int epoch =
        nextEpoch(namesChanged || regexChange == RegexSubscriptions.Change.RESOLVED, subscriptions);
    TargetAssignment target =
        groups.targets().next(group, member, subscriptions, epoch, context.nowMs());
    records.addAll(target.records());
    boolean changed = namesChanged || regexChange != RegexSubscriptions.Change.NONE;
    return result(before, member, reconcile(member, subscriptions, target, changed));
  }

  private void checkRoom() {
    int maxSize = groups.settings().maxSize();
    if (group.members().size() >= maxSize && group.member(request.memberId()) == null) {
      throw new CoordinatorException(
          ErrorCode.GROUP_MAX_SIZE_REACHED,
          "The consumer group has reached its maximum capacity of %d members.".formatted(maxSize));
    }
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
    ConsumerMember back = known.replacedBy(memberId);
    String groupId = group.groupId();
    ConsumerRecords.addMemberTombstones(groupId, known.memberId(), records);
    records.add(ConsumerRecords.subscription(groupId, back));
    records.add(ConsumerRecords.target(groupId, memberId, group.target(known.memberId())));
    records.add(ConsumerRecords.currentAssignment(groupId, back));
    return back;
  }

  /** Looks at the topics if there is reason to, and raises the epoch if they have changed. */
  private int nextEpoch(boolean subscriptionChanged, ConsumerSubscriptions subscriptions) {
    if (!subscriptionChanged && !group.lookups().areTopicsDue(group.epoch())) {
      return group.epoch();
    }
    int epoch =
        groups.bumpEpoch(group, subscriptions, subscriptionChanged, context.nowMs(), records);
    group.lookups().topicsFound(epoch);
    if (group.hasPartitionMetadata()) {
      records.add(ConsumerRecords.noPartitionMetadata(group.groupId()));
    }
    return epoch;
  }

  private ConsumerMember reconcile(
      ConsumerMember member,
      ConsumerSubscriptions subscriptions,
      TargetAssignment target,
      boolean subscriptionChanged) {
    if (!subscriptionChanged && member.assignment().reconciledTo(target.epoch())) {
      return member;
    }
    ConsumerAssignment next =
        new Reconciler(
                group,
                member.assignment(),
                target.epoch(),
                target.ofMember(),
                groups.targets().topicIds(subscriptions.topicsOf(member.subscription())),
                request.topicPartitions())
            .next(subscriptionChanged);
    if (next.equals(member.assignment())) {
      return member;
    }
    ConsumerMember reconciled = member.with(next);
    records.add(ConsumerRecords.currentAssignment(group.groupId(), reconciled));
    return reconciled;
  }

  private CoordinatorResult<ConsumerGroupHeartbeatResponse> result(
      ConsumerMember before, ConsumerMember member, ConsumerMember reconciled) {
    String groupId = group.groupId();
    groups.departures().heard(groupId, member.memberId(), context.nowMs());
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
                groups.departures().reconciled(groupId, reconciled, context.nowMs());
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
