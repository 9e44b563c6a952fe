package io.tailrace.metadata;

/**
 * What a set of config overrides belongs to.
 *
 * @param type one of the constants; the same numbers as in Kafka's protocol
 * @param name topic or group name, or broker id; for {@link #BROKER} the empty name stands for the
 *     cluster-wide default of all brokers
 */
public record ConfigResource(byte type, String name) {
  public static final byte TOPIC = 2;
  public static final byte BROKER = 4;
  public static final byte BROKER_LOGGER = 8;
  public static final byte CLIENT_METRICS = 16;
  public static final byte GROUP = 32;

  /** The overrides that hold for every broker which has none of its own. */
  public static final ConfigResource CLUSTER_DEFAULT = new ConfigResource(BROKER, "");

  public static ConfigResource topic(String name) {
    return new ConfigResource(TOPIC, name);
  }

  public static ConfigResource broker(int id) {
    return new ConfigResource(BROKER, Integer.toString(id));
  }
}
