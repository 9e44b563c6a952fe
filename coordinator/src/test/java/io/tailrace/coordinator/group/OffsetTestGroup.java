package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.GroupMetadataKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A group whose members and state a test sets as it likes. */
final class OffsetTestGroup implements Group {
  final String groupId;
  String type = CLASSIC;
  String protocolType = "";
  String state = "Empty";
  long emptySinceMs = -1;
  Set<String> subscribed = Set.of();

  /** Generation or epoch by member id. */
  final Map<String, Integer> members = new HashMap<>();

  /** The partitions, as topic-index, that a member with an old epoch may not commit for. */
  Set<String> newlyAssigned = Set.of();

  final List<String> heartbeats = new ArrayList<>();

  OffsetTestGroup(String groupId) {
    this.groupId = groupId;
  }

  /** With a member, whose generation or epoch is 5. */
  static OffsetTestGroup withMember(
      String groupId, String type, String memberId, String... topics) {
    OffsetTestGroup group = new OffsetTestGroup(groupId);
    group.type = type;
    group.protocolType = CONSUMER_PROTOCOL;
    group.state = "Stable";
    group.subscribed = Set.of(topics);
    group.members.put(memberId, 5);
    return group;
  }

  void becomeEmpty(long nowMs) {
    members.clear();
    subscribed = Set.of();
    state = "Empty";
    emptySinceMs = nowMs;
  }

  @Override
  public String groupId() {
    return groupId;
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public String protocolType() {
    return protocolType;
  }

  @Override
  public String state() {
    return state;
  }

  @Override
  public boolean isEmpty() {
    return members.isEmpty();
  }

  @Override
  public long emptySinceMs() {
    return emptySinceMs;
  }

  @Override
  public Set<String> subscribedTopics() {
    return subscribed;
  }

  @Override
  public void checkCommit(
      String memberId, String instanceId, int generation, boolean transactional, short version) {
    if (generation >= 0 || !isEmpty()) {
      checkMember(memberId, generation);
    }
  }

  @Override
  public void checkCommitOf(String memberId, int generation, Topics.Topic topic, int partition) {
    if (newlyAssigned.contains(topic.name() + "-" + partition)) {
      throw new CoordinatorException(ErrorCode.STALE_MEMBER_EPOCH, "old epoch");
    }
  }

  @Override
  public void checkFetch(String memberId, int epoch) {
    if (type.equals(CONSUMER) && (memberId != null || epoch >= 0)) {
      checkMember(memberId, epoch);
    }
  }

  private void checkMember(String memberId, int generation) {
    Integer known = members.get(memberId);
    if (known == null) {
      throw new CoordinatorException(ErrorCode.UNKNOWN_MEMBER_ID, "who?");
    }
    if (known != generation) {
      boolean classic = type.equals(CLASSIC);
      throw new CoordinatorException(
          classic ? ErrorCode.ILLEGAL_GENERATION : ErrorCode.STALE_MEMBER_EPOCH, "which?");
    }
  }

  @Override
  public void committed(String memberId, long nowMs) {
    heartbeats.add(memberId + "@" + nowMs);
  }

  @Override
  public void checkDelete() {
    if (!isEmpty()) {
      throw new CoordinatorException(ErrorCode.NON_EMPTY_GROUP, "it has members");
    }
  }

  @Override
  public void addTombstones(List<CoordinatorRecord> records) {
    records.add(CoordinatorRecord.tombstone(new GroupMetadataKey().group(groupId)));
  }
}
