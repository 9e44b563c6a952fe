package io.tailrace.broker.config;

import static io.tailrace.broker.config.ConfigRange.atLeast;
import static io.tailrace.broker.config.ConfigType.BOOLEAN;
import static io.tailrace.broker.config.ConfigType.INT;
import static io.tailrace.broker.config.ConfigType.LIST;
import static io.tailrace.broker.config.ConfigType.LONG;
import static io.tailrace.broker.config.ConfigType.STRING;

import io.tailrace.broker.config.ConfigRange.Between;
import java.util.List;

/**
 * The broker's settings, under Kafka's names. Defaults are Kafka's, save those in {@code
 * docs/differences.md}.
 */
public final class BrokerConfigs {
  /** All broker settings, those of {@link LogDefaultConfigs} too. */
  public static final ConfigTable TABLE =
      new ConfigTable(LogDefaultConfigs.TABLE, CleanerConfigs.TABLE, GroupConfigs.TABLE);

  public static final ConfigKey<List<String>> LISTENERS =
      add(
          ConfigKey.of("listeners", LIST, List.of("PLAINTEXT://127.0.0.1:9092"))
              .doc("Addresses to listen on, as NAME://HOST:PORT; no HOST means all interfaces."));

  public static final ConfigKey<List<String>> ADVERTISED_LISTENERS =
      add(
          ConfigKey.of("advertised.listeners", LIST, List.<String>of())
              .defaultText("as listeners")
              .doc("Addresses that clients are told to connect to, one for each listener."));

  public static final ConfigKey<List<String>> CONTROLLER_LISTENER_NAMES =
      add(
          ConfigKey.of("controller.listener.names", LIST, List.<String>of())
              .doc("Listeners of Kafka's controller; they are not opened."));

  public static final ConfigKey<List<String>> LISTENER_SECURITY_PROTOCOL_MAP =
      add(
          ConfigKey.of("listener.security.protocol.map", LIST, List.<String>of())
              .defaultText("each name is a protocol")
              .doc("Protocol of each listener, as NAME:PROTOCOL; only PLAINTEXT for now."));

  public static final ConfigKey<List<String>> LOG_DIR =
      add(
          ConfigKey.of("log.dir", LIST, List.of("data"))
              .doc("Counts as log.dirs where that is not set."));

  public static final ConfigKey<List<String>> LOG_DIRS =
      add(
          ConfigKey.of("log.dirs", LIST, List.of("data"))
              .orElse(LOG_DIR)
              .doc(
                  "The data folders; a new log goes where the fewest are. A relative path starts at"
                      + " the working folder."));

  public static final ConfigKey<String> METADATA_LOG_DIR =
      add(
          ConfigKey.of("metadata.log.dir", STRING, "")
              .defaultText("the first of log.dirs")
              .doc("The folder of the metadata log."));

  public static final ConfigKey<Integer> BROKER_ID =
      add(
          ConfigKey.of("broker.id", INT, 1)
              .range(atLeast(0))
              .doc("Old name of node.id; counts where that is not set."));

  public static final ConfigKey<Integer> NODE_ID =
      add(
          ConfigKey.of("node.id", INT, 1)
              .range(atLeast(0))
              .orElse(BROKER_ID)
              .doc("The broker's number in its cluster; fixed once the data folder is made."));

  public static final ConfigKey<Integer> NUM_PARTITIONS =
      add(
          ConfigKey.of("num.partitions", INT, 1)
              .range(atLeast(1))
              .doc("Partitions of a topic that is created without a number of its own."));

  public static final ConfigKey<Integer> DEFAULT_REPLICATION_FACTOR =
      add(
          ConfigKey.of("default.replication.factor", INT, 1)
              .range(ConfigRange.orElse(-1, new Between(1, Short.MAX_VALUE)))
              .doc("Replicas of a topic that is created without a number of its own."));

  public static final ConfigKey<Boolean> AUTO_CREATE_TOPICS_ENABLE =
      add(
          ConfigKey.of("auto.create.topics.enable", BOOLEAN, true)
              .doc("Whether a topic is created when a client first asks for it."));

  public static final ConfigKey<Boolean> DELETE_TOPIC_ENABLE =
      add(
          ConfigKey.of("delete.topic.enable", BOOLEAN, true)
              .doc("Whether clients may delete topics."));

  public static final ConfigKey<Integer> NUM_NETWORK_THREADS =
      add(
          ConfigKey.of(
                  "num.network.threads",
                  INT,
                  Math.max(2, Runtime.getRuntime().availableProcessors()))
              .range(atLeast(1))
              .defaultText("number of cores, at least 2")
              .doc("Event loops; each owns its connections and does produce and fetch itself."));

  public static final ConfigKey<Integer> SOCKET_REQUEST_MAX_BYTES =
      add(
          ConfigKey.of("socket.request.max.bytes", INT, 100 << 20)
              .range(atLeast(1))
              .doc("Largest request; a connection that announces a larger one is closed."));

  public static final ConfigKey<Integer> SOCKET_SEND_BUFFER_BYTES =
      add(
          ConfigKey.of("socket.send.buffer.bytes", INT, -1)
              .range(ConfigRange.orElse(-1, new Between(1, Integer.MAX_VALUE)))
              .doc(
                  "SO_SNDBUF of each connection; -1: 256 KB on loopback, else left to the operating"
                      + " system."));

  public static final ConfigKey<Integer> SOCKET_RECEIVE_BUFFER_BYTES =
      add(
          ConfigKey.of("socket.receive.buffer.bytes", INT, -1)
              .range(ConfigRange.orElse(-1, new Between(1, Integer.MAX_VALUE)))
              .doc("SO_RCVBUF of each connection; -1 leaves it to the operating system."));

  public static final ConfigKey<Integer> SOCKET_LISTEN_BACKLOG_SIZE =
      add(
          ConfigKey.of("socket.listen.backlog.size", INT, 50)
              .range(atLeast(1))
              .doc("Connections that may wait to be accepted."));

  public static final ConfigKey<Integer> MAX_CONNECTIONS =
      add(
          ConfigKey.of("max.connections", INT, Integer.MAX_VALUE)
              .range(atLeast(0))
              .live()
              .doc("Connections open at a time; more are refused."));

  public static final ConfigKey<Integer> MAX_CONNECTIONS_PER_IP =
      add(
          ConfigKey.of("max.connections.per.ip", INT, Integer.MAX_VALUE)
              .range(atLeast(0))
              .live()
              .doc("Connections open at a time from one address; 0 only beside overrides."));

  public static final ConfigKey<String> MAX_CONNECTIONS_PER_IP_OVERRIDES =
      add(
          ConfigKey.of("max.connections.per.ip.overrides", STRING, "")
              .live()
              .doc("Other limits for some addresses, as HOST:COUNT,HOST:COUNT."));

  public static final ConfigKey<Long> CONNECTIONS_MAX_IDLE_MS =
      add(
          ConfigKey.of("connections.max.idle.ms", LONG, 600_000L)
              .range(ConfigRange.orElse(-1, new Between(1, Long.MAX_VALUE)))
              .doc("A connection on which nothing happens for so long is closed; -1 for never."));

  public static final ConfigKey<Integer> FETCH_MAX_BYTES =
      add(
          ConfigKey.of("fetch.max.bytes", INT, 55 << 20)
              .range(atLeast(1024))
              .doc("Bytes of records in one fetch response, whatever the client asks for."));

  public static final ConfigKey<Integer> MAX_INCREMENTAL_FETCH_SESSION_CACHE_SLOTS =
      add(
          ConfigKey.of("max.incremental.fetch.session.cache.slots", INT, 1000)
              .range(atLeast(0))
              .doc(
                  "Fetch sessions (KIP-227) at a time; other clients name all partitions each"
                      + " time."));

  public static final ConfigKey<Integer> PRODUCER_ID_EXPIRATION_MS =
      add(
          ConfigKey.of("producer.id.expiration.ms", INT, 86_400_000)
              .range(atLeast(1))
              .live()
              .doc("Time after its last write at which a partition forgets a producer."));

  public static final ConfigKey<Long> LOG_RETENTION_CHECK_INTERVAL_MS =
      add(
          ConfigKey.of("log.retention.check.interval.ms", LONG, 300_000L)
              .range(atLeast(1))
              .doc("How often is looked for segments that retention no longer keeps."));

  private BrokerConfigs() {}

  private static <T> ConfigKey<T> add(ConfigKey<T> key) {
    return TABLE.add(key);
  }
}
