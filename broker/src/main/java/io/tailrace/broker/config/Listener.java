package io.tailrace.broker.config;

import org.jspecify.annotations.Nullable;

/**
 * An address to listen on or to be reached at.
 *
 * @param name which listener of the broker it is, as a rule that of its protocol
 * @param host empty for all interfaces, or, of an advertised one, not given
 * @param port 0 for any free one
 */
public record Listener(String name, String host, int port) {

  /**
   * Reads {@code NAME://HOST:PORT} or {@code NAME://[IPV6]:PORT}; null if it is not of the form.
   */
  public static @Nullable Listener parse(String text) {
    int nameEnd = text.indexOf("://");
    int colon = text.lastIndexOf(':');
    if (nameEnd <= 0 || colon <= nameEnd) {
      return null;
    }
    String host = text.substring(nameEnd + 3, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      return null;
    }
    int port = parsePort(text.substring(colon + 1));
    if (port < 0 || !isHost(host)) {
      return null;
    }
    return new Listener(text.substring(0, nameEnd), host, port);
  }

  private static int parsePort(String text) {
    if (text.isEmpty() || text.length() > 5 || text.charAt(0) < '0' || text.charAt(0) > '9') {
      return -1;
    }
    try {
      int port = Integer.parseInt(text);
      return port <= 65_535 ? port : -1;
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static boolean isHost(String host) {
    for (int i = 0; i < host.length(); i++) {
      char c = host.charAt(i);
      boolean allowed = Character.isLetterOrDigit(c) || "-._:%".indexOf(c) >= 0;
      if (!allowed) {
        return false;
      }
    }
    return true;
  }

  /** Whether it takes connections on every interface of the machine. */
  public boolean wildcard() {
    return host.isEmpty() || host.equals("0.0.0.0") || host.equals("::");
  }

  /** {@code HOST:PORT}, an IPv6 address in brackets. */
  public String address() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return name + "://" + address();
  }
}
