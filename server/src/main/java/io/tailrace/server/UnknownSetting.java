package io.tailrace.server;

import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.config.ConfigKey;
import io.tailrace.broker.config.KafkaSettings;
import io.tailrace.broker.config.TopicConfigs;

/** Helps a user who gave a name that is no setting of the broker. */
final class UnknownSetting {
  private UnknownSetting() {}

  /** What is known of the name: one of topics, one of Kafka's, one that was misspelt. */
  static String describe(String name) {
    ConfigKey<?> topicKey = TopicConfigs.TABLE.find(name);
    if (topicKey != null) {
      ConfigKey<?> brokerKey = topicKey.brokerKey();
      return name
          + " is a setting of topics"
          + (brokerKey == null ? "" : "; for all of them it is called " + brokerKey.name());
    }
    if (new KafkaSettings().contains(name)) {
      return "Tailrace has no use for Kafka's " + name;
    }
    String nearest = BrokerConfigs.TABLE.nearest(name);
    String hint =
        nearest == null ? "docs/configuration.md lists them" : "did you mean " + nearest + "?";
    return "there is no setting " + name + "; " + hint;
  }
}
