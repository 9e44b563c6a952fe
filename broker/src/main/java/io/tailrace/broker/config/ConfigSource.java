package io.tailrace.broker.config;

/** Where a value comes from, with the number that DescribeConfigs reports (KIP-226). */
public enum ConfigSource {
  /** Set on the topic. */
  TOPIC_CONFIG(1),
  /** Set on this broker while it ran. */
  DYNAMIC_BROKER_CONFIG(2),
  /** Set on all brokers while they ran. */
  DYNAMIC_DEFAULT_BROKER_CONFIG(3),
  /** Set in the file, the environment or on the command line. */
  STATIC_BROKER_CONFIG(4),
  /** Set nowhere. */
  DEFAULT_CONFIG(5),
  /** Set on the group. */
  GROUP_CONFIG(8);

  private final byte id;

  ConfigSource(int id) {
    this.id = (byte) id;
  }

  public byte id() {
    return id;
  }
}
