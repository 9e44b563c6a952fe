package io.tailrace.coordinator.group;

import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How a classic group finds the protocol of its next generation. */
final class ProtocolVote {
  private ProtocolVote() {}

  /**
   * Each member has one vote, for the first on its list that all support. Most votes win; of
   * several, the one that was voted for first.
   *
   * @throws IllegalStateException if they have no protocol in common
   */
  static String winner(List<JoinTerms> members) {
    Set<String> common = common(members);
    Map<String, Integer> votes = new HashMap<>();
    for (JoinTerms member : members) {
      votes.merge(vote(member, common), 1, Integer::sum);
    }
    String winner = "";
    int most = 0;
    for (JoinTerms member : members) {
      String candidate = vote(member, common);
      int count = votes.getOrDefault(candidate, 0);
      if (count > most) {
        winner = candidate;
        most = count;
      }
    }
    return winner;
  }

  private static Set<String> common(List<JoinTerms> members) {
    Set<String> common = JoinTerms.names(members.getFirst().protocols());
    for (JoinTerms member : members.subList(1, members.size())) {
      common.retainAll(JoinTerms.names(member.protocols()));
    }
    return common;
  }

  private static String vote(JoinTerms member, Set<String> candidates) {
    for (JoinGroupRequestProtocol protocol : member.protocols()) {
      if (candidates.contains(protocol.name())) {
        return protocol.name();
      }
    }
    throw new IllegalStateException("the members have no protocol in common");
  }
}
