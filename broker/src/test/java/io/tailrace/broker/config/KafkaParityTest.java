package io.tailrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.server.config.AbstractKafkaConfig;
import org.apache.kafka.server.config.DynamicBrokerConfig;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.junit.jupiter.api.Test;

/** Our settings beside Kafka's own definitions: names, types, defaults, ranges, messages. */
class KafkaParityTest {
  private static final ConfigDef KAFKA_TOPIC = LogConfig.configDefCopy();
  private static final ConfigDef KAFKA_BROKER = AbstractKafkaConfig.CONFIG_DEF;

  /** Where Tailrace starts without a file, and Kafka does not (or uses /tmp). */
  private static final Set<String> OWN_DEFAULTS =
      Set.of(
          "listeners",
          "log.dir",
          "log.dirs",
          "node.id",
          "broker.id",
          "num.network.threads",
          "socket.receive.buffer.bytes",
          "socket.send.buffer.bytes",
          "controller.listener.names",
          "offsets.topic.replication.factor");

  /** Kafka's default is null, ours what Kafka takes in its place. */
  private static final Set<String> NULL_DEFAULTS =
      Set.of(
          "advertised.listeners",
          "log.flush.interval.ms",
          "log.retention.minutes",
          "log.retention.ms",
          "log.roll.jitter.ms",
          "log.roll.ms",
          "metadata.log.dir");

  /** Values at which ranges and types usually end. */
  private static final List<String> PROBES =
      List.of(
          "",
          " ",
          "0",
          "1",
          "-1",
          "-2",
          "-3",
          "2",
          "3",
          "4",
          "9",
          "10",
          "17",
          "18",
          "22",
          "23",
          " 5 ",
          "+7",
          "1023",
          "1024",
          "1048575",
          "1048576",
          "2147483647",
          "2147483648",
          "9223372036854775807",
          "9223372036854775808",
          "-131072",
          "-131073",
          "0.5",
          "1.5",
          "1e3",
          "abc",
          "true",
          "FALSE",
          "yes",
          "delete",
          "compact",
          "compact, delete",
          "Delete",
          "delete,",
          ",",
          "gzip",
          "GZIP",
          "none",
          "uncompressed",
          "producer",
          "CreateTime",
          "LogAppendTime",
          "createtime",
          "*",
          "0:1",
          "0:1,1:2",
          "0:x",
          "*,0:1",
          "1:",
          ":1");

  @Test
  void topicSettingsAreKafkas() {
    Set<String> kafkas = new TreeSet<>(KAFKA_TOPIC.names());
    kafkas.remove("internal.segment.bytes");
    assertThat(names(TopicConfigs.TABLE)).isEqualTo(kafkas);
    for (ConfigKey<?> key : kafkasOwn(TopicConfigs.TABLE)) {
      assertSameDefinition(key, KAFKA_TOPIC.configKeys().get(key.name()));
    }
  }

  @Test
  void brokerSettingsAreKafkas() {
    for (ConfigKey<?> key : kafkasOwn(BrokerConfigs.TABLE)) {
      ConfigDef.ConfigKey kafkas = KAFKA_BROKER.configKeys().get(key.name());
      assertThat(kafkas).as(key.name()).isNotNull();
      if (OWN_DEFAULTS.contains(key.name())) {
        continue;
      }
      if (NULL_DEFAULTS.contains(key.name())) {
        assertThat(kafkas.defaultValue).as(key.name()).isNull();
      } else if (!key.name().equals("listener.security.protocol.map")) {
        assertSameDefinition(key, kafkas);
      }
    }
  }

  @Test
  void topicValuesAreTakenAndRefusedWithKafkasMessages() {
    assertThat(differences(TopicConfigs.TABLE, KafkaParityTest::kafkasTopicFault))
        .containsExactlyInAnyOrder(
            // There is no tiered storage, and no broker here to know it.
            "remote.storage.enable=true",
            // Kafka takes the two empty entries for replicas.
            "leader.replication.throttled.replicas=,",
            "follower.replication.throttled.replicas=,");
  }

  @Test
  void brokerValuesAreTakenAndRefusedAsByKafka() {
    Set<String> names = new TreeSet<>();
    for (String difference : differences(BrokerConfigs.TABLE, KafkaParityTest::kafkasBrokerFault)) {
      names.add(difference.substring(0, difference.indexOf('=')));
    }
    assertThat(names)
        .containsExactlyInAnyOrder(
            // Kafka's broker takes no less than 0, once it has made up its own ids.
            "broker.id",
            // Kafka takes any number here, and fails or reads some other value into it later.
            "log.cleaner.dedupe.buffer.size",
            "log.cleaner.io.buffer.load.factor",
            "log.cleaner.io.max.bytes.per.second",
            "log.cleaner.threads",
            "connections.max.idle.ms",
            "default.replication.factor",
            "log.flush.interval.ms",
            "log.flush.scheduler.interval.ms",
            "log.retention.ms",
            "log.roll.jitter.ms",
            "log.roll.ms",
            "socket.receive.buffer.bytes",
            "socket.send.buffer.bytes",
            "offset.metadata.max.bytes",
            "group.initial.rebalance.delay.ms",
            "group.max.session.timeout.ms",
            "group.min.session.timeout.ms",
            "offsets.topic.segment.bytes",
            // Kafka takes upper case, too, and the names of classes.
            "group.consumer.migration.policy",
            "group.consumer.assignors",
            // Lists; each side looks at some of them as a whole, later on.
            "advertised.listeners",
            "controller.listener.names",
            "listener.security.protocol.map",
            "listeners",
            "log.dir",
            "log.dirs");
  }

  @Test
  void topicSettingsHaveKafkasBrokerSettingsAsDefaults() {
    for (ConfigKey<?> key : TopicConfigs.TABLE.keys()) {
      ConfigKey<?> brokerKey = key.brokerKey();
      assertThat(brokerKey == null ? null : brokerKey.name())
          .as(key.name())
          .isEqualTo(ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.get(key.name()));
      if (brokerKey != null) {
        List<String> names = new ArrayList<>(List.of(brokerKey.name()));
        brokerKey.fallbacks().forEach(f -> names.add(f.key().name()));
        assertThat(names)
            .isEqualTo(DynamicBrokerConfig.brokerConfigSynonyms(brokerKey.name(), true));
      }
    }
  }

  @Test
  void nothingIsLiveThatKafkaCannotChange() {
    for (ConfigKey<?> key : BrokerConfigs.TABLE.keys()) {
      if (key.live()) {
        assertThat(DynamicBrokerConfig.ALL_DYNAMIC_CONFIGS).contains(key.name());
      }
    }
  }

  @Test
  void theListOfKafkasOtherSettingsIsComplete() throws Exception {
    Set<String> others = new TreeSet<>();
    KAFKA_BROKER.configKeys().values().stream()
        .filter(key -> !key.internalConfig && BrokerConfigs.TABLE.find(key.name) == null)
        .forEach(key -> others.add(key.name));
    try (InputStream list = KafkaSettings.class.getResourceAsStream("kafka-settings.txt")) {
      assertThat(new String(list.readAllBytes(), StandardCharsets.US_ASCII))
          .as("kafka-settings.txt must hold exactly these lines")
          .isEqualTo(String.join("\n", others) + "\n");
    }
  }

  /** All but the few settings of our own. */
  private static List<ConfigKey<?>> kafkasOwn(ConfigTable table) {
    return table.keys().stream()
        .<ConfigKey<?>>map(key -> key)
        .filter(key -> !key.name().startsWith("tailrace."))
        .toList();
  }

  private static Set<String> names(ConfigTable table) {
    return kafkasOwn(table).stream()
        .map(ConfigKey::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void assertSameDefinition(ConfigKey<?> ours, ConfigDef.ConfigKey kafkas) {
    assertThat(ours.type().name()).as(ours.name()).isEqualToIgnoringCase(typeName(kafkas));
    assertThat(ours.defaultValue()).as(ours.name()).isEqualTo(kafkas.defaultValue);
  }

  /** Kafka keeps this one as text and splits it later. */
  private static String typeName(ConfigDef.ConfigKey kafkas) {
    return kafkas.name.equals("controller.listener.names") ? "list" : kafkas.type.name();
  }

  /** The {@code name=value} for which we and Kafka do not agree. */
  private static List<String> differences(
      ConfigTable table, Function<String[], String> kafkasFault) {
    List<String> differences = new ArrayList<>();
    for (ConfigKey<?> key : kafkasOwn(table)) {
      for (String probe : PROBES) {
        String ours =
            table == TopicConfigs.TABLE ? topicFault(key, probe) : brokerFault(key, probe);
        String kafkas = kafkasFault.apply(new String[] {key.name(), probe});
        boolean same = (ours == null) == (kafkas == null) && (ours == null || alike(ours, kafkas));
        if (!same) {
          differences.add(key.name() + "=" + probe);
        }
      }
    }
    return differences;
  }

  /** Equal, or of the few for which we found better words. */
  private static boolean alike(String ours, String kafkas) {
    return ours.equals(kafkas)
        || ours.contains("Entries of a list must not be empty")
        || ours.contains("Value must be '*' or")
        || ours.contains("cleanup.policy: String must be one of")
        || ours.contains("or equal to -1");
  }

  private static String topicFault(ConfigKey<?> key, String text) {
    ConfigChange.Refusal refusal =
        ConfigChange.checkTopic(BrokerConfig.defaults(), Map.of(key.name(), text));
    return refusal == null ? null : refusal.message();
  }

  private static String kafkasTopicFault(String[] pair) {
    try {
      LogConfig.validate(Map.of(), Map.of(pair[0], pair[1]), Map.of(), false);
      return null;
    } catch (RuntimeException e) {
      return e.getMessage();
    }
  }

  private static String brokerFault(ConfigKey<?> key, String text) {
    try {
      key.parse(text);
      return null;
    } catch (ConfigException e) {
      return e.getMessage();
    }
  }

  private static String kafkasBrokerFault(String[] pair) {
    try {
      Map<String, String> properties = new HashMap<>();
      properties.put("node.id", "1");
      properties.put("process.roles", "broker");
      properties.put("controller.listener.names", "CONTROLLER");
      properties.put(pair[0], pair[1]);
      Map<String, Object> parsed = KAFKA_BROKER.parse(properties);
      assertThat((Collection<String>) parsed.keySet()).contains(pair[0]);
      return null;
    } catch (RuntimeException e) {
      return e.getMessage();
    }
  }
}
