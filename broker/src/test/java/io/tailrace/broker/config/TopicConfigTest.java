package io.tailrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.broker.config.ConfigChange.Refusal;
import io.tailrace.broker.config.ConfigEntry.Synonym;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicConfigTest {
  private static final BrokerConfig BROKER =
      BrokerConfig.parse(
          Map.of("log.retention.hours", "1", "message.max.bytes", "5000", "node.id", "7"));

  @Test
  void whatIsSetOnTheTopicCountsMoreThanTheBrokersDefault() {
    TopicConfig config = TopicConfig.of(BROKER, Map.of("max.message.bytes", " 42 "));
    assertThat(config.get(TopicConfigs.MAX_MESSAGE_BYTES)).isEqualTo(42);
    assertThat(config.get(TopicConfigs.RETENTION_MS)).isEqualTo(3_600_000);
    assertThat(config.get(TopicConfigs.SEGMENT_BYTES)).isEqualTo(1 << 30);
    assertThat(config.overrides()).isEqualTo(Map.of("max.message.bytes", " 42 "));
  }

  @Test
  void describesValueSourceAndSynonyms() {
    TopicConfig config = TopicConfig.of(BROKER, Map.of("max.message.bytes", "42"));
    ConfigEntry size = entry(config, "max.message.bytes");
    assertThat(size.value()).isEqualTo("42");
    assertThat(size.readOnly()).isFalse();
    assertThat(size.source()).isEqualTo(ConfigSource.TOPIC_CONFIG);
    assertThat(size.synonyms())
        .containsExactly(
            new Synonym("max.message.bytes", "42", ConfigSource.TOPIC_CONFIG),
            new Synonym("message.max.bytes", "5000", ConfigSource.STATIC_BROKER_CONFIG),
            new Synonym("message.max.bytes", "1048588", ConfigSource.DEFAULT_CONFIG));
    assertThat(entry(config, "retention.ms").source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
    assertThat(entry(config, "cleanup.policy").value()).isEqualTo("delete");
    assertThat(entry(config, "remote.storage.enable").source())
        .isEqualTo(ConfigSource.DEFAULT_CONFIG);
    assertThat(config.describe()).hasSameSizeAs(TopicConfigs.TABLE.keys());
  }

  @Test
  void storedNamesThatNobodyKnowsDoNotStopTheBroker() {
    assertThat(TopicConfig.of(BROKER, Map.of("from.a.newer.release", "1")).describe())
        .hasSameSizeAs(TopicConfigs.TABLE.keys());
  }

  @Test
  void conflictsAreSeenAcrossTopicAndBroker() {
    BrokerConfig broker = BrokerConfig.parse(Map.of("log.cleaner.max.compaction.lag.ms", "10"));
    assertThat(ConfigChange.checkTopic(broker, Map.of("min.compaction.lag.ms", "11")))
        .extracting(Refusal::message)
        .asString()
        .contains("min.compaction.lag.ms (11) > max.compaction.lag.ms (10)");
  }

  @Test
  void topicChangesAreRefusedWithTheReason() {
    assertThat(ConfigChange.checkTopic(BROKER, Map.of("retention.ms", "-1"))).isNull();
    assertThat(ConfigChange.checkTopic(BROKER, Map.of("foo", "1")))
        .isEqualTo(new Refusal(ConfigChange.Kind.INVALID_CONFIG, "Unknown topic config name: foo"));
    Map<String, String> withNull = new HashMap<>();
    withNull.put("retention.ms", null);
    assertThat(ConfigChange.checkTopic(BROKER, withNull).message())
        .isEqualTo("Null value not supported for topic configs: retention.ms");
  }

  @Test
  void brokerChangesAreRefusedWithTheReason() {
    assertThat(ConfigChange.checkBroker(BROKER, "7", Map.of("message.max.bytes", "1"))).isNull();
    assertThat(ConfigChange.checkBroker(BROKER, "", Map.of("max.connections", "1"))).isNull();
    assertThat(ConfigChange.checkBroker(BROKER, "8", Map.of()).kind())
        .isEqualTo(ConfigChange.Kind.INVALID_REQUEST);
    assertThat(ConfigChange.checkBroker(BROKER, "", Map.of("listeners", "x")).message())
        .isEqualTo("Cannot update these configs dynamically: [listeners]");
    assertThat(ConfigChange.checkBroker(BROKER, "", Map.of("no.such", "x")).message())
        .isEqualTo("Unknown broker config name: no.such");
    assertThat(ConfigChange.checkBroker(BROKER, "", Map.of("max.connections", "x")).message())
        .isEqualTo("Invalid value x for configuration max.connections: Not a number of type INT");
    Map<String, String> withNull = new HashMap<>();
    withNull.put("max.connections", null);
    assertThat(ConfigChange.checkBroker(BROKER, "", withNull).message())
        .contains("Null value not supported");
  }

  @Test
  void ownSettingsAreCheckedTogetherWithThoseOfAllBrokers() {
    BrokerConfig broker =
        BROKER.withDynamic(Map.of("max.connections.per.ip.overrides", "a:1"), Map.of());
    assertThat(ConfigChange.checkBroker(broker, "7", Map.of("max.connections.per.ip", "0")))
        .isNull();
    assertThat(ConfigChange.checkBroker(BROKER, "7", Map.of("max.connections.per.ip", "0")))
        .isNotNull();
  }

  @Test
  void aSettingOfAnotherTableIsRefusedLoudly() {
    TopicConfig config = TopicConfig.of(BROKER, Map.of());
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> config.get(BrokerConfigs.NODE_ID));
  }

  private static ConfigEntry entry(TopicConfig config, String name) {
    return config.describe().stream().filter(e -> e.key().name().equals(name)).findAny().get();
  }
}
