package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataKey;
import io.tailrace.protocol.message.GroupMetadataValue;
import io.tailrace.protocol.message.JoinGroupRequest;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A group of the classic protocol. For the shard's thread.
 *
 * <p>A generation is in the log once its leader has assigned ({@link #apply}), and so is that
 * nobody is left. What happens between two generations (who comes, waits and goes) is lost with the
 * process: a group that is loaded is in its last generation, and its members come back or time out.
 */
final class ClassicGroup implements Group {
  private static final String CONSUMERS = "consumer";

  private final String groupId;
  private final ClassicSessions sessions;
  private final ClassicMembers members = new ClassicMembers();

  /** Those who were given a member id and have not joined with it yet (KIP-394). */
  private final Set<String> pendingJoins = new HashSet<>();

  /** Those of this generation who have not asked for their assignment yet. */
  private final Set<String> pendingSyncs = new HashSet<>();

  private ClassicState state = ClassicState.EMPTY;
  private long stateSinceMs = -1;
  private boolean initialRebalance;
  private boolean memberAdded;
  private int generation;
  private @Nullable String protocolType;
  private @Nullable String protocol;
  private @Nullable Set<String> subscribedTopics;

  ClassicGroup(String groupId, ClassicSessions sessions) {
    this.groupId = groupId;
    this.sessions = sessions;
  }

  /**
   * Takes over a generation that is in the log. Requests of its members go on waiting.
   *
   * @throws IllegalStateException if the record contradicts itself
   */
  void apply(GroupMetadataValue value) {
    String name = value.protocol();
    if (name == null && !value.members().isEmpty()) {
      throw new IllegalStateException("group " + groupId + " has members, but no protocol");
    }
    members.apply(value.members(), name == null ? "" : name, value.leader());
    state = members.isEmpty() ? ClassicState.EMPTY : ClassicState.STABLE;
    stateSinceMs = value.currentStateTimestamp();
    generation = value.generation();
    protocolType = value.protocolType().isEmpty() ? null : value.protocolType();
    protocol = name;
    subscribedTopics = readSubscriptions();
  }

  private @Nullable Set<String> readSubscriptions() {
    return CONSUMERS.equals(protocolType) ? SubscribedTopics.of(this) : null;
  }

  /** A member's subscription for the chosen protocol. */
  byte[] subscription(ClassicMember member) {
    byte[] subscription = member.terms().subscription(protocol);
    if (subscription == null) {
      throw new IllegalStateException(
          "member %s of group %s does not know the chosen protocol %s"
              .formatted(member.id(), groupId, protocol));
    }
    return subscription;
  }

  /** Nothing waits for it any more: it is deleted, or another coordinator's. */
  void die(ErrorCode error) {
    state = ClassicState.DEAD;
    for (ClassicMember member : members.all()) {
      member.answerAll(error, member.id());
    }
  }

  ClassicMembers members() {
    return members;
  }

  Set<String> pendingJoins() {
    return pendingJoins;
  }

  Set<String> pendingSyncs() {
    return pendingSyncs;
  }

  boolean isIn(ClassicState other) {
    return state == other;
  }

  /** Whether nobody is missing that could join: no member, and no one with a fresh member id. */
  boolean allJoined() {
    return pendingJoins.isEmpty() && members.allAwaitJoin();
  }

  /** Whether a member could join with these protocols. */
  boolean accepts(JoinGroupRequest request) {
    return state == ClassicState.EMPTY
        ? !request.protocolType().isEmpty() && !request.protocols().isEmpty()
        : request.protocolType().equals(protocolType) && members.supportAny(request.protocols());
  }

  void add(ClassicMember member, String memberProtocolType) {
    if (members.isEmpty()) {
      protocolType = memberProtocolType;
    }
    members.add(member);
    pendingJoins.remove(member.id());
    memberAdded = true;
  }

  /** A member, or one that was given an id and has not joined. After a member it must rebalance. */
  void remove(String memberId) {
    members.remove(memberId);
    pendingJoins.remove(memberId);
    sessions.cancel(this, memberId);
  }

  /** Fences the static member that was there before. The group must rebalance next. */
  void replace(ClassicMember before, ClassicMember after) {
    members.replace(before, after);
    sessions.cancel(this, before.id());
  }

  boolean canRebalance() {
    return state != ClassicState.PREPARING_REBALANCE && state != ClassicState.DEAD;
  }

  void prepareRebalance(long nowMs) {
    initialRebalance = state == ClassicState.EMPTY;
    memberAdded = false;
    state = ClassicState.PREPARING_REBALANCE;
    stateSinceMs = nowMs;
    pendingSyncs.clear();
  }

  /** Whether it waits a while for the first members to come together. */
  boolean isInInitialRebalance() {
    return state == ClassicState.PREPARING_REBALANCE && initialRebalance;
  }

  /** Whether a member has come since the last call, or since the rebalance began. */
  boolean takeMemberAdded() {
    boolean added = memberAdded;
    memberAdded = false;
    return added;
  }

  /** All members are in the next generation, and wait for the leader to assign. */
  void beginGeneration(long nowMs) {
    generation++;
    protocol = ProtocolVote.winner(members.terms());
    subscribedTopics = readSubscriptions();
    state = ClassicState.COMPLETING_REBALANCE;
    stateSinceMs = nowMs;
    for (ClassicMember member : members.all()) {
      pendingSyncs.add(member.id());
    }
  }

  int generation() {
    return generation;
  }

  @Nullable String protocol() {
    return protocol;
  }

  long stateSinceMs() {
    return stateSinceMs;
  }

  /** Null if it never had members. */
  @Nullable String nullableProtocolType() {
    return protocolType;
  }

  /** Whether it is no more than a name under which somebody commits offsets. */
  boolean isSimple() {
    return protocolType == null && isEmpty() && pendingJoins.isEmpty();
  }

  @Override
  public String groupId() {
    return groupId;
  }

  @Override
  public String type() {
    return CLASSIC;
  }

  @Override
  public String protocolType() {
    return protocolType == null ? "" : protocolType;
  }

  @Override
  public String state() {
    return state.kafkaName();
  }

  @Override
  public boolean isEmpty() {
    return state == ClassicState.EMPTY;
  }

  /** Not known for who commits without being a member: each offset has its own age. */
  @Override
  public long emptySinceMs() {
    return isEmpty() && protocolType != null ? stateSinceMs : -1;
  }

  /** All, while it rebalances: its next generation may subscribe to others. */
  @Override
  public @Nullable Set<String> subscribedTopics() {
    return switch (state) {
      case EMPTY -> Set.of();
      case STABLE -> subscribedTopics;
      default -> null;
    };
  }

  /** Of its last generation, even while it rebalances; all of them, if it is not known which. */
  @Override
  public boolean isSubscribedTo(String topic) {
    return subscribedTopics == null
        ? CONSUMERS.equals(protocolType)
        : subscribedTopics.contains(topic);
  }

  @Override
  public void checkCommit(
      String memberId,
      @Nullable String instanceId,
      int memberGeneration,
      boolean transactional,
      short version) {
    ClassicCommits.check(this, memberId, instanceId, memberGeneration, transactional);
  }

  /** Anybody may. */
  @Override
  public void checkFetch(@Nullable String memberId, int epoch) {}

  @Override
  public void committed(String memberId, long nowMs) {
    ClassicMember member = members.get(memberId);
    if (member != null
        && (state == ClassicState.STABLE || state == ClassicState.PREPARING_REBALANCE)) {
      sessions.extend(this, member, nowMs);
    }
  }

  @Override
  public void checkDelete() {
    if (!isEmpty()) {
      throw new CoordinatorException(
          ErrorCode.NON_EMPTY_GROUP, "Group %s still has members".formatted(groupId));
    }
  }

  @Override
  public void addTombstones(List<CoordinatorRecord> records) {
    records.add(CoordinatorRecord.tombstone(new GroupMetadataKey().group(groupId)));
  }
}
