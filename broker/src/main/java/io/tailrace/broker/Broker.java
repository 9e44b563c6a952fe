package io.tailrace.broker;

import io.tailrace.broker.api.BrokerServices;
import io.tailrace.broker.api.LoopHandlers;
import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.Listener;
import io.tailrace.broker.lag.GroupLag;
import io.tailrace.broker.net.NetworkServer;
import io.tailrace.broker.net.NetworkSettings;
import io.tailrace.env.Environment;
import io.tailrace.env.Threads;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A running broker. Start one with {@link #builder}, end it with {@link #close}; several may run in
 * one JVM, each on a data folder of its own. It starts only daemon threads, and all of them have
 * ended when {@code close} returns.
 *
 * <p>Without {@code close} nothing that was acknowledged is lost either; the next start then checks
 * the ends of the logs first.
 */
public final class Broker implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Broker.class.getName());

  private final BrokerStorage storage;
  private final NetworkServer network;
  private final List<Listener> endpoints;
  private boolean closed;

  private Broker(BrokerStorage storage, NetworkServer network, List<Listener> endpoints) {
    this.storage = storage;
    this.network = network;
    this.endpoints = endpoints;
  }

  public static Builder builder() {
    return new Builder();
  }

  /** Addresses for the clients' {@code bootstrap.servers}: host:port, separated by commas. */
  public String bootstrapServers() {
    return endpoints.stream().map(Listener::address).collect(Collectors.joining(","));
  }

  /**
   * The folders that hold all data, absolute; the metadata is in the first, unless set otherwise.
   */
  public List<Path> dataDirectories() {
    return storage.paths();
  }

  /** How far consumer groups are behind. */
  GroupLag groupLag() {
    return storage.groupLag();
  }

  /** Answers open requests, closes all connections and files, and ends all threads. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    // Pending, it would close the files before they are in order.
    boolean interrupted = Thread.interrupted();
    try {
      storage.closeGroups();
      network.close();
    } finally {
      storage.close();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Whoever has met the failure must not wait for the end of all threads, its own among them. */
  private void fail(String reason, Consumer<String> listener) {
    LOG.log(Level.ERROR, "the broker stops: {0}", reason);
    Threads.start(
        "tailrace-failure",
        () -> {
          close();
          listener.accept(reason);
        });
  }

  /** Settings of a broker to start; what is not set has its default. */
  public static final class Builder {
    private @Nullable BrokerConfig config;
    private final Map<String, String> properties = new HashMap<>();
    private Environment environment = Environment.system();
    private Consumer<String> failureListener = reason -> {};

    private Builder() {}

    /** All settings at once; {@link #property} and the like go on top of them. */
    public Builder config(BrokerConfig settings) {
      config = settings;
      return this;
    }

    /** The folder to keep all data in, made if it is not there. */
    public Builder dataDirectory(Path directory) {
      return property(BrokerConfigs.LOG_DIRS.name(), directory.toString());
    }

    /** The port to listen on, on the loopback interface; 0 for any free one. */
    public Builder port(int port) {
      return property(BrokerConfigs.LISTENERS.name(), "PLAINTEXT://127.0.0.1:" + port);
    }

    /** One setting under its name in {@code docs/configuration.md}, which is Kafka's. */
    public Builder property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    /**
     * Whom to tell, with the reason, when the broker has closed itself because it can't go on: the
     * disk with its metadata has failed, or all with data. Told once, on a thread of the broker's.
     */
    public Builder onFailure(Consumer<String> listener) {
      failureListener = listener;
      return this;
    }

    /** Clock, disk and randomness other than the machine's, for tests. */
    Builder environment(Environment other) {
      environment = other;
      return this;
    }

    /**
     * Starts the broker; it serves clients when this returns.
     *
     * @throws BrokerStartException if it can't start; the message says why and what to do
     * @throws io.tailrace.broker.config.ConfigException if a setting has no valid value
     */
    public Broker start() {
      Map<String, String> all = new HashMap<>(config == null ? Map.of() : config.originals());
      all.putAll(properties);
      return Broker.start(BrokerConfig.parse(all), environment, failureListener);
    }
  }

  private static Broker start(
      BrokerConfig config, Environment environment, Consumer<String> failureListener) {
    NetworkSettings network = NetworkConfigs.of(config);
    BoundListeners listeners = BoundListeners.bind(config, network);
    BrokerStorage storage = null;
    NetworkServer server = null;
    try {
      storage = BrokerStorage.open(config, environment);
      storage.register(listeners.endpoints());
      NetworkServer started = serve(listeners, network, storage);
      server = started;
      storage.onConfig(now -> started.changeLimits(NetworkConfigs.of(now)));
      Broker broker = new Broker(storage, started, listeners.endpoints());
      storage.onLoss(reason -> broker.fail(reason, failureListener));
      return broker;
    } catch (RuntimeException e) {
      listeners.close();
      if (server != null) {
        server.close();
      }
      if (storage != null) {
        storage.close();
      }
      throw e;
    }
  }

  private static NetworkServer serve(
      BoundListeners listeners, NetworkSettings settings, BrokerStorage storage) {
    BrokerServices services = storage.services();
    List<String> names = listeners.endpoints().stream().map(Listener::name).toList();
    try {
      return NetworkServer.start(
          services.clock(),
          listeners.sockets(),
          settings,
          services.coldReaders(),
          loop -> new RequestDispatcher(new LoopHandlers(services), names));
    } catch (IOException e) {
      throw new BrokerStartException("the network can't be started: " + e.getMessage(), e);
    }
  }
}
