package io.tailrace.metadata;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who holds and who leads a partition. The arrays go into responses without a copy: nobody may
 * change them.
 */
public final class PartitionImage {
  /** {@link #leader} of a partition that nobody leads. */
  public static final int NO_LEADER = -1;

  private final int index;
  private final int[] replicas;
  private final int[] isr;
  private final int leader;
  private final int leaderEpoch;
  private final int partitionEpoch;
  private final List<UUID> directories;

  PartitionImage(
      int index,
      int[] replicas,
      int[] isr,
      int leader,
      int leaderEpoch,
      int partitionEpoch,
      List<UUID> directories) {
    this.index = index;
    this.replicas = replicas;
    // On one node, and in a healthy cluster, every partition has both lists alike.
    this.isr = Arrays.equals(isr, replicas) ? replicas : isr;
    this.leader = leader;
    this.leaderEpoch = leaderEpoch;
    this.partitionEpoch = partitionEpoch;
    this.directories = directories;
  }

  /** The same partition, with lists of another one where they are alike, as mostly they are. */
  PartitionImage sharing(PartitionImage other) {
    boolean sameReplicas = Arrays.equals(replicas, other.replicas);
    return new PartitionImage(
        index,
        sameReplicas ? other.replicas : replicas,
        sameReplicas && isr == replicas ? other.replicas : isr,
        leader,
        leaderEpoch,
        partitionEpoch,
        directories.equals(other.directories) ? other.directories : directories);
  }

  public int index() {
    return index;
  }

  /** Broker ids, the preferred leader first. */
  public int[] replicas() {
    return replicas;
  }

  /** Broker ids of the in-sync replicas. */
  public int[] isr() {
    return isr;
  }

  /** Broker id, or {@link #NO_LEADER}. */
  public int leader() {
    return leader;
  }

  /** Raised at each change of the leader. */
  public int leaderEpoch() {
    return leaderEpoch;
  }

  /** Raised at each change of anything in the partition. */
  public int partitionEpoch() {
    return partitionEpoch;
  }

  /** For each replica the id of its data directory, in the order of {@link #replicas} (KIP-858). */
  public List<UUID> directories() {
    return directories;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PartitionImage that
        && index == that.index
        && Arrays.equals(replicas, that.replicas)
        && Arrays.equals(isr, that.isr)
        && leader == that.leader
        && leaderEpoch == that.leaderEpoch
        && partitionEpoch == that.partitionEpoch
        && directories.equals(that.directories);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * index + leaderEpoch) + partitionEpoch;
  }

  @Override
  public String toString() {
    return "PartitionImage(index=%d, replicas=%s, isr=%s, leader=%d, leaderEpoch=%d, partitionEpoch=%d, directories=%s)"
        .formatted(
            index,
            Arrays.toString(replicas),
            Arrays.toString(isr),
            leader,
            leaderEpoch,
            partitionEpoch,
            directories);
  }
}
