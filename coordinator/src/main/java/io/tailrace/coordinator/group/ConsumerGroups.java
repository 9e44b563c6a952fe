package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.KafkaUuid;
import io.tailrace.protocol.message.ConsumerGroupDescribeResponse.DescribedGroup;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupHeartbeatResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The consumer protocol (KIP-848) over the groups of one shard; for its thread. Members send
 * heartbeats, and learn from the answers what to give up and what to take. All that has been
 * answered is in the log; timers, and what is to be looked up in the topics again, are not, and
 * start anew with a load.
 */
final class ConsumerGroups {
  private final GroupContext context;
  private final ConsumerSettings settings;
  private final TargetAssignments targets;
  private final TopicsHash topicsHash;
  private final RegexSubscriptions regexes;
  private final ConsumerDepartures departures;
  private final OnlineUpgrade upgrade;
  private final ConsumerReplay replay;

  /**
   * @param classicGroups where the groups go that are downgraded
   */
  ConsumerGroups(GroupContext context, ClassicGroups classicGroups) {
    this.context = context;
    this.settings = new ConsumerSettings(context);
    this.targets = new TargetAssignments(context.topics(), settings);
    this.topicsHash = new TopicsHash();
    this.regexes = new RegexSubscriptions(this, context);
    this.departures = new ConsumerDepartures(this, context, classicGroups);
    this.upgrade = new OnlineUpgrade(context, topicsHash);
    this.replay = new ConsumerReplay(context.groups());
  }

  ConsumerSettings settings() {
    return settings;
  }

  TargetAssignments targets() {
    return targets;
  }

  RegexSubscriptions regexes() {
    return regexes;
  }

  ConsumerDepartures departures() {
    return departures;
  }

  ConsumerTimers timers() {
    return departures.timers();
  }

  String newMemberId() {
    return KafkaUuid.toText(context.newId().get());
  }

  /**
   * ConsumerGroupHeartbeat, versions 0 and 1.
   *
   * @throws CoordinatorException with the error code and the message of the response
   */
  CoordinatorResult<ConsumerGroupHeartbeatResponse> heartbeat(
      RequestContext requestContext, ConsumerGroupHeartbeatRequest request) {
    ConsumerHeartbeatCheck.request(request, requestContext.version(), settings::assignors);
    int epoch = request.memberEpoch();
    if (epoch == ConsumerAssignment.LEAVE_EPOCH || epoch == ConsumerAssignment.STATIC_LEAVE_EPOCH) {
      return departures.leave(group(request.groupId()), request, requestContext.nowMs());
    }
    List<CoordinatorRecord> records = new ArrayList<>();
    ConsumerGroup group =
        epoch == ConsumerAssignment.JOIN_EPOCH
            ? groupToJoin(request.groupId(), requestContext.nowMs(), records)
            : group(request.groupId());
    return new ConsumerHeartbeat(this, group, requestContext, request, records).run();
  }

  /**
   * Whether a heartbeat takes a few look-ups and no records: the member says nothing new of itself,
   * has its part of the target, and no partitions are to be shared out.
   */
  boolean isQuick(ConsumerGroupHeartbeatRequest request) {
    if (request.subscribedTopicNames() != null
        || request.subscribedTopicRegex() != null
        || !(context.group(request.groupId()) instanceof ConsumerGroup group)) {
      return false;
    }
    ConsumerMember member = group.member(request.memberId());
    return member != null
        && member.epoch() == request.memberEpoch()
        && member.assignment().reconciledTo(group.targetEpoch())
        && group.targetEpoch() >= group.epoch()
        && !group.lookups().areTopicsDue(group.epoch());
  }

  private ConsumerGroup group(String groupId) {
    Group group = context.group(groupId);
    if (group == null) {
      throw new CoordinatorException(
          ErrorCode.GROUP_ID_NOT_FOUND, "Consumer group %s not found.".formatted(groupId));
    }
    if (group instanceof ConsumerGroup consumerGroup) {
      return consumerGroup;
    }
    throw new CoordinatorException(
        ErrorCode.GROUP_ID_NOT_FOUND, "Group %s is not a consumer group.".formatted(groupId));
  }

  /** A classic group without members makes room, one with members is upgraded. */
  private ConsumerGroup groupToJoin(String groupId, long nowMs, List<CoordinatorRecord> records) {
    Group group = context.group(groupId);
    if (group == null) {
      return new ConsumerGroup(groupId);
    }
    if (!(group instanceof ConsumerGroup) && group.isEmpty()) {
      group.addTombstones(records);
      return new ConsumerGroup(groupId);
    }
    return group instanceof ClassicGroup classic
        ? upgraded(classic, nowMs, records)
        : group(groupId);
  }

  private ConsumerGroup upgraded(
      ClassicGroup classic, long nowMs, List<CoordinatorRecord> records) {
    ConsumerGroup upgraded = upgrade.upgrade(classic, records);
    for (ClassicMember member : classic.members().all()) {
      // If this comes to nothing, the group is a classic one by then, and nobody is put out.
      timers().heard(classic.groupId(), member.id(), member.terms().sessionTimeoutMs(), nowMs);
    }
    return upgraded;
  }

  /**
   * @param memberId empty if it has none yet
   * @throws CoordinatorException GROUP_MAX_SIZE_REACHED
   */
  void checkRoom(ConsumerGroup group, String memberId) {
    int maxSize = settings.maxSize();
    if (group.members().size() >= maxSize && group.member(memberId) == null) {
      throw new CoordinatorException(
          ErrorCode.GROUP_MAX_SIZE_REACHED,
          "The consumer group has reached its maximum capacity of %d members.".formatted(maxSize));
    }
  }

  /**
   * Puts a static member with another id in the place of the one before, which is fenced.
   *
   * @return the new one, with what the one before had
   */
  ConsumerMember replace(
      ConsumerGroup group,
      ConsumerMember before,
      String memberId,
      List<CoordinatorRecord> records) {
    ConsumerMember back = before.replacedBy(memberId);
    String groupId = group.groupId();
    ConsumerRecords.addMemberTombstones(groupId, before.memberId(), records);
    records.add(ConsumerRecords.subscription(groupId, back));
    records.add(ConsumerRecords.target(groupId, memberId, group.target(before.memberId())));
    records.add(ConsumerRecords.currentAssignment(groupId, back));
    return back;
  }

  /**
   * The static member of an instance id, if it is this one.
   *
   * @throws CoordinatorException UNKNOWN_MEMBER_ID, FENCED_INSTANCE_ID
   */
  static ConsumerMember staticMember(ConsumerGroup group, String memberId, String instanceId) {
    ConsumerMember member = group.staticMember(instanceId);
    if (member == null) {
      throw new CoordinatorException(
          ErrorCode.UNKNOWN_MEMBER_ID, "Instance id %s is unknown.".formatted(instanceId));
    }
    if (!member.memberId().equals(memberId)) {
      throw new CoordinatorException(
          ErrorCode.FENCED_INSTANCE_ID,
          "Static member %s with instance id %s was fenced by member %s."
              .formatted(memberId, instanceId, member.memberId()));
    }
    return member;
  }

  /**
   * Raises a group's epoch, if need be, so that its partitions are shared out anew.
   *
   * @param subscriptions as they are about to be
   * @param changed if there is need even if the topics are as they were
   * @return the epoch from now on
   */
  int bumpEpoch(
      ConsumerGroup group,
      ConsumerSubscriptions subscriptions,
      boolean changed,
      long nowMs,
      List<CoordinatorRecord> records) {
    long hash = hash(subscriptions);
    int epoch = group.epoch();
    if (changed || hash != group.metadataHash()) {
      epoch++;
      records.add(ConsumerRecords.groupEpoch(group.groupId(), epoch, hash));
    }
    return epoch;
  }

  /**
   * Whether the partitions are to be shared out anew: members have gone, or the topics have
   * changed, and the last target is old enough.
   */
  boolean isTargetDue(ConsumerGroup group, long nowMs) {
    return (group.targetEpoch() < group.epoch() || haveTopicsChanged(group))
        && targets.isDue(group, nowMs);
  }

  private boolean haveTopicsChanged(ConsumerGroup group) {
    if (!group.lookups().areTopicsDue(group.epoch())) {
      return false;
    }
    boolean changed = hash(group.subscriptions()) != group.metadataHash();
    if (!changed) {
      group.lookups().topicsFound(group.epoch());
    }
    return changed;
  }

  private long hash(ConsumerSubscriptions subscriptions) {
    return topicsHash.of(subscriptions.topicNames(), context.topics().get());
  }

  /**
   * For ConsumerGroupDescribe, versions 0 and 1. The result has an error code and a message if
   * there is no such group.
   */
  DescribedGroup describe(String groupId) {
    try {
      return ConsumerDescription.of(group(groupId), context.topics().get(), settings.assignors());
    } catch (CoordinatorException e) {
      return new DescribedGroup()
          .groupId(groupId)
          .errorCode(e.code().code())
          .errorMessage(e.getMessage());
    }
  }

  /**
   * @return false if the record is none of a consumer group's
   */
  boolean replay(CoordinatorRecord record) {
    return replay.replay(record);
  }

  void loaded(long nowMs) {
    forEach(group -> departures.loaded(group, nowMs));
  }

  /** Nobody waits here: every request has been answered at once. */
  void unloaded() {}

  /** Topics are new, of whatever name: regular expressions may match them. */
  void topicsCreated(Set<String> names) {
    forEach(group -> {
      if (!group.subscriptions().regexes().isEmpty()) {
        group.lookups().topicsCreated();
      }
    });
    topicsChanged(names);
  }

  /**
   * Topics were created or deleted, or have got more partitions, and {@link GroupContext#topics}
   * shows it already. The groups find out what it is to them with their next heartbeats.
   */
  void topicsChanged(Set<String> names) {
    forEach(group -> {
      if (names.stream().anyMatch(group.subscriptions()::contains)) {
        group.lookups().topicsChanged();
      }
    });
  }

  private void forEach(Consumer<ConsumerGroup> action) {
    for (Group group : context.groups().values()) {
      if (group instanceof ConsumerGroup consumerGroup) {
        action.accept(consumerGroup);
      }
    }
  }
}
