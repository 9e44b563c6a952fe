package io.tailrace.coordinator.group;

import io.tailrace.coordinator.group.assign.PartitionAssignor;
import io.tailrace.coordinator.group.assign.UniformAssignor;
import java.util.List;
import java.util.Objects;

/** What holds for one consumer group now: its own configs, else the broker's. */
final class ConsumerSettings {
  static final String SESSION_TIMEOUT = "consumer.session.timeout.ms";
  static final String HEARTBEAT_INTERVAL = "consumer.heartbeat.interval.ms";
  static final String ASSIGNMENT_INTERVAL = "consumer.assignment.interval.ms";

  private final GroupContext context;

  ConsumerSettings(GroupContext context) {
    this.context = context;
  }

  private GroupSettings broker() {
    return context.settings().get();
  }

  /** How long a member may be silent. */
  int sessionMs(String groupId) {
    GroupSettings broker = broker();
    int ownMs = own(groupId, SESSION_TIMEOUT, broker.consumerSessionMs());
    return within(broker.consumerMinSessionMs(), broker.consumerMaxSessionMs(), ownMs);
  }

  /** How often a member is to send a heartbeat. */
  int heartbeatMs(String groupId) {
    GroupSettings broker = broker();
    int ownMs = own(groupId, HEARTBEAT_INTERVAL, broker.consumerHeartbeatMs());
    return within(broker.consumerMinHeartbeatMs(), broker.consumerMaxHeartbeatMs(), ownMs);
  }

  /** The broker's limits may have become narrower since the group's config was set. */
  private static int within(int min, int max, int value) {
    return Math.max(min, Math.min(max, value));
  }

  /** How far apart two target assignments are at least (KIP-1263). */
  int assignmentMs(String groupId) {
    GroupSettings broker = broker();
    int ownMs = own(groupId, ASSIGNMENT_INTERVAL, broker.consumerAssignmentMs());
    return within(broker.consumerMinAssignmentMs(), broker.consumerMaxAssignmentMs(), ownMs);
  }

  private int own(String groupId, String name, int otherwise) {
    String value = context.groupConfigs().apply(groupId).get(name);
    try {
      return value == null ? otherwise : Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      return otherwise;
    }
  }

  int maxSize() {
    return broker().consumerMaxSize();
  }

  int regexRefreshMs() {
    return broker().consumerRegexRefreshMs();
  }

  /** Names of the assignors that there are; the first is the default. */
  List<String> assignors() {
    List<String> names =
        broker().consumerAssignors().stream()
            .filter(name -> PartitionAssignor.named(name) != null)
            .toList();
    return names.isEmpty() ? List.of(UniformAssignor.NAME) : names;
  }

  /** The one that most members ask for. */
  PartitionAssignor assignor(ConsumerSubscriptions subscriptions) {
    String name = subscriptions.preferredAssignor(assignors());
    return Objects.requireNonNull(PartitionAssignor.named(name));
  }
}
