package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When offsets, and groups that have nothing else left, are forgotten (KIP-211). An offset's time
 * runs from its commit on or, in an empty classic group, from when the last member left; what an
 * active group consumes stays. A group goes once it has neither members nor offsets. For the
 * shard's thread.
 */
final class OffsetExpiration {
  /** In one batch, give or take a group; the rest follows a little later. */
  private static final int MOST_RECORDS = 10_000;

  private static final long REST_MS = 1_000;

  private final GroupContext context;
  private final OffsetStore offsets;

  private enum TimerKey {
    CHECK
  }

  OffsetExpiration(GroupContext context, OffsetStore offsets) {
    this.context = context;
    this.offsets = offsets;
  }

  /** Looks for what has expired every {@code offsets.retention.check.interval.ms} from now on. */
  void loaded(long nowMs) {
    schedule(nowMs + context.settings().get().offsetsRetentionCheckMs());
  }

  private void schedule(long deadlineMs) {
    context.timers().schedule(TimerKey.CHECK, deadlineMs, this::check);
  }

  private CoordinatorResult<@Nullable Void> check(long nowMs) {
    List<CoordinatorRecord> records = expired(nowMs);
    long intervalMs = context.settings().get().offsetsRetentionCheckMs();
    schedule(nowMs + (records.size() < MOST_RECORDS ? intervalMs : Math.min(REST_MS, intervalMs)));
    return CoordinatorResult.of(records);
  }

  /** What removes offsets whose time is over, and groups that are done with, from the log. */
  List<CoordinatorRecord> expired(long nowMs) {
    List<CoordinatorRecord> records = new ArrayList<>();
    for (Group group : context.groups().values()) {
      if (records.size() >= MOST_RECORDS) {
        break;
      }
      addExpired(group, nowMs, records);
    }
    return records;
  }

  private void addExpired(Group group, long nowMs, List<CoordinatorRecord> records) {
    String groupId = group.groupId();
    int before = records.size();
    if (mayForget(group)) {
      long retentionMs = context.settings().get().offsetsRetentionMs();
      offsets.addTombstones(
          groupId,
          (topic, offset) ->
              isExpired(group, offset, nowMs, retentionMs)
                  && !group.isSubscribedTo(topic)
                  && !offsets.isPending(groupId, topic, offset.partition()),
          records);
    }
    boolean allExpired = records.size() - before == count(groupId) && !offsets.hasPending(groupId);
    if (allExpired && group.isEmpty()) {
      group.addTombstones(records);
    }
  }

  private int count(String groupId) {
    int count = 0;
    for (OffsetsOfTopic topic : offsets.committed(groupId).values()) {
      count += topic.all().size();
    }
    return count;
  }

  /** Of a classic group with members it has to be known what they consume, and that it is so. */
  private static boolean mayForget(Group group) {
    return !group.type().equals(Group.CLASSIC)
        || group.isEmpty()
        || group.protocolType().isEmpty()
        || (group.protocolType().equals(Group.CONSUMER_PROTOCOL)
            && group.state().equals("Stable")
            && group.subscribedTopics() != null);
  }

  private static boolean isExpired(
      Group group, CommittedOffset offset, long nowMs, long retentionMs) {
    return offset.expireMs() == -1
        ? nowMs - unusedSinceMs(group, offset) >= retentionMs
        : nowMs >= offset.expireMs();
  }

  private static long unusedSinceMs(Group group, CommittedOffset offset) {
    boolean hadMembers =
        group.type().equals(Group.CLASSIC)
            && group.isEmpty()
            && !group.protocolType().isEmpty()
            && group.emptySinceMs() != -1;
    return hadMembers ? group.emptySinceMs() : offset.commitMs();
  }

  /**
   * What removes the offsets of topics that are no more. Those that are known to belong to a newer
   * topic of the same name stay.
   */
  List<CoordinatorRecord> topicsDeleted(Set<String> names) {
    List<CoordinatorRecord> records = new ArrayList<>();
    Topics now = context.topics().get();
    for (String groupId : offsets.groupIds()) {
      offsets.addTombstones(
          groupId, (topic, offset) -> names.contains(topic) && isGone(topic, offset, now), records);
    }
    return records;
  }

  private static boolean isGone(String topic, CommittedOffset offset, Topics now) {
    Topics.Topic known = now.topic(topic);
    return known == null || !known.id().equals(offset.topicId());
  }
}
