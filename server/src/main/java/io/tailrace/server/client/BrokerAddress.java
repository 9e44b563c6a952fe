package io.tailrace.server.client;

/** Where a broker listens. */
public record BrokerAddress(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * Reads HOST:PORT; an IPv6 address stands in brackets.
   *
   * @throws IllegalArgumentException if it is something else
   */
  public static BrokerAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = text.substring(0, Math.max(0, colon));
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    int port = port(text.substring(colon + 1));
    if (host.isEmpty() || port < 1 || port > MAX_PORT) {
      throw new IllegalArgumentException(text + " is not HOST:PORT");
    }
    return new BrokerAddress(host, port);
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  @Override
  public String toString() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
