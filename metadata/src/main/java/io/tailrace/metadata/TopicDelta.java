package io.tailrace.metadata;

import io.tailrace.protocol.message.PartitionChangeRecord;
import io.tailrace.protocol.message.PartitionRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Records applied to one topic; see {@link ClusterDelta}. */
final class TopicDelta {
  private static final int LEADER_UNCHANGED = -2;
  private static final byte RECOVERED = 0;
  private static final byte RECOVERY_UNCHANGED = -1;

  private final String name;
  private final UUID id;
  private final List<PartitionImage> partitions;

  TopicDelta(String name, UUID id) {
    this.name = name;
    this.id = id;
    this.partitions = new ArrayList<>();
  }

  TopicDelta(TopicImage topic) {
    this.name = topic.name();
    this.id = topic.id();
    this.partitions = new ArrayList<>(topic.partitions());
  }

  String name() {
    return name;
  }

  UUID id() {
    return id;
  }

  void put(PartitionRecord record) {
    int index = record.partitionId();
    if (index < 0 || index > partitions.size()) {
      throw new MetadataRecordException(
          "partition %d of topic %s does not follow on the %d that are there"
              .formatted(index, name, partitions.size()));
    }
    if (record.removingReplicas().length > 0
        || record.addingReplicas().length > 0
        || !isEmpty(record.eligibleLeaderReplicas())
        || !isEmpty(record.lastKnownElr())
        || record.leaderRecoveryState() != RECOVERED) {
      throw unsupported(index);
    }
    PartitionImage partition =
        new PartitionImage(
            index,
            record.replicas(),
            record.isr(),
            record.leader(),
            record.leaderEpoch(),
            record.partitionEpoch(),
            List.copyOf(record.directories()));
    if (index > 0) {
      partition = partition.sharing(partitions.get(index - 1));
    }
    if (index == partitions.size()) {
      partitions.add(partition);
    } else {
      partitions.set(index, partition);
    }
  }

  void change(PartitionChangeRecord record) {
    int index = record.partitionId();
    if (index < 0 || index >= partitions.size()) {
      throw new MetadataRecordException("topic %s has no partition %d".formatted(name, index));
    }
    if (!isEmpty(record.removingReplicas())
        || !isEmpty(record.addingReplicas())
        || !isEmpty(record.eligibleLeaderReplicas())
        || !isEmpty(record.lastKnownElr())
        || (record.leaderRecoveryState() != RECOVERED
            && record.leaderRecoveryState() != RECOVERY_UNCHANGED)) {
      throw unsupported(index);
    }
    PartitionImage old = partitions.get(index);
    int[] replicas = record.replicas();
    int[] isr = record.isr();
    List<UUID> directories = record.directories();
    boolean leaderChanges = record.leader() != LEADER_UNCHANGED;
    partitions.set(
        index,
        new PartitionImage(
            index,
            replicas == null ? old.replicas() : replicas,
            isr == null ? old.isr() : isr,
            leaderChanges ? record.leader() : old.leader(),
            leaderChanges ? old.leaderEpoch() + 1 : old.leaderEpoch(),
            old.partitionEpoch() + 1,
            directories == null ? old.directories() : List.copyOf(directories)));
  }

  private static boolean isEmpty(int @Nullable [] brokers) {
    return brokers == null || brokers.length == 0;
  }

  private MetadataRecordException unsupported(int index) {
    return new MetadataRecordException(
        "partition %d of topic %s is being moved or recovers from an unclean election, which this version of Tailrace does not support"
            .formatted(index, name));
  }

  TopicImage build() {
    return new TopicImage(name, id, List.copyOf(partitions));
  }
}
