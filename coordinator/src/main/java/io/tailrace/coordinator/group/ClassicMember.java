package io.tailrace.coordinator.group;

import static io.tailrace.protocol.Message.NO_BYTES;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import io.tailrace.protocol.message.JoinGroupResponse;
import io.tailrace.protocol.message.SyncGroupResponse;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A member of a classic group, with its requests that wait for others. These, and the protocols
 * that were not chosen, are lost with the process; the rest is in the group's record. For the
 * shard's thread.
 */
final class ClassicMember {
  private final String id;
  private final @Nullable String instanceId;
  private final String clientId;
  private final String clientHost;
  private JoinTerms terms;
  private byte[] assignment = NO_BYTES;
  private boolean firstJoin;
  private @Nullable CompletableFuture<JoinGroupResponse> waitingJoin;
  private @Nullable CompletableFuture<SyncGroupResponse> waitingSync;

  ClassicMember(
      String id, @Nullable String instanceId, String clientId, String clientHost, JoinTerms terms) {
    this.id = id;
    this.instanceId = instanceId;
    this.clientId = clientId;
    this.clientHost = clientHost;
    this.terms = terms;
  }

  /**
   * @param protocol of the generation
   */
  static ClassicMember of(MemberMetadata metadata, String protocol) {
    ClassicMember member =
        new ClassicMember(
            metadata.memberId(),
            metadata.groupInstanceId(),
            metadata.clientId(),
            metadata.clientHost(),
            new JoinTerms(0, 0, List.of()));
    member.apply(metadata, protocol);
    return member;
  }

  /** Takes over what is in the log. */
  void apply(MemberMetadata metadata, String protocol) {
    byte[] known = terms.subscription(protocol);
    // The log has the subscription for the chosen protocol only; who has joined here knows more.
    List<JoinGroupRequestProtocol> protocols =
        known != null && Arrays.equals(known, metadata.subscription())
            ? terms.protocols()
            : List.of(
                new JoinGroupRequestProtocol().name(protocol).metadata(metadata.subscription()));
    int rebalanceTimeoutMs =
        metadata.rebalanceTimeout() == -1 ? metadata.sessionTimeout() : metadata.rebalanceTimeout();
    terms = new JoinTerms(rebalanceTimeoutMs, metadata.sessionTimeout(), protocols);
    assignment = metadata.assignment();
  }

  String id() {
    return id;
  }

  /** {@code group.instance.id} (KIP-345); null for a dynamic member. */
  @Nullable String instanceId() {
    return instanceId;
  }

  String clientId() {
    return clientId;
  }

  String clientHost() {
    return clientHost;
  }

  JoinTerms terms() {
    return terms;
  }

  void terms(JoinTerms newTerms) {
    terms = newTerms;
  }

  byte[] assignment() {
    return assignment;
  }

  void assignment(byte[] bytes) {
    assignment = bytes;
  }

  /** Whether it waits to be told its member id, and so can't send heartbeats. */
  boolean isFirstJoin() {
    return firstJoin;
  }

  void firstJoin(boolean value) {
    firstJoin = value;
  }

  boolean awaitsJoin() {
    return waitingJoin != null;
  }

  boolean awaitsSync() {
    return waitingSync != null;
  }

  /** An earlier request that still waits is told to try again: nobody else would answer it. */
  CompletableFuture<JoinGroupResponse> awaitJoin() {
    answerJoin(ClassicAnswers.join(ErrorCode.REBALANCE_IN_PROGRESS, id));
    CompletableFuture<JoinGroupResponse> answer = new CompletableFuture<>();
    waitingJoin = answer;
    return answer;
  }

  /** As {@link #awaitJoin}. */
  CompletableFuture<SyncGroupResponse> awaitSync() {
    answerSync(ClassicAnswers.sync(ErrorCode.REBALANCE_IN_PROGRESS));
    CompletableFuture<SyncGroupResponse> answer = new CompletableFuture<>();
    waitingSync = answer;
    return answer;
  }

  /** Does nothing if no request waits. */
  void answerJoin(JoinGroupResponse response) {
    CompletableFuture<JoinGroupResponse> waiting = waitingJoin;
    waitingJoin = null;
    if (waiting != null) {
      waiting.complete(response);
    }
  }

  /** Whether a request waited. */
  boolean answerSync(SyncGroupResponse response) {
    CompletableFuture<SyncGroupResponse> waiting = waitingSync;
    waitingSync = null;
    return waiting != null && waiting.complete(response);
  }

  /**
   * Refuses what waits.
   *
   * @param idInAnswer the id to join again with; empty for none
   */
  void answerAll(ErrorCode error, String idInAnswer) {
    answerJoin(ClassicAnswers.join(error, idInAnswer));
    answerSync(ClassicAnswers.sync(error));
  }
}
