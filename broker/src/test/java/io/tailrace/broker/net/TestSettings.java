package io.tailrace.broker.net;

import java.net.InetAddress;
import java.util.Map;

/** Network settings with one field or two changed. */
final class TestSettings {
  int eventLoops = 2;
  int requestMaxBytes = 32 << 20;
  int firstRequestMaxBytes = 65_532;
  long inputBudgetBytes = 72 << 20;
  int maxConnections = Integer.MAX_VALUE;
  int maxConnectionsPerIp = Integer.MAX_VALUE;
  Map<InetAddress, Integer> perIpOverrides = Map.of();
  long maxIdleMs = 600_000;
  int sendBufferBytes = -1;
  long drainMs = 5_000;

  NetworkSettings build() {
    return new NetworkSettings(
        eventLoops,
        requestMaxBytes,
        firstRequestMaxBytes,
        inputBudgetBytes,
        maxConnections,
        maxConnectionsPerIp,
        perIpOverrides,
        maxIdleMs,
        sendBufferBytes,
        -1,
        1_000,
        drainMs);
  }
}
