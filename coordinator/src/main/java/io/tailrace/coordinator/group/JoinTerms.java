package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.JoinGroupRequest;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a member of a classic group joins with.
 *
 * @param rebalanceTimeoutMs how long others wait for it to join again
 * @param sessionTimeoutMs how long it may be silent
 * @param protocols the assignors it knows with its subscription for each, the best first
 */
record JoinTerms(
    int rebalanceTimeoutMs, int sessionTimeoutMs, List<JoinGroupRequestProtocol> protocols) {

  static JoinTerms of(JoinGroupRequest request, short version) {
    // Version 0 knows one timeout only.
    int rebalanceTimeoutMs =
        version == 0 ? request.sessionTimeoutMs() : request.rebalanceTimeoutMs();
    return new JoinTerms(rebalanceTimeoutMs, request.sessionTimeoutMs(), request.protocols());
  }

  /** Without repetitions. */
  static Set<String> names(List<JoinGroupRequestProtocol> protocols) {
    Set<String> names = HashSet.newHashSet(protocols.size());
    for (JoinGroupRequestProtocol protocol : protocols) {
      names.add(protocol.name());
    }
    return names;
  }

  /** The subscription for a protocol; null if the protocol is not among these. */
  byte @Nullable [] subscription(@Nullable String name) {
    for (JoinGroupRequestProtocol protocol : protocols) {
      if (protocol.name().equals(name)) {
        return protocol.metadata();
      }
    }
    return null;
  }

  /** Whether the same protocols stand in the same order with the same subscriptions. */
  boolean sameProtocols(List<JoinGroupRequestProtocol> others) {
    return same(protocols, others);
  }

  static boolean same(List<JoinGroupRequestProtocol> some, List<JoinGroupRequestProtocol> others) {
    if (some.size() != others.size()) {
      return false;
    }
    for (int i = 0; i < others.size(); i++) {
      JoinGroupRequestProtocol one = some.get(i);
      JoinGroupRequestProtocol other = others.get(i);
      if (!one.name().equals(other.name()) || !Arrays.equals(one.metadata(), other.metadata())) {
        return false;
      }
    }
    return true;
  }
}
