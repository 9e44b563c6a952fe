package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.Listener;
import io.tailrace.broker.net.NetworkSettings;
import io.tailrace.broker.net.ServerSockets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.ArrayList;
import java.util.List;

/**
 * The listeners of the configuration, bound.
 *
 * @param endpoints what clients are told of each listener, with real hosts and ports
 */
record BoundListeners(ServerSockets sockets, List<Listener> endpoints) {

  /**
   * Binds all listeners of the configuration.
   *
   * @throws BrokerStartException naming the first that can't be bound
   */
  static BoundListeners bind(BrokerConfig config, NetworkSettings settings) {
    ServerSockets sockets = new ServerSockets(settings);
    List<Listener> endpoints = new ArrayList<>();
    for (int i = 0; i < config.listeners().size(); i++) {
      Listener listener = config.listeners().get(i);
      try {
        int port = sockets.bind(address(listener)).getPort();
        endpoints.add(endpoint(config.advertisedListeners().get(i), port));
      } catch (IOException | UnresolvedAddressException e) {
        close(sockets);
        throw BrokerStartException.cannotListen(listener, e);
      }
    }
    return new BoundListeners(sockets, List.copyOf(endpoints));
  }

  private static InetSocketAddress address(Listener listener) {
    return listener.host().isEmpty()
        ? new InetSocketAddress(listener.port())
        : new InetSocketAddress(listener.host(), listener.port());
  }

  private static Listener endpoint(Listener advertised, int boundPort) throws UnknownHostException {
    String host = advertised.host();
    if (host.isEmpty()) {
      host = InetAddress.getLocalHost().getCanonicalHostName();
    }
    int port = advertised.port() == 0 ? boundPort : advertised.port();
    return new Listener(advertised.name(), host, port);
  }

  /** Closes sockets that no server has taken. */
  void close() {
    close(sockets);
  }

  private static void close(ServerSockets sockets) {
    try {
      sockets.close();
    } catch (IOException e) {
      // They were never used: the process can only leave them to the system.
    }
  }
}
