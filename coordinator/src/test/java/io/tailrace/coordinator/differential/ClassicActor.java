package io.tailrace.coordinator.differential;

import io.tailrace.coordinator.group.Topics.Topic;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.ConsumerProtocolAssignment;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A client of the classic protocol: joins, syncs, heartbeats, commits, leaves, as a consumer does
 * by what it is answered; and now and then what no consumer should do.
 *
 * <p>Each session timeout is another, because the order of two timers that are due at one time
 * means nothing. Those of a static member and its successors are one, because Kafka's first timer
 * for a successor is still its predecessor's.
 */
final class ClassicActor implements Scenario.Actor {
  private static final int[] SESSIONS_MS = {6000, 10_000, 30_000, 45_000};
  private static final int[] REBALANCES_MS = {6000, 20_000, 60_000, 300_000};

  private enum Phase {
    OUT,
    JOINING,
    JOINED,
    SYNCING,
    STABLE
  }

  private final World world;
  private final String groupId;
  private final String instanceId;
  private final boolean alone;
  private final int sessionMs;
  private final int rebalanceMs;
  private String clientId;
  private Phase phase = Phase.OUT;
  private String memberId = "";
  private int generation = -1;
  private String protocol = "";
  private List<String> assignees = List.of();
  private List<ConsumerProtocolSubscription.TopicPartition> owned = List.of();

  /**
   * @param instanceId null for a dynamic member
   * @param alone whether it joins with version 0, in which both timeouts are one: the timers of the
   *     group and of a member are due at one time then
   */
  ClassicActor(World world, String groupId, String instanceId, boolean alone) {
    this.world = world;
    this.groupId = groupId;
    this.instanceId = instanceId;
    this.alone = alone;
    this.sessionMs = SESSIONS_MS[world.below(SESSIONS_MS.length)];
    this.rebalanceMs = REBALANCES_MS[world.below(REBALANCES_MS.length)];
    this.clientId = world.newName("classic");
  }

  @Override
  public Step act() {
    if (world.chance(0.1) && !alone) {
      return mischief();
    }
    if (world.chance(0.08) && !memberId.isEmpty()) {
      return leave(memberId);
    }
    return switch (phase) {
      case OUT -> join(memberId);
      case JOINED -> sync(memberId, generation);
      case STABLE -> world.chance(0.15) ? join(memberId) : stable();
      case JOINING, SYNCING -> world.chance(0.5) ? heartbeat(memberId, generation) : stable();
    };
  }

  private Step stable() {
    return world.chance(0.3) ? commit(memberId, generation) : heartbeat(memberId, generation);
  }

  private Step mischief() {
    String id = world.chance(0.5) ? world.someMemberId() : memberId;
    int odd = world.chance(0.5) ? generation + world.below(3) - 1 : generation;
    return switch (world.below(5)) {
      case 0 -> join(world.chance(0.4) ? world.promisedMemberId() : id);
      case 1 -> sync(id, odd);
      case 2 -> heartbeat(id, odd);
      case 3 -> commit(id, odd);
      default -> leave(id);
    };
  }

  private short version(Api api, int firstStatic) {
    short version = world.version(api);
    return instanceId == null ? version : (short) Math.max(version, firstStatic);
  }

  private Step join(String id) {
    short version = alone ? 0 : (short) Math.max(version(Api.JOIN_GROUP, 5), 1);
    if (id.isEmpty()) {
      clientId = world.newName("classic");
    }
    JoinGroupRequest request =
        new JoinGroupRequest()
            .groupId(world.chance(0.01) ? world.group() : groupId)
            .memberId(id)
            .groupInstanceId(instanceId)
            .sessionTimeoutMs(world.chance(0.02) ? 5000 : sessionTimeoutMs())
            .protocolType(world.chance(0.02) ? "connect" : "consumer")
            .protocols(protocols());
    if (version >= 1) {
      request.rebalanceTimeoutMs(rebalanceMs + world.next());
    }
    if (version >= 8 && world.chance(0.3)) {
      request.reason("because");
    }
    phase = Phase.JOINING;
    return world.ask(
        Api.JOIN_GROUP, version, request, clientId, answer -> joined((JoinGroupResponse) answer));
  }

  private int sessionTimeoutMs() {
    return instanceId == null
        ? sessionMs + world.next()
        : SESSIONS_MS[Math.floorMod(instanceId.hashCode(), SESSIONS_MS.length)];
  }

  private List<JoinGroupRequestProtocol> protocols() {
    List<JoinGroupRequestProtocol> protocols = new ArrayList<>();
    byte[] ofAll = world.isMigrating() ? subscription() : null;
    for (String name : List.of("cooperative-sticky", "sticky", "range")) {
      if (name.equals("range") ? world.chance(0.97) : world.chance(0.4)) {
        protocols.add(
            new JoinGroupRequestProtocol()
                .name(name)
                .metadata(ofAll == null ? subscription() : ofAll));
      }
    }
    return protocols;
  }

  private byte[] subscription() {
    if (world.chance(0.05)) {
      return world.bytes(5);
    }
    short version = (short) world.below(4);
    ConsumerProtocolSubscription subscription =
        new ConsumerProtocolSubscription().topics(world.someTopicNames(clientId));
    if (world.isMigrating() && version >= 1 && world.chance(0.6)) {
      subscription.ownedPartitions(owned);
    }
    return Wire.versioned(subscription, version);
  }

  private void joined(JoinGroupResponse answer) {
    ErrorCode error = ErrorCode.forCode(answer.errorCode());
    switch (error) {
      case NONE -> {
        memberId = answer.memberId();
        generation = answer.generationId();
        protocol = answer.protocolName() == null ? "" : answer.protocolName();
        assignees = answer.members().stream().map(JoinGroupResponseMember::memberId).toList();
        phase = Phase.JOINED;
        world.known(memberId);
      }
      case MEMBER_ID_REQUIRED -> {
        memberId = answer.memberId();
        phase = Phase.OUT;
        world.promised(memberId);
      }
      default -> failed(error);
    }
  }

  private void failed(ErrorCode error) {
    switch (error) {
      case NONE -> {}
      case REBALANCE_IN_PROGRESS, NOT_COORDINATOR -> phase = Phase.OUT;
      case ILLEGAL_GENERATION -> {
        phase = Phase.OUT;
        generation = -1;
      }
      default -> {
        phase = Phase.OUT;
        memberId = "";
        generation = -1;
      }
    }
  }

  private Step sync(String id, int generationId) {
    short version = version(Api.SYNC_GROUP, 3);
    SyncGroupRequest request =
        new SyncGroupRequest()
            .groupId(groupId)
            .memberId(id)
            .groupInstanceId(instanceId)
            .generationId(generationId)
            .assignments(assignments());
    if (version >= 5 && !world.chance(0.03)) {
      request
          .protocolType(world.chance(0.03) ? "connect" : "consumer")
          .protocolName(world.chance(0.03) ? "odd" : protocol);
    }
    phase = Phase.SYNCING;
    return world.ask(
        Api.SYNC_GROUP, version, request, clientId, answer -> synced((SyncGroupResponse) answer));
  }

  private List<SyncGroupRequestAssignment> assignments() {
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    if (world.isMigrating()) {
      return assignees.isEmpty() ? assignments : shareOut();
    }
    for (String assignee : assignees) {
      if (!world.chance(0.03)) {
        byte[] assignment = Wire.versioned(new ConsumerProtocolAssignment(), (short) 1);
        assignments.add(
            new SyncGroupRequestAssignment()
                .memberId(assignee)
                .assignment(world.chance(0.5) ? assignment : world.bytes(4)));
      }
    }
    return assignments;
  }

  /**
   * All partitions, hardly ever one to two members; not always such that a migration can read it.
   */
  private List<SyncGroupRequestAssignment> shareOut() {
    Map<String, List<ConsumerProtocolAssignment.TopicPartition>> shares = new TreeMap<>();
    assignees.forEach(assignee -> shares.put(assignee, new ArrayList<>()));
    for (Topic topic : world.topics()) {
      Map<String, List<Integer>> byMember = new TreeMap<>();
      for (int partition = 0; partition < topic.partitions(); partition++) {
        if (!world.chance(0.05)) {
          byMember.computeIfAbsent(world.pick(assignees), id -> new ArrayList<>()).add(partition);
        }
      }
      byMember.forEach((id, partitions) ->
          shares
              .get(id)
              .add(
                  new ConsumerProtocolAssignment.TopicPartition()
                      .topic(topic.name())
                      .partitions(partitions.stream().mapToInt(it -> it).toArray())));
    }
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    shares.forEach((id, share) -> {
      ConsumerProtocolAssignment assignment =
          new ConsumerProtocolAssignment()
              .assignedPartitions(share)
              .userData(world.chance(0.01) ? new byte[] {1} : null);
      byte[] bytes = Wire.versioned(assignment, (short) world.below(4));
      assignments.add(
          new SyncGroupRequestAssignment()
              .memberId(id)
              .assignment(world.chance(0.01) ? world.bytes(4) : bytes));
    });
    return assignments;
  }

  private void synced(SyncGroupResponse answer) {
    ErrorCode error = ErrorCode.forCode(answer.errorCode());
    if (error == ErrorCode.NONE) {
      phase = Phase.STABLE;
      own(Wire.assignment(answer.assignment()));
    } else {
      failed(error);
    }
  }

  private void own(ConsumerProtocolAssignment assignment) {
    owned = new ArrayList<>();
    if (assignment != null) {
      for (var topic : assignment.assignedPartitions()) {
        owned.add(
            new ConsumerProtocolSubscription.TopicPartition()
                .topic(topic.topic())
                .partitions(topic.partitions()));
      }
    }
  }

  private Step heartbeat(String id, int generationId) {
    short version = version(Api.HEARTBEAT, 3);
    HeartbeatRequest request =
        new HeartbeatRequest()
            .groupId(groupId)
            .memberId(id)
            .groupInstanceId(instanceId)
            .generationId(generationId);
    return world.ask(
        Api.HEARTBEAT,
        version,
        request,
        clientId,
        answer -> failed(ErrorCode.forCode(((HeartbeatResponse) answer).errorCode())));
  }

  private Step commit(String id, int generationId) {
    short version = version(Api.OFFSET_COMMIT, 7);
    return world.ask(
        Api.OFFSET_COMMIT,
        version,
        new OffsetActor(world)
            .commit(version, groupId)
            .memberId(id)
            .groupInstanceId(instanceId)
            .generationIdOrMemberEpoch(generationId),
        clientId,
        answer -> {});
  }

  private Step leave(String id) {
    short version = version(Api.LEAVE_GROUP, 3);
    LeaveGroupRequest request = new LeaveGroupRequest().groupId(groupId);
    if (version < 3) {
      request.memberId(id);
    } else {
      List<MemberIdentity> members = new ArrayList<>();
      members.add(
          new MemberIdentity()
              .memberId(instanceId != null && world.chance(0.4) ? "" : id)
              .groupInstanceId(instanceId));
      if (world.chance(0.1)) {
        members.add(new MemberIdentity().memberId(world.someMemberId()));
      }
      request.members(members);
    }
    phase = Phase.OUT;
    memberId = alone || world.chance(0.8) ? "" : memberId;
    return world.ask(Api.LEAVE_GROUP, version, request, clientId, answer -> {});
  }
}
