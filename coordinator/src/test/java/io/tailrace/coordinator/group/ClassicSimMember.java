package io.tailrace.coordinator.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
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
import java.util.SplittableRandom;

/**
 * A consumer of {@link ClassicSimulation}, which behaves as clients do: it joins until it belongs,
 * keeps what it is told, and sends again what is not answered in time.
 */
final class ClassicSimMember {
  enum Phase {
    OUT,
    JOINING,
    JOINED,
    SYNCING,
    IN,
    DEAD
  }

  private static final long RETRY_MS = 90_000;

  private final ClassicSimulation world;
  private final SplittableRandom random;
  final String groupId;
  final int version;
  final String instanceId;
  private final int sessionMs;
  private final int rebalanceMs;
  Phase phase = Phase.OUT;
  String memberId = "";
  int generation = -1;
  private String protocolName;
  private boolean leads;
  private List<JoinGroupResponseMember> others = List.of();
  private List<JoinGroupRequestProtocol> protocols;
  private long sentMs;

  /** Counts requests: what answers another than the last is not listened to. */
  int correlation;

  ClassicSimMember(ClassicSimulation world, String groupId, String instanceId) {
    this.world = world;
    this.random = world.random;
    this.groupId = groupId;
    this.instanceId = instanceId;
    this.version = instanceId == null ? random.nextInt(10) : random.nextInt(5, 10);
    this.sessionMs = random.nextInt(6_000, 20_000);
    this.rebalanceMs = random.nextInt(2_500, 40_000);
    resubscribe();
  }

  /**
   * All know the same protocols: of members that are loaded only the chosen one is known, so others
   * could not join them.
   */
  private void resubscribe() {
    protocols = new ArrayList<>();
    for (String name : List.of("range", "sticky", "round")) {
      protocols.add(random.nextInt(protocols.size() + 1), protocol(name));
    }
  }

  private JoinGroupRequestProtocol protocol(String name) {
    return ClassicClient.protocol(name, name + random.nextInt(3));
  }

  /** The next thing that a client in this phase does by itself. */
  void act(boolean quiet) {
    switch (phase) {
      case OUT -> join();
      case JOINED -> sync();
      case JOINING, SYNCING -> retry();
      case IN -> live(quiet);
      case DEAD -> {}
    }
  }

  private void retry() {
    if (world.nowMs() - sentMs > RETRY_MS) {
      phase = Phase.OUT;
      join();
    }
  }

  private void live(boolean quiet) {
    int dice = quiet ? 99 : random.nextInt(100);
    if (dice < 3) {
      leave();
    } else if (dice < 6) {
      resubscribe();
      join();
    } else if (dice < 8) {
      join();
    } else if (dice < 20) {
      world.commit(this);
    } else {
      heartbeat();
    }
  }

  void join() {
    JoinGroupRequest request =
        new JoinGroupRequest()
            .groupId(groupId)
            .memberId(memberId)
            .groupInstanceId(instanceId)
            .sessionTimeoutMs(sessionMs)
            .rebalanceTimeoutMs(rebalanceMs)
            .protocolType("consumer")
            .protocols(protocols);
    phase = Phase.JOINING;
    sentMs = world.nowMs();
    correlation++;
    world.send(
        this,
        "join",
        world.coordinator.join(version, request),
        response -> world.checkJoined(this, response),
        this::joined);
  }

  private void joined(JoinGroupResponse response) {
    if (phase != Phase.JOINING) {
      return;
    }
    ErrorCode error = ErrorCode.forCode(response.errorCode());
    phase = Phase.OUT;
    switch (error) {
      case NONE -> {
        memberId = response.memberId();
        generation = response.generationId();
        protocolName = response.protocolName();
        leads = response.leader().equals(memberId) && !response.skipAssignment();
        others = response.members();
        phase = Phase.JOINED;
      }
      case MEMBER_ID_REQUIRED -> memberId = response.memberId();
      default -> failed(error);
    }
  }

  private void failed(ErrorCode error) {
    phase = Phase.OUT;
    switch (error) {
      case FENCED_INSTANCE_ID -> phase = Phase.DEAD;
      case UNKNOWN_MEMBER_ID, GROUP_MAX_SIZE_REACHED -> memberId = "";
      case REBALANCE_IN_PROGRESS,
          ILLEGAL_GENERATION,
          NOT_COORDINATOR,
          COORDINATOR_NOT_AVAILABLE -> {}
      default -> throw new AssertionError("unexpected " + error + " for " + this);
    }
  }

  void sync() {
    SyncGroupRequest request =
        new SyncGroupRequest()
            .groupId(groupId)
            .memberId(memberId)
            .generationId(generation)
            .groupInstanceId(instanceId);
    if (version >= 5) {
      request.protocolType("consumer").protocolName(protocolName);
    }
    if (leads) {
      request.assignments(assign());
    }
    correlation++;
    phase = Phase.SYNCING;
    sentMs = world.nowMs();
    world.send(
        this,
        "sync",
        world.coordinator.sync(Math.min(version, 5), request),
        response -> world.checkSynced(this, request, response),
        this::synced);
  }

  /** Tells each whose assignment it is, of which generation, and who has made it. */
  private List<SyncGroupRequestAssignment> assign() {
    String nonce = memberId + "/" + world.nowMs();
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    for (JoinGroupResponseMember other : others) {
      String text = generation + ":" + ClassicSimulation.lasting(other.memberId()) + ":" + nonce;
      assignments.add(
          new SyncGroupRequestAssignment()
              .memberId(other.memberId())
              .assignment(text.getBytes(UTF_8)));
    }
    return assignments;
  }

  private void synced(SyncGroupResponse response) {
    if (phase == Phase.SYNCING) {
      ErrorCode error = ErrorCode.forCode(response.errorCode());
      if (error == ErrorCode.NONE) {
        phase = Phase.IN;
      } else {
        failed(error);
      }
    }
  }

  private void heartbeat() {
    int heartbeatVersion = Math.min(version, 4);
    HeartbeatRequest request =
        new HeartbeatRequest()
            .groupId(groupId)
            .memberId(memberId)
            .generationId(generation)
            .groupInstanceId(heartbeatVersion >= 3 ? instanceId : null);
    ErrorCode error =
        ErrorCode.forCode(world.coordinator.heartbeat(heartbeatVersion, request).errorCode());
    if (error != ErrorCode.NONE) {
      failed(error);
    }
  }

  void leave() {
    LeaveGroupRequest request = new LeaveGroupRequest().groupId(groupId);
    if (version < 3) {
      request.memberId(memberId);
    } else {
      request.members(List.of(new MemberIdentity().memberId(memberId).groupInstanceId(instanceId)));
    }
    phase = Phase.OUT;
    world.send(
        this,
        "leave",
        world.coordinator.leave(Math.min(version, 5), request),
        response -> {},
        response -> {});
    memberId = "";
  }

  /** A request has failed as a whole. */
  void refused(CoordinatorException e) {
    if (phase == Phase.JOINING || phase == Phase.SYNCING) {
      failed(e.code());
    }
  }

  /** Without a word. */
  void crash() {
    phase = Phase.DEAD;
  }

  @Override
  public String toString() {
    return "%s of %s (v%d, %s, generation %d)"
        .formatted(memberId, groupId, version, phase, generation);
  }
}
