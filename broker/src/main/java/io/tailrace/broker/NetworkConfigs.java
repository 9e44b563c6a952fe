package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.ConfigException;
import io.tailrace.broker.config.LogDefaultConfigs;
import io.tailrace.broker.net.NetworkSettings;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.Map;

/** The network's part of the broker's settings. */
final class NetworkConfigs {
  /** More than what a produce request has around one batch. */
  private static final int PRODUCE_HEADER_BYTES = 64 << 10;

  private static final long SMALLEST_INPUT_BUDGET = 256L << 20;
  private static final long INPUT_BUDGET_SLACK = 4L << 20;

  private NetworkConfigs() {}

  static NetworkSettings of(BrokerConfig config) {
    NetworkSettings defaults = NetworkSettings.defaults();
    int requestMaxBytes = config.get(BrokerConfigs.SOCKET_REQUEST_MAX_BYTES);
    return new NetworkSettings(
        config.get(BrokerConfigs.NUM_NETWORK_THREADS),
        requestMaxBytes,
        Math.max(
            defaults.firstRequestMaxBytes(),
            config.get(LogDefaultConfigs.MESSAGE_MAX_BYTES) + PRODUCE_HEADER_BYTES),
        Math.max(SMALLEST_INPUT_BUDGET, 2L * requestMaxBytes + INPUT_BUDGET_SLACK),
        config.get(BrokerConfigs.MAX_CONNECTIONS),
        config.get(BrokerConfigs.MAX_CONNECTIONS_PER_IP),
        overrides(config),
        config.get(BrokerConfigs.CONNECTIONS_MAX_IDLE_MS),
        config.get(BrokerConfigs.SOCKET_SEND_BUFFER_BYTES),
        config.get(BrokerConfigs.SOCKET_RECEIVE_BUFFER_BYTES),
        config.get(BrokerConfigs.SOCKET_LISTEN_BACKLOG_SIZE),
        defaults.drainMs());
  }

  private static Map<InetAddress, Integer> overrides(BrokerConfig config) {
    Map<InetAddress, Integer> byAddress = new HashMap<>();
    config
        .maxConnectionsPerIpOverrides()
        .forEach((host, limit) -> {
          try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
              byAddress.put(address, limit);
            }
          } catch (UnknownHostException e) {
            throw new ConfigException(
                BrokerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES.name(),
                host,
                "the host name is not known");
          }
        });
    return byAddress;
  }
}
