package io.tailrace.bench.group;

import java.net.InetSocketAddress;

/**
 * What the members of a group have in common.
 *
 * @param topic the only one that they subscribe to
 * @param longestPauseMs between two heartbeats of a member, whatever the protocol says; so that a
 *     group that is only to be made is soon ready
 */
public record GroupTerms(
    GroupProtocol protocol,
    InetSocketAddress broker,
    String groupId,
    String topic,
    int partitions,
    int longestPauseMs) {

  /** Heartbeats as the protocol has them. */
  public GroupTerms(
      GroupProtocol protocol,
      InetSocketAddress broker,
      String groupId,
      String topic,
      int partitions) {
    this(protocol, broker, groupId, topic, partitions, Integer.MAX_VALUE);
  }
}
