package io.tailrace.coordinator.group;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataValue.MemberMetadata;
import io.tailrace.protocol.message.JoinGroupRequest.JoinGroupRequestProtocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of a classic group, in the order in which they joined, and who of them leads. Who is
 * removed is answered: nobody waits who is not a member. For the shard's thread.
 */
final class ClassicMembers {
  private final Map<String, ClassicMember> byId = new LinkedHashMap<>();
  private final Map<String, String> idsByInstance = new HashMap<>();

  /** How many members know a protocol. */
  private final Map<String, Integer> supporters = new HashMap<>();

  private @Nullable String leader;

  Collection<ClassicMember> all() {
    return byId.values();
  }

  /** For loops that change the members. */
  List<ClassicMember> copy() {
    return List.copyOf(byId.values());
  }

  int size() {
    return byId.size();
  }

  boolean isEmpty() {
    return byId.isEmpty();
  }

  @Nullable ClassicMember get(String memberId) {
    return byId.get(memberId);
  }

  /**
   * The member id of a static member; null if there is none with this {@code group.instance.id}.
   */
  @Nullable String idOf(@Nullable String instanceId) {
    return instanceId == null ? null : idsByInstance.get(instanceId);
  }

  /** NONE if the request comes from a member, UNKNOWN_MEMBER_ID or FENCED_INSTANCE_ID if not. */
  ErrorCode check(String memberId, @Nullable String instanceId) {
    if (instanceId != null) {
      String current = idsByInstance.get(instanceId);
      if (current == null) {
        return ErrorCode.UNKNOWN_MEMBER_ID;
      }
      if (!current.equals(memberId)) {
        return ErrorCode.FENCED_INSTANCE_ID;
      }
    }
    return byId.containsKey(memberId) ? ErrorCode.NONE : ErrorCode.UNKNOWN_MEMBER_ID;
  }

  /**
   * The first one leads.
   *
   * @throws IllegalStateException if its id or instance id is taken
   */
  void add(ClassicMember member) {
    insert(member);
    if (leader == null) {
      leader = member.id();
    }
  }

  private void insert(ClassicMember member) {
    String instanceId = member.instanceId();
    if (byId.putIfAbsent(member.id(), member) != null
        || (instanceId != null && idsByInstance.putIfAbsent(instanceId, member.id()) != null)) {
      throw new IllegalStateException(
          "member %s (instance id %s) is in the group already".formatted(member.id(), instanceId));
    }
    count(member, 1);
  }

  /** After a leader, the next in order leads. Does nothing if there is no such member. */
  void remove(String memberId) {
    ClassicMember member = byId.remove(memberId);
    if (member == null) {
      return;
    }
    forget(member);
    if (memberId.equals(leader)) {
      leader = byId.isEmpty() ? null : byId.keySet().iterator().next();
    }
    member.answerAll(ErrorCode.UNKNOWN_MEMBER_ID, "");
  }

  private void forget(ClassicMember member) {
    count(member, -1);
    String instanceId = member.instanceId();
    if (instanceId != null) {
      idsByInstance.remove(instanceId);
    }
  }

  /** Puts a static member with another id in the place of the one before, which is fenced. */
  void replace(ClassicMember before, ClassicMember after) {
    List<ClassicMember> members = copy();
    byId.clear();
    forget(before);
    for (ClassicMember member : members) {
      if (member == before) {
        insert(after);
      } else {
        byId.put(member.id(), member);
      }
    }
    if (before.id().equals(leader)) {
      leader = after.id();
    }
    before.answerAll(ErrorCode.FENCED_INSTANCE_ID, before.id());
  }

  /** A member has joined again. */
  void update(ClassicMember member, JoinTerms terms) {
    count(member, -1);
    member.terms(terms);
    count(member, 1);
  }

  private void count(ClassicMember member, int change) {
    for (String name : JoinTerms.names(member.terms().protocols())) {
      if (supporters.merge(name, change, Integer::sum) == 0) {
        supporters.remove(name);
      }
    }
  }

  /** Takes over the members of a record, in its order. Who was here already goes on waiting. */
  void apply(List<MemberMetadata> records, String protocol, @Nullable String newLeader) {
    Map<String, ClassicMember> before = new HashMap<>(byId);
    byId.clear();
    idsByInstance.clear();
    supporters.clear();
    for (MemberMetadata metadata : records) {
      ClassicMember member = before.remove(metadata.memberId());
      if (member == null) {
        member = ClassicMember.of(metadata, protocol);
      } else {
        member.apply(metadata, protocol);
      }
      insert(member);
    }
    leader = newLeader;
    for (ClassicMember gone : before.values()) {
      gone.answerAll(ErrorCode.UNKNOWN_MEMBER_ID, "");
    }
  }

  /** Null if there are no members. */
  @Nullable String leader() {
    return leader;
  }

  boolean isLeader(ClassicMember member) {
    return member.id().equals(leader);
  }

  /** If the leader has not joined, another leads. False if nobody has joined. */
  boolean electJoinedLeader() {
    ClassicMember current = leader == null ? null : byId.get(leader);
    if (current != null && current.awaitsJoin()) {
      return true;
    }
    for (ClassicMember member : byId.values()) {
      if (member.awaitsJoin()) {
        leader = member.id();
        return true;
      }
    }
    return false;
  }

  /** Whether all members know one of these protocols. */
  boolean supportAny(List<JoinGroupRequestProtocol> protocols) {
    for (JoinGroupRequestProtocol protocol : protocols) {
      if (supporters.getOrDefault(protocol.name(), 0) == byId.size()) {
        return true;
      }
    }
    return false;
  }

  /** What they joined with, in their order. */
  List<JoinTerms> terms() {
    List<JoinTerms> terms = new ArrayList<>(byId.size());
    for (ClassicMember member : byId.values()) {
      terms.add(member.terms());
    }
    return terms;
  }

  /** How long they are waited for when the group rebalances. */
  int rebalanceTimeoutMs() {
    int longest = 0;
    for (ClassicMember member : byId.values()) {
      longest = Math.max(longest, member.terms().rebalanceTimeoutMs());
    }
    return longest;
  }

  boolean allAwaitJoin() {
    for (ClassicMember member : byId.values()) {
      if (!member.awaitsJoin()) {
        return false;
      }
    }
    return true;
  }

  int countAwaitingJoin() {
    int count = 0;
    for (ClassicMember member : byId.values()) {
      count += member.awaitsJoin() ? 1 : 0;
    }
    return count;
  }
}
