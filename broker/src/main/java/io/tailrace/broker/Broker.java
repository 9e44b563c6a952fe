package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.Listener;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;

/** PLACEHOLDER for the server module's tests: opens port and data folder, and does nothing. */
public final class Broker implements AutoCloseable {
  private final ServerSocketChannel channel;
  private final Disk.AutoCloseableLock lock;
  private final Path dataDirectory;
  private final String bootstrapServers;

  private Broker(
      ServerSocketChannel channel, Disk.AutoCloseableLock lock, Path data, String bootstrap) {
    this.channel = channel;
    this.lock = lock;
    this.dataDirectory = data;
    this.bootstrapServers = bootstrap;
  }

  public static Builder builder() {
    return new Builder();
  }

  public String bootstrapServers() {
    return bootstrapServers;
  }

  public Path dataDirectory() {
    return dataDirectory;
  }

  @Override
  public void close() {
    try {
      channel.close();
      lock.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Settings of a broker to start. */
  public static final class Builder {
    private BrokerConfig config = BrokerConfig.defaults();

    public Builder config(BrokerConfig config) {
      this.config = config;
      return this;
    }

    public Broker start() {
      Path data = Path.of(config.dataDirectory()).toAbsolutePath().normalize();
      Disk.AutoCloseableLock lock = lock(data);
      Listener listener = config.listeners().getFirst();
      try {
        ServerSocketChannel channel = ServerSocketChannel.open();
        channel.bind(
            listener.host().isEmpty()
                ? new InetSocketAddress(listener.port())
                : new InetSocketAddress(listener.host(), listener.port()));
        int port = ((InetSocketAddress) channel.getLocalAddress()).getPort();
        Listener advertised = config.advertisedListeners().getFirst();
        String host = advertised.host().isEmpty() ? "localhost" : advertised.host();
        return new Broker(
            channel,
            lock,
            data,
            new Listener(advertised.name(), host, advertised.port() == 0 ? port : advertised.port())
                .address());
      } catch (IOException | UnresolvedAddressException e) {
        try {
          lock.close();
        } catch (IOException ignored) {
          // the start has failed anyway
        }
        throw BrokerStartException.cannotListen(listener, e);
      }
    }

    private static Disk.AutoCloseableLock lock(Path data) {
      Disk disk = Environment.system().disk();
      try {
        disk.createDirectories(data);
        Disk.AutoCloseableLock lock = disk.lock(data.resolve(".lock"));
        if (lock == null) {
          throw BrokerStartException.dataFolderHeld(data, data.resolve(".lock"));
        }
        return lock;
      } catch (IOException e) {
        throw BrokerStartException.dataFolder(data, e);
      }
    }
  }
}
