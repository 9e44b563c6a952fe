package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.message.ConsumerProtocolSubscription;
import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a consumer group says of itself: a ConsumerGroupMemberMetadata record.
 *
 * @param rebalanceTimeoutMs how long it may take to give up partitions; −1 before it said so
 * @param regex empty if it has none
 * @param assignor null if it leaves the choice to others
 * @param classic null unless it speaks the classic protocol
 */
record ConsumerSubscription(
    @Nullable String instanceId,
    @Nullable String rackId,
    int rebalanceTimeoutMs,
    String clientId,
    String clientHost,
    SortedSet<String> topics,
    String regex,
    @Nullable String assignor,
    @Nullable HostedTerms classic) {

  /** Of a member that has said nothing yet. */
  static final ConsumerSubscription NONE =
      new ConsumerSubscription(
          null, null, -1, "", "", Collections.emptySortedSet(), "", null, null);

  static ConsumerSubscription of(ConsumerGroupMemberMetadataValue value) {
    String regex = value.subscribedTopicRegex();
    ClassicMemberMetadata classic = value.classicMemberMetadata();
    return new ConsumerSubscription(
        value.instanceId(),
        value.rackId(),
        value.rebalanceTimeoutMs(),
        value.clientId(),
        value.clientHost(),
        sorted(value.subscribedTopicNames()),
        regex == null ? "" : regex,
        value.serverAssignor(),
        classic == null ? null : HostedTerms.of(classic));
  }

  private static SortedSet<String> sorted(Collection<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }

  /** What a request does not mention stays as it was. */
  ConsumerSubscription with(ConsumerGroupHeartbeatRequest request, RequestContext context) {
    List<String> names = request.subscribedTopicNames();
    return new ConsumerSubscription(
        orElse(request.instanceId(), instanceId),
        orElse(request.rackId(), rackId),
        request.rebalanceTimeoutMs() == -1 ? rebalanceTimeoutMs : request.rebalanceTimeoutMs(),
        context.clientId(),
        context.clientHost(),
        names == null ? topics : sorted(names),
        request.subscribedTopicRegex() == null ? regex : request.subscribedTopicRegex(),
        orElse(request.serverAssignor(), assignor),
        null);
  }

  /**
   * Of a member that joins with the classic protocol, which has no regular expressions on the
   * broker.
   *
   * @param says what its request says to other consumers
   */
  ConsumerSubscription with(
      JoinGroupRequest request, ConsumerProtocolSubscription says, RequestContext context) {
    JoinTerms terms = JoinTerms.of(request, context.version());
    return new ConsumerSubscription(
        orElse(request.groupInstanceId(), instanceId),
        orElse(rack(says), rackId),
        terms.rebalanceTimeoutMs() == -1 ? rebalanceTimeoutMs : terms.rebalanceTimeoutMs(),
        context.clientId(),
        context.clientHost(),
        sorted(says.topics()),
        "",
        assignor,
        new HostedTerms(terms.sessionTimeoutMs(), terms.protocols()));
  }

  /** Of a member of a classic group that becomes a consumer group. */
  static ConsumerSubscription of(ClassicMember member, ConsumerProtocolSubscription says) {
    JoinTerms terms = member.terms();
    return new ConsumerSubscription(
        member.instanceId(),
        rack(says),
        terms.rebalanceTimeoutMs(),
        member.clientId(),
        member.clientHost(),
        sorted(says.topics()),
        "",
        null,
        new HostedTerms(terms.sessionTimeoutMs(), terms.protocols()));
  }

  private static @Nullable String rack(ConsumerProtocolSubscription says) {
    String rack = says.rackId();
    return rack == null || rack.isEmpty() ? null : rack;
  }

  private static @Nullable String orElse(@Nullable String given, @Nullable String before) {
    return given == null ? before : given;
  }

  boolean usesClassicProtocol() {
    return classic != null;
  }

  ConsumerGroupMemberMetadataValue toValue() {
    return new ConsumerGroupMemberMetadataValue()
        .instanceId(instanceId)
        .rackId(rackId)
        .clientId(clientId)
        .clientHost(clientHost)
        .subscribedTopicNames(new ArrayList<>(topics))
        .subscribedTopicRegex(regex)
        .rebalanceTimeoutMs(rebalanceTimeoutMs)
        .serverAssignor(assignor)
        .classicMemberMetadata(classic == null ? null : classic.toMetadata());
  }
}
