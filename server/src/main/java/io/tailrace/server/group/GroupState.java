package io.tailrace.server.group;

import java.util.List;

/**
 * A group as its coordinator describes it.
 *
 * @param protocol as Kafka names the type of a group: {@link #CLASSIC}, {@link #CONSUMER}, or
 *     another, of whose members nothing is known
 * @param assignor empty if there is none now
 */
record GroupState(
    String group, String protocol, String state, String assignor, List<GroupMember> members) {
  static final String CLASSIC = "classic";
  static final String CONSUMER = "consumer";

  long memberCount() {
    boolean known = protocol.equals(CLASSIC) || protocol.equals(CONSUMER);
    return known ? members.size() : PartitionLag.UNKNOWN;
  }
}
