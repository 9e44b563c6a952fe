package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue.ClassicMemberMetadata;
import io.tailrace.protocol.message.ConsumerGroupMemberMetadataValue.ClassicProtocol;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a consumer group that speaks the classic protocol has joined with, besides its
 * subscription: the ClassicMemberMetadata of its record.
 *
 * @param sessionTimeoutMs how long it may be silent
 * @param protocols the assignors it knows with its subscription for each, the best first; at least
 *     one. None is chosen: the group's assignor shares the partitions out
 */
record HostedTerms(int sessionTimeoutMs, List<JoinGroupRequestProtocol> protocols) {

  static HostedTerms of(ClassicMemberMetadata metadata) {
    List<JoinGroupRequestProtocol> protocols = new ArrayList<>();
    for (ClassicProtocol protocol : metadata.supportedProtocols()) {
      protocols.add(
          new JoinGroupRequestProtocol().name(protocol.name()).metadata(protocol.metadata()));
    }
    return new HostedTerms(metadata.sessionTimeoutMs(), protocols);
  }

  ClassicMemberMetadata toMetadata() {
    List<ClassicProtocol> supported = new ArrayList<>();
    for (JoinGroupRequestProtocol protocol : protocols) {
      supported.add(new ClassicProtocol().name(protocol.name()).metadata(protocol.metadata()));
    }
    return new ClassicMemberMetadata()
        .sessionTimeoutMs(sessionTimeoutMs)
        .supportedProtocols(supported);
  }

  /** What it is told that the group has agreed on. */
  String protocolName() {
    return protocols.getFirst().name();
  }

  boolean knows(String protocolName) {
    return protocols.stream().anyMatch(protocol -> protocol.name().equals(protocolName));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HostedTerms terms
        && terms.sessionTimeoutMs == sessionTimeoutMs
        && JoinTerms.same(terms.protocols, protocols);
  }

  @Override
  public int hashCode() {
    return 31 * sessionTimeoutMs + JoinTerms.names(protocols).hashCode();
  }
}
