package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.ConsumerGroupHeartbeatRequest;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
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
    @Nullable ClassicMemberMetadata classic) {

  /** Of a member that has said nothing yet. */
  static final ConsumerSubscription NONE =
      new ConsumerSubscription(
          null, null, -1, "", "", Collections.emptySortedSet(), "", null, null);

  static ConsumerSubscription of(ConsumerGroupMemberMetadataValue value) {
    String regex = value.subscribedTopicRegex();
    return new ConsumerSubscription(
        value.instanceId(),
        value.rackId(),
        value.rebalanceTimeoutMs(),
        value.clientId(),
        value.clientHost(),
        sorted(value.subscribedTopicNames()),
        regex == null ? "" : regex,
        value.serverAssignor(),
        value.classicMemberMetadata());
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
        .classicMemberMetadata(classic);
  }
}
