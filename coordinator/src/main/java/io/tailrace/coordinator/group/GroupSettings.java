package io.tailrace.coordinator.group;

import java.util.List;

/**
 * What a broker's settings say about groups, under Kafka's names; times in milliseconds.
 *
 * @param offsetMetadataMaxBytes {@code offset.metadata.max.bytes}
 * @param offsetsRetentionMs {@code offsets.retention.minutes}
 * @param offsetsRetentionCheckMs {@code offsets.retention.check.interval.ms}
 * @param classicMinSessionMs {@code group.min.session.timeout.ms}
 * @param classicMaxSessionMs {@code group.max.session.timeout.ms}
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}
 * @param classicMaxSize {@code group.max.size}
 * @param consumerSessionMs {@code group.consumer.session.timeout.ms}
 * @param consumerMinSessionMs {@code group.consumer.min.session.timeout.ms}
 * @param consumerMaxSessionMs {@code group.consumer.max.session.timeout.ms}
 * @param consumerHeartbeatMs {@code group.consumer.heartbeat.interval.ms}
 * @param consumerMinHeartbeatMs {@code group.consumer.min.heartbeat.interval.ms}
 * @param consumerMaxHeartbeatMs {@code group.consumer.max.heartbeat.interval.ms}
 * @param consumerAssignmentMs {@code group.consumer.assignment.interval.ms}
 * @param consumerMinAssignmentMs {@code group.consumer.min.assignment.interval.ms}
 * @param consumerMaxAssignmentMs {@code group.consumer.max.assignment.interval.ms}
 * @param consumerMaxSize {@code group.consumer.max.size}
 * @param consumerAssignors {@code group.consumer.assignors}, the first is the default
 * @param consumerRegexRefreshMs {@code group.consumer.regex.refresh.interval.ms}
 * @param migration {@code group.consumer.migration.policy}
 */
public record GroupSettings(
    int offsetMetadataMaxBytes,
    long offsetsRetentionMs,
    long offsetsRetentionCheckMs,
    int classicMinSessionMs,
    int classicMaxSessionMs,
    int initialRebalanceDelayMs,
    int classicMaxSize,
    int consumerSessionMs,
    int consumerMinSessionMs,
    int consumerMaxSessionMs,
    int consumerHeartbeatMs,
    int consumerMinHeartbeatMs,
    int consumerMaxHeartbeatMs,
    int consumerAssignmentMs,
    int consumerMinAssignmentMs,
    int consumerMaxAssignmentMs,
    int consumerMaxSize,
    List<String> consumerAssignors,
    int consumerRegexRefreshMs,
    MigrationPolicy migration) {

  /** Which groups change their protocol when a member of the other one joins or the last leaves. */
  public enum MigrationPolicy {
    BIDIRECTIONAL,
    UPGRADE,
    DOWNGRADE,
    DISABLED;

    /** From classic to consumer. */
    public boolean upgrades() {
      return this == BIDIRECTIONAL || this == UPGRADE;
    }

    /** From consumer to classic. */
    public boolean downgrades() {
      return this == BIDIRECTIONAL || this == DOWNGRADE;
    }
  }

  /** Kafka's defaults. */
  public static final GroupSettings DEFAULT =
      new GroupSettings(
          4096,
          7L * 24 * 3600 * 1000,
          600_000,
          6_000,
          1_800_000,
          3_000,
          Integer.MAX_VALUE,
          45_000,
          45_000,
          60_000,
          5_000,
          5_000,
          15_000,
          1_000,
          0,
          15_000,
          Integer.MAX_VALUE,
          List.of("uniform", "range"),
          600_000,
          MigrationPolicy.BIDIRECTIONAL);
}
