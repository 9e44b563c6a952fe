package io.tailrace.broker.config;

import java.util.LinkedHashMap;
import java.util.Map;

/** Reads {@code max.connections.per.ip.overrides}. */
final class ConnectionLimits {
  private ConnectionLimits() {}

  /** {@code HOST:COUNT,HOST:COUNT} as host to count; an IPv6 address may stand in brackets. */
  static Map<String, Integer> parse(String text) {
    Map<String, Integer> limits = new LinkedHashMap<>();
    if (!text.isEmpty()) {
      for (String pair : text.split(",", -1)) {
        addPair(limits, pair.strip(), text);
      }
    }
    return Map.copyOf(limits);
  }

  private static void addPair(Map<String, Integer> limits, String pair, String text) {
    int colon = pair.lastIndexOf(':');
    int count = colon > 0 ? parseCount(pair.substring(colon + 1).strip()) : -1;
    if (count < 0) {
      throw new ConfigException(
          BrokerConfigs.MAX_CONNECTIONS_PER_IP_OVERRIDES.name(),
          text,
          "Write it as HOST:COUNT,HOST:COUNT; '" + pair + "' is not of that form");
    }
    String host = pair.substring(0, colon).strip();
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    limits.put(host, count);
  }

  private static int parseCount(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
