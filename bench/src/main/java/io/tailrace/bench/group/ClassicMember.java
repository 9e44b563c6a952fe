package io.tailrace.bench.group;

import io.tailrace.bench.load.Caller;
import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.HeartbeatResponse;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.LeaveGroupRequest;
import io.tailrace.protocol.message.LeaveGroupResponse;
import io.tailrace.protocol.message.SyncGroupRequest;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.io.IOException;
import java.util.List;

/**
 * Speaks the classic protocol, eager: it learns by a heartbeat that the group rebalances, gives up
 * everything and joins again at once. Which of the partitions it gets, the leader says: {@link
 * RangeAssignment}.
 */
final class ClassicMember extends Member {
  static final short JOIN_VERSION = 9;
  static final short SYNC_VERSION = 5;
  static final short LEAVE_VERSION = 5;
  private static final String TYPE = "consumer";
  private static final String ASSIGNOR = "range";

  /** {@code session.timeout.ms} and {@code max.poll.interval.ms} of the Java client. */
  private static final int SESSION_TIMEOUT_MS = 45_000;

  private static final int REBALANCE_TIMEOUT_MS = 300_000;

  private final RangeAssignment assignor;
  private volatile Membership membership;

  ClassicMember(GroupTerms terms, Caller caller, Ownership ownership, BrokerTime brokerTime) {
    super(terms, caller, ownership, brokerTime);
    assignor = new RangeAssignment(terms.topic(), terms.partitions());
    membership = new Membership(terms.groupId(), "", -1);
  }

  @Override
  Membership membership() {
    return membership;
  }

  @Override
  void takePart() throws IOException, InterruptedException {
    while (true) {
      ownership().gaveUp(this);
      if (sync(join())) {
        do {
          if (pause(GroupProtocol.CLASSIC.intervalMs())) {
            return;
          }
        } while (staysAfterHeartbeat());
      }
    }
  }

  private JoinGroupResponse join() throws IOException {
    brokerTime().restart();
    JoinGroupResponse answer = askToJoin();
    if (answer.errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()) {
      membership = new Membership(terms().groupId(), answer.memberId(), -1);
      brokerTime().restart();
      answer = askToJoin();
    }
    Caller.check(answer.errorCode(), null, "JoinGroup");
    membership = new Membership(terms().groupId(), answer.memberId(), answer.generationId());
    return answer;
  }

  private JoinGroupResponse askToJoin() throws IOException {
    JoinGroupRequestProtocol range =
        new JoinGroupRequestProtocol().name(ASSIGNOR).metadata(assignor.subscription());
    JoinGroupRequest request =
        new JoinGroupRequest()
            .groupId(terms().groupId())
            .sessionTimeoutMs(SESSION_TIMEOUT_MS)
            .rebalanceTimeoutMs(REBALANCE_TIMEOUT_MS)
            .memberId(membership.memberId())
            .protocolType(TYPE)
            .protocols(List.of(range));
    return ask(ApiKey.JOIN_GROUP, JOIN_VERSION, request, new JoinGroupResponse());
  }

  /**
   * @return false if it has to join again
   */
  private boolean sync(JoinGroupResponse joined) throws IOException {
    SyncGroupRequest request =
        new SyncGroupRequest()
            .groupId(terms().groupId())
            .generationId(joined.generationId())
            .memberId(joined.memberId())
            .protocolType(TYPE)
            .protocolName(ASSIGNOR)
            .assignments(
                joined.memberId().equals(joined.leader())
                    ? assignor.of(joined.members())
                    : List.of());
    SyncGroupResponse answer =
        ask(ApiKey.SYNC_GROUP, SYNC_VERSION, request, new SyncGroupResponse());
    if (answer.errorCode() == ErrorCode.REBALANCE_IN_PROGRESS.code()) {
      return false;
    }
    Caller.check(answer.errorCode(), null, "SyncGroup");
    ownership().holds(this, joined.generationId(), RangeAssignment.partitions(answer.assignment()));
    return true;
  }

  private boolean staysAfterHeartbeat() throws IOException {
    HeartbeatResponse answer =
        ask(
            GroupProtocol.CLASSIC.heartbeatKey(),
            GroupProtocol.CLASSIC.heartbeatVersion(),
            GroupProtocol.CLASSIC.heartbeat(membership),
            new HeartbeatResponse());
    if (answer.errorCode() == ErrorCode.REBALANCE_IN_PROGRESS.code()) {
      return false;
    }
    Caller.check(answer.errorCode(), null, "Heartbeat");
    return true;
  }

  @Override
  void leave() throws IOException {
    LeaveGroupResponse answer =
        ask(
            ApiKey.LEAVE_GROUP,
            LEAVE_VERSION,
            leaving(terms().groupId(), List.of(membership.memberId())),
            new LeaveGroupResponse());
    Caller.check(answer.errorCode(), null, "LeaveGroup");
  }

  static LeaveGroupRequest leaving(String groupId, List<String> memberIds) {
    return new LeaveGroupRequest()
        .groupId(groupId)
        .members(
            memberIds.stream()
                .map(id -> new LeaveGroupRequest.MemberIdentity().memberId(id))
                .toList());
  }
}
