package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A static member (KIP-345) that joins without a member id has been started again: it is given a
 * new id, takes the place and the assignment of its former self, and fences it. For the shard's
 * thread.
 */
final class ClassicStaticMembers {
  private static final int ASSIGNMENT_CAN_BE_SKIPPED = 9;

  private final ClassicRebalance rebalance;

  ClassicStaticMembers(ClassicRebalance rebalance) {
    this.rebalance = rebalance;
  }

  CoordinatorResult<JoinGroupResponse> replace(
      RequestContext asker,
      JoinGroupRequest request,
      ClassicGroup group,
      ClassicMember before,
      String memberId) {
    JoinTerms terms = JoinTerms.of(request, asker.version());
    ClassicMember after =
        new ClassicMember(
            memberId, before.instanceId(), before.clientId(), before.clientHost(), terms);
    if (group.isIn(ClassicState.STABLE) && keepsProtocol(group, before, terms)) {
      return persist(asker, group, before, after);
    }
    after.assignment(before.assignment());
    group.replace(before, after);
    rebalance.sessions().extend(group, after, asker.nowMs());
    CompletableFuture<JoinGroupResponse> answer = after.awaitJoin();
    return ClassicAnswers.answering(
        rebalance.prepareOrComplete(group, ClassicJoin.reason(after, request), asker.nowMs()),
        answer);
  }

  /** Whether the group would choose the same protocol again. */
  private static boolean keepsProtocol(
      ClassicGroup group, ClassicMember before, JoinTerms newTerms) {
    List<JoinTerms> terms = new ArrayList<>(group.members().size());
    for (ClassicMember member : group.members().all()) {
      terms.add(member == before ? newTerms : member.terms());
    }
    return ProtocolVote.winner(terms).equals(group.protocol());
  }

  /** The generation goes on with the new id: nobody else notices. */
  private CoordinatorResult<JoinGroupResponse> persist(
      RequestContext asker, ClassicGroup group, ClassicMember before, ClassicMember after) {
    String leader = group.members().leader();
    String oldLeader = leader == null ? "" : leader;
    String newLeader = oldLeader.equals(before.id()) ? after.id() : oldLeader;
    CoordinatorRecord generation =
        ClassicRecords.generation(
            group,
            newLeader,
            member ->
                ClassicRecords.member(
                    member == before ? after : member,
                    group.subscription(member == before ? after : member),
                    member.assignment()));
    CompletableFuture<JoinGroupResponse> answer = new CompletableFuture<>();
    return new CoordinatorResult<>(
        List.of(generation),
        answer,
        error -> {
          ClassicMember member = group.members().get(after.id());
          if (error != ErrorCode.NONE || member == null) {
            // Nothing has changed.
            answer.complete(ClassicAnswers.join(error, ""));
            return;
          }
          rebalance.synced(group, before);
          rebalance.sessions().cancel(group, before.id());
          rebalance.sessions().extend(group, member, asker.nowMs());
          group.members().update(member, after.terms());
          answer.complete(joined(asker, group, member, oldLeader));
        });
  }

  /**
   * A leader must not assign: nobody asks for it. From version 9 on it is told so (KIP-814);
   * before, that somebody else leads, namely its former self.
   */
  private static JoinGroupResponse joined(
      RequestContext asker, ClassicGroup group, ClassicMember member, String oldLeader) {
    JoinGroupResponse response = ClassicRebalance.joined(group, member);
    return asker.version() >= ASSIGNMENT_CAN_BE_SKIPPED
        ? response.skipAssignment(group.members().isLeader(member))
        : response.leader(oldLeader).members(List.of());
  }
}
