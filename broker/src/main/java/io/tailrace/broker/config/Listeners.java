package io.tailrace.broker.config;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads {@code listeners} and {@code advertised.listeners}, which only make sense together. */
final class Listeners {
  private Listeners() {}

  /** The broker's listeners, without those that a Kafka file has for its controller. */
  static List<Listener> parse(BrokerConfig config) {
    ConfigKey<List<String>> key = BrokerConfigs.LISTENERS;
    List<String> controllers = config.get(BrokerConfigs.CONTROLLER_LISTENER_NAMES);
    List<Listener> listeners = new ArrayList<>();
    for (String text : config.get(key)) {
      Listener listener = parse(key, text);
      if (!controllers.contains(listener.name())) {
        checkProtocol(config, listener, text);
        checkUnlike(listener, listeners, text);
        listeners.add(listener);
      }
    }
    if (listeners.isEmpty()) {
      throw new ConfigException(
          key.name(), key.format(config.get(key)), "At least one listener is needed");
    }
    return List.copyOf(listeners);
  }

  /** What is advertised for each of {@code listeners}, in their order. */
  static List<Listener> parseAdvertised(BrokerConfig config, List<Listener> listeners) {
    ConfigKey<List<String>> key = BrokerConfigs.ADVERTISED_LISTENERS;
    List<String> controllers = config.get(BrokerConfigs.CONTROLLER_LISTENER_NAMES);
    List<Listener> given = new ArrayList<>();
    for (String text : config.get(key)) {
      Listener advertised = parse(key, text);
      if (controllers.contains(advertised.name())) {
        continue;
      }
      if (advertised.wildcard()) {
        throw new ConfigException(
            key.name(), text, "Clients can't connect to this: name a host or an address");
      }
      if (named(advertised.name(), listeners) == null) {
        throw new ConfigException(
            key.name(), text, "There is no listener " + advertised.name() + " in listeners");
      }
      if (named(advertised.name(), given) != null) {
        throw new ConfigException(key.name(), text, "The name stands there twice");
      }
      given.add(advertised);
    }
    List<Listener> all = new ArrayList<>();
    for (Listener listener : listeners) {
      Listener advertised = named(listener.name(), given);
      all.add(advertised != null ? advertised : asAdvertised(listener));
    }
    return List.copyOf(all);
  }

  private static Listener asAdvertised(Listener listener) {
    return listener.wildcard() ? new Listener(listener.name(), "", listener.port()) : listener;
  }

  private static Listener parse(ConfigKey<?> key, String text) {
    Listener listener = Listener.parse(text);
    if (listener == null) {
      throw new ConfigException(
          key.name(), text, "Write it as NAME://HOST:PORT, such as PLAINTEXT://127.0.0.1:9092");
    }
    return listener;
  }

  private static void checkProtocol(BrokerConfig config, Listener listener, String text) {
    String protocol = listener.name();
    for (String pair : config.get(BrokerConfigs.LISTENER_SECURITY_PROTOCOL_MAP)) {
      if (pair.startsWith(listener.name() + ":")) {
        protocol = pair.substring(listener.name().length() + 1);
      }
    }
    if (!protocol.equals("PLAINTEXT")) {
      throw new ConfigException(
          BrokerConfigs.LISTENERS.name(),
          text,
          "Its protocol is " + protocol + ", and only PLAINTEXT is supported for now");
    }
  }

  private static void checkUnlike(Listener listener, List<Listener> others, String text) {
    for (Listener other : others) {
      if (other.name().equals(listener.name())) {
        throw new ConfigException(
            BrokerConfigs.LISTENERS.name(), text, "Each listener must have a different name");
      }
      if (other.port() == listener.port()
          && listener.port() != 0
          && (other.host().equals(listener.host()) || other.wildcard() || listener.wildcard())) {
        throw new ConfigException(
            BrokerConfigs.LISTENERS.name(), text, "Another listener has the same port");
      }
    }
  }

  private static @Nullable Listener named(String name, List<Listener> listeners) {
    for (Listener listener : listeners) {
      if (listener.name().equals(name)) {
        return listener;
      }
    }
    return null;
  }
}
