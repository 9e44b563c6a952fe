package io.tailrace.broker.net;

import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts the open connections, all and per client address. Safe for use by many threads. */
final class ConnectionLimits {
  private int max;
  private int maxPerIp;
  private Map<InetAddress, Integer> maxPerIpOverrides;
  private final Map<InetAddress, Integer> perIp = new HashMap<>();
  private int open;

  ConnectionLimits(NetworkSettings settings) {
    max = settings.maxConnections();
    maxPerIp = settings.maxConnectionsPerIp();
    maxPerIpOverrides = settings.maxConnectionsPerIpOverrides();
  }

  /** Takes up other limits, for connections to come; none that is open is closed. */
  synchronized void change(NetworkSettings settings) {
    max = settings.maxConnections();
    maxPerIp = settings.maxConnectionsPerIp();
    maxPerIpOverrides = settings.maxConnectionsPerIpOverrides();
  }

  /** Counts one more connection, or says in words why it must be refused. */
  synchronized @Nullable String admit(InetAddress address) {
    if (open >= max) {
      return "max.connections=" + max + " are open";
    }
    int fromThere = perIp.getOrDefault(address, 0);
    int limit = maxPerIpOverrides.getOrDefault(address, maxPerIp);
    if (fromThere >= limit) {
      return "max.connections.per.ip=" + limit + " are open from that address";
    }
    open++;
    perIp.put(address, fromThere + 1);
    return null;
  }

  synchronized void closed(InetAddress address) {
    open--;
    perIp.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
  }

  synchronized int open() {
    return open;
  }
}
