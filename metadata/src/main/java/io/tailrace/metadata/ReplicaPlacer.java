package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.PartitionRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Decides which brokers hold a new partition, and checks where a client wants to have it. */
final class ReplicaPlacer {
  private final ClusterImage image;
  private final List<BrokerImage> active;

  ReplicaPlacer(ClusterImage image) {
    this.image = image;
    this.active = image.activeBrokers();
  }

  /**
   * Spreads leaders and followers over the active brokers, round robin.
   *
   * @return the replicas of {@code count} partitions from index {@code first} on
   */
  List<int[]> place(int first, int count, int replicationFactor) throws Rejection {
    if (replicationFactor > active.size()) {
      throw new Rejection(
          ErrorCode.INVALID_REPLICATION_FACTOR,
          "replication factor %d needs as many brokers, but %d can hold replicas now: use at most %d, or -1 for the default"
              .formatted(replicationFactor, active.size(), active.size()));
    }
    List<int[]> partitions = new ArrayList<>(count);
    for (int partition = first; partition < first + count; partition++) {
      int[] replicas = new int[replicationFactor];
      for (int i = 0; i < replicationFactor; i++) {
        replicas[i] = active.get((partition + i) % active.size()).id();
      }
      partitions.add(replicas);
    }
    return partitions;
  }

  /**
   * Checks what a client wants for the partitions from index {@code first} on: as many replicas for
   * each, brokers known, none twice, one of them alive.
   */
  void check(int first, List<int[]> partitions, int replicationFactor) throws Rejection {
    for (int i = 0; i < partitions.size(); i++) {
      int[] replicas = partitions.get(i);
      checkBrokers(first + i, replicas);
      if (replicas.length != replicationFactor) {
        throw invalid(
            first + i,
            "has %d replicas, other partitions have %d: all must have as many"
                .formatted(replicas.length, replicationFactor));
      }
    }
  }

  private void checkBrokers(int partition, int[] replicas) throws Rejection {
    if (replicas.length == 0) {
      throw invalid(partition, "has no broker");
    }
    int[] sorted = replicas.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      if (!image.brokers().containsKey(sorted[i])) {
        throw invalid(
            partition,
            "names broker %d, but the brokers are %s"
                .formatted(sorted[i], image.brokers().keySet()));
      }
      if (i > 0 && sorted[i] == sorted[i - 1]) {
        throw invalid(partition, "names broker " + sorted[i] + " more than once");
      }
    }
    if (inSync(replicas).length == 0) {
      throw invalid(partition, "names only brokers that are fenced or shutting down");
    }
  }

  PartitionRecord newPartition(UUID topicId, int index, int[] replicas) {
    int[] isr = inSync(replicas);
    return new PartitionRecord()
        .partitionId(index)
        .topicId(topicId)
        .replicas(replicas)
        .isr(isr)
        .leader(isr[0])
        .leaderEpoch(0)
        .partitionEpoch(0)
        .directories(Arrays.stream(replicas).mapToObj(this::directory).toList());
  }

  /** The data directory of a new replica if the broker has but one; else the broker chooses. */
  private UUID directory(int brokerId) {
    BrokerImage broker = image.brokers().get(brokerId);
    return broker != null && broker.logDirectories().size() == 1
        ? broker.logDirectories().getFirst()
        : Message.ZERO_UUID;
  }

  private int[] inSync(int[] replicas) {
    return Arrays.stream(replicas)
        .filter(id -> active.stream().anyMatch(broker -> broker.id() == id))
        .toArray();
  }

  private static Rejection invalid(int partition, String problem) {
    return new Rejection(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        "the assignment of partition %d %s".formatted(partition, problem));
  }
}
