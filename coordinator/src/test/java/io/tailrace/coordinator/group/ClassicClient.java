package io.tailrace.coordinator.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatRequest;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.JoinGroupResponse.JoinGroupResponseMember;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupRequest.MemberIdentity;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupRequest.SyncGroupRequestAssignment;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A consumer of a test, which does one step of the protocol at a time. */
final class ClassicClient {
  static final int SESSION_MS = 10_000;
  static final int REBALANCE_MS = 60_000;

  private final ClassicFixture coordinator;
  private final String groupId;
  final int version;
  String memberId = "";
  String instanceId;
  int generation = -1;
  String protocolType = "consumer";
  String protocolName = "range";
  int sessionMs = SESSION_MS;
  int rebalanceMs = REBALANCE_MS;
  List<JoinGroupRequestProtocol> protocols = List.of(protocol("range", "topics"));

  /**
   * @param version of JoinGroup; the other requests are in the newest that is as old
   */
  ClassicClient(ClassicFixture coordinator, String groupId, int version) {
    this.coordinator = coordinator;
    this.groupId = groupId;
    this.version = version;
  }

  static JoinGroupRequestProtocol protocol(String name, String metadata) {
    return new JoinGroupRequestProtocol().name(name).metadata(metadata.getBytes(UTF_8));
  }

  JoinGroupRequest joinRequest() {
    return new JoinGroupRequest()
        .groupId(groupId)
        .memberId(memberId)
        .groupInstanceId(instanceId)
        .sessionTimeoutMs(sessionMs)
        .rebalanceTimeoutMs(rebalanceMs)
        .protocolType(protocolType)
        .protocols(protocols);
  }

  /** Joins; with the id that it is given, if that is asked for. */
  CompletableFuture<JoinGroupResponse> join() {
    CompletableFuture<JoinGroupResponse> answer = coordinator.join(version, joinRequest());
    if (answer.isDone() && error(answer.join().errorCode()) == ErrorCode.MEMBER_ID_REQUIRED) {
      memberId = answer.join().memberId();
      answer = coordinator.join(version, joinRequest());
    }
    return answer.thenApply(this::learn);
  }

  private JoinGroupResponse learn(JoinGroupResponse response) {
    if (response.errorCode() == 0) {
      memberId = response.memberId();
      generation = response.generationId();
      protocolName = response.protocolName();
    }
    return response;
  }

  SyncGroupRequest syncRequest() {
    boolean saysProtocol = Math.min(version, 5) >= 5;
    return new SyncGroupRequest()
        .groupId(groupId)
        .memberId(memberId)
        .groupInstanceId(Math.min(version, 5) >= 3 ? instanceId : null)
        .generationId(generation)
        .protocolType(saysProtocol ? protocolType : null)
        .protocolName(saysProtocol ? protocolName : null);
  }

  CompletableFuture<SyncGroupResponse> sync() {
    return coordinator.sync(Math.min(version, 5), syncRequest());
  }

  /** Gives each member its own id and the generation as its assignment. */
  CompletableFuture<SyncGroupResponse> assign(JoinGroupResponse joined) {
    List<SyncGroupRequestAssignment> assignments = new ArrayList<>();
    for (JoinGroupResponseMember member : joined.members()) {
      assignments.add(
          new SyncGroupRequestAssignment()
              .memberId(member.memberId())
              .assignment(assignment(member.memberId(), joined.generationId())));
    }
    return coordinator.sync(Math.min(version, 5), syncRequest().assignments(assignments));
  }

  static byte[] assignment(String memberId, int generation) {
    return (generation + ":" + memberId).getBytes(UTF_8);
  }

  ErrorCode heartbeat() {
    int heartbeatVersion = Math.min(version, 4);
    return error(
        coordinator
            .heartbeat(
                heartbeatVersion,
                new HeartbeatRequest()
                    .groupId(groupId)
                    .memberId(memberId)
                    .groupInstanceId(heartbeatVersion >= 3 ? instanceId : null)
                    .generationId(generation))
            .errorCode());
  }

  LeaveGroupResponse leave() {
    LeaveGroupRequest request = new LeaveGroupRequest().groupId(groupId);
    int leaveVersion = Math.min(version, 5);
    if (leaveVersion < 3) {
      request.memberId(memberId);
    } else {
      request.members(List.of(new MemberIdentity().memberId(memberId).groupInstanceId(instanceId)));
    }
    return ClassicFixture.now(coordinator.leave(leaveVersion, request));
  }

  static ErrorCode error(short code) {
    return ErrorCode.forCode(code);
  }
}
