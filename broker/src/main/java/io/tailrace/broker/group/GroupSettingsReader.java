package io.tailrace.broker.group;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.GroupConfigs;
import io.tailrace.coordinator.group.GroupSettings;
import io.tailrace.coordinator.group.GroupSettings.MigrationPolicy;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** What the broker's settings say about groups. */
final class GroupSettingsReader {
  private GroupSettingsReader() {}

  static GroupSettings read(BrokerConfig config) {
    return new GroupSettings(
        config.get(GroupConfigs.OFFSET_METADATA_MAX_BYTES),
        TimeUnit.MINUTES.toMillis(config.get(GroupConfigs.OFFSETS_RETENTION_MINUTES)),
        config.get(GroupConfigs.OFFSETS_RETENTION_CHECK_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_MIN_SESSION_TIMEOUT_MS),
        config.get(GroupConfigs.GROUP_MAX_SESSION_TIMEOUT_MS),
        config.get(GroupConfigs.GROUP_INITIAL_REBALANCE_DELAY_MS),
        config.get(GroupConfigs.GROUP_MAX_SIZE),
        config.get(GroupConfigs.GROUP_CONSUMER_SESSION_TIMEOUT_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MIN_SESSION_TIMEOUT_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MAX_SESSION_TIMEOUT_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_HEARTBEAT_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MIN_HEARTBEAT_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MAX_HEARTBEAT_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_ASSIGNMENT_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MIN_ASSIGNMENT_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MAX_ASSIGNMENT_INTERVAL_MS),
        config.get(GroupConfigs.GROUP_CONSUMER_MAX_SIZE),
        config.get(GroupConfigs.GROUP_CONSUMER_ASSIGNORS),
        config.get(GroupConfigs.GROUP_CONSUMER_REGEX_REFRESH_INTERVAL_MS),
        MigrationPolicy.valueOf(
            config.get(GroupConfigs.GROUP_CONSUMER_MIGRATION_POLICY).toUpperCase(Locale.ROOT)));
  }
}
