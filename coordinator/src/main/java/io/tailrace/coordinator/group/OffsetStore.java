package io.tailrace.coordinator.group;

import io.tailrace.coordinator.runtime.CoordinatorRecord;
import io.tailrace.protocol.message.LegacyOffsetCommitKey;
import io.tailrace.protocol.message.LegacyOffsetCommitValue;
import io.tailrace.protocol.message.OffsetCommitKey;
import io.tailrace.protocol.message.OffsetCommitValue;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The offsets of a shard's groups, as the log tells them. Those of a transaction are pending until
 * it ends: they are neither seen nor forgotten, and a tombstone takes them, too. For the shard's
 * thread.
 */
final class OffsetStore {
  private final GroupContext context;
  private final SimpleGroups simpleGroups;
  private final OffsetsByGroup committed = new OffsetsByGroup();

  /** By the producer whose transaction they are in. */
  private final Map<Long, OffsetsByGroup> pending = new HashMap<>();

  /** The producers that have pending offsets, by group. */
  private final Map<String, Set<Long>> producers = new HashMap<>();

  /** Makes groups for those who commit without being a member of one. */
  interface SimpleGroups {

    /** Puts an empty classic group without a protocol type among the shard's groups. */
    Group create(String groupId);
  }

  private record TopicPartition(String topic, int partition) {}

  OffsetStore(GroupContext context, SimpleGroups simpleGroups) {
    this.context = context;
    this.simpleGroups = simpleGroups;
  }

  /**
   * @param record its key is an {@link OffsetCommitKey} or, from an old Kafka, a {@link
   *     LegacyOffsetCommitKey}
   */
  void replay(long offset, long producerId, CoordinatorRecord record) {
    switch (record.key()) {
      case OffsetCommitKey key -> replay(offset, producerId, key, value(record));
      case LegacyOffsetCommitKey key ->
          replay(offset, producerId, key(key.group(), key.topic(), key.partition()), value(record));
      default -> throw new IllegalArgumentException(record.key() + " is no key of an offset");
    }
  }

  private static @Nullable OffsetCommitValue value(CoordinatorRecord record) {
    return switch (record.value()) {
      case null -> null;
      case OffsetCommitValue value -> value;
      case LegacyOffsetCommitValue value ->
          new OffsetCommitValue()
              .offset(value.offset())
              .metadata(value.metadata())
              .commitTimestamp(value.commitTimestamp());
      default -> throw new IllegalArgumentException(record.value() + " is no offset");
    };
  }

  private void replay(
      long offset, long producerId, OffsetCommitKey key, @Nullable OffsetCommitValue value) {
    if (value == null) {
      forget(key.group(), key.topic(), key.partition());
      return;
    }
    if (context.group(key.group()) == null) {
      simpleGroups.create(key.group());
    }
    CommittedOffset commit = CommittedOffset.of(key.partition(), offset, value);
    if (producerId < 0) {
      committed.put(key.group(), key.topic(), commit);
    } else {
      pending
          .computeIfAbsent(producerId, id -> new OffsetsByGroup())
          .put(key.group(), key.topic(), commit);
      producers.computeIfAbsent(key.group(), id -> new HashSet<>()).add(producerId);
    }
  }

  private void forget(String groupId, String topic, int partition) {
    committed.remove(groupId, topic, partition);
    for (Long producerId : List.copyOf(producersOf(groupId))) {
      OffsetsByGroup offsets = pendingOf(producerId);
      offsets.remove(groupId, topic, partition);
      if (offsets.group(groupId).isEmpty()) {
        removeProducer(groupId, producerId);
      }
      if (offsets.groupIds().isEmpty()) {
        pending.remove(producerId);
      }
    }
  }

  /** Decides about the pending offsets of a producer; one that has none is nothing special. */
  void endTransaction(long producerId, boolean commit) {
    OffsetsByGroup ended = pending.remove(producerId);
    if (ended == null) {
      return;
    }
    for (String groupId : ended.groupIds()) {
      removeProducer(groupId, producerId);
      if (commit) {
        ended
            .group(groupId)
            .forEach((topic, offsets) ->
                offsets.all().forEach(offset -> commitPending(groupId, topic, offset)));
      }
    }
  }

  private void commitPending(String groupId, String topic, CommittedOffset offset) {
    CommittedOffset other = committed.get(groupId, topic, offset.partition());
    // The log may have been compacted down to either: what counts must not depend on that.
    if (other == null || other.recordOffset() < offset.recordOffset()) {
      committed.put(groupId, topic, offset);
    }
  }

  private void removeProducer(String groupId, Long producerId) {
    Set<Long> left = producers.get(groupId);
    if (left != null && left.remove(producerId) && left.isEmpty()) {
      producers.remove(groupId);
    }
  }

  private Set<Long> producersOf(String groupId) {
    return producers.getOrDefault(groupId, Set.of());
  }

  private OffsetsByGroup pendingOf(Long producerId) {
    OffsetsByGroup offsets = pending.get(producerId);
    if (offsets == null) {
      throw new IllegalStateException("producer " + producerId + " has no pending offsets");
    }
    return offsets;
  }

  /** What a group has committed, by topic; a view that changes with this. */
  Map<String, OffsetsOfTopic> committed(String groupId) {
    return Collections.unmodifiableMap(committed.group(groupId));
  }

  @Nullable CommittedOffset committed(String groupId, String topic, int partition) {
    return committed.get(groupId, topic, partition);
  }

  /** Whether an open transaction has an offset of this partition. */
  boolean isPending(String groupId, String topic, int partition) {
    for (Long producerId : producersOf(groupId)) {
      if (pendingOf(producerId).get(groupId, topic, partition) != null) {
        return true;
      }
    }
    return false;
  }

  /** Whether an open transaction has an offset of the group. */
  boolean hasPending(String groupId) {
    return producers.containsKey(groupId);
  }

  /** Committed or pending. */
  boolean hasOffsets(String groupId) {
    return hasPending(groupId) || !committed.group(groupId).isEmpty();
  }

  /** The groups that have offsets, committed or pending. */
  Set<String> groupIds() {
    Set<String> ids = new HashSet<>(committed.groupIds());
    ids.addAll(producers.keySet());
    return ids;
  }

  /** Adds what removes all of a group's offsets from the log. */
  void addTombstones(String groupId, List<CoordinatorRecord> records) {
    addTombstones(groupId, (topic, offset) -> true, records);
  }

  /**
   * Adds what removes a group's offsets from the log, one record for a partition.
   *
   * @param choice which of them, committed or pending, by topic
   */
  void addTombstones(
      String groupId,
      BiPredicate<String, CommittedOffset> choice,
      List<CoordinatorRecord> records) {
    Set<TopicPartition> chosen = new LinkedHashSet<>();
    choose(committed.group(groupId), choice, chosen);
    for (Long producerId : producersOf(groupId)) {
      choose(pendingOf(producerId).group(groupId), choice, chosen);
    }
    for (TopicPartition partition : chosen) {
      records.add(
          CoordinatorRecord.tombstone(key(groupId, partition.topic(), partition.partition())));
    }
  }

  private static void choose(
      Map<String, OffsetsOfTopic> from,
      BiPredicate<String, CommittedOffset> choice,
      Set<TopicPartition> chosen) {
    from.forEach((topic, offsets) -> {
      for (CommittedOffset offset : offsets.all()) {
        if (choice.test(topic, offset)) {
          chosen.add(new TopicPartition(topic, offset.partition()));
        }
      }
    });
  }

  static OffsetCommitKey key(String groupId, String topic, int partition) {
    return new OffsetCommitKey().group(groupId).topic(topic).partition(partition);
  }
}
