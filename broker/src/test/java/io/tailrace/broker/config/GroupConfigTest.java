package io.tailrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.broker.config.ConfigChange.Refusal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.common.config.ConfigDef;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupConfigTest {
  private static final BrokerConfig BROKER = BrokerConfig.defaults();

  /** Of a consumer group; Kafka has others for share and streams groups. */
  @Test
  void namesAndDefaultsAreKafkas() {
    Map<String, ConfigDef.ConfigKey> kafkas =
        org.apache.kafka.coordinator.group.GroupConfig.CONFIG_DEF.configKeys();
    Set<String> names =
        kafkas.keySet().stream()
            .filter(name -> name.startsWith("consumer."))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(GroupConfig.TABLE.keys())
        .extracting(ConfigKey::name)
        .containsExactlyElementsOf(names);
    for (ConfigKey<?> key : GroupConfig.TABLE.keys()) {
      assertThat(key.defaultValue()).isEqualTo(kafkas.get(key.name()).defaultValue);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "consumer.session.timeout.ms, 44999, false",
    "consumer.session.timeout.ms, 45000, true",
    "consumer.session.timeout.ms, 60001, false",
    "consumer.heartbeat.interval.ms, 4999, false",
    "consumer.heartbeat.interval.ms, 15000, true",
    "consumer.heartbeat.interval.ms, 15001, false",
    "consumer.assignment.interval.ms, -1, false",
    "consumer.assignment.interval.ms, 0, true",
    "consumer.assignment.interval.ms, 15000, true",
    "consumer.assignment.interval.ms, 15001, false",
    // KIP-1263 names it, but Kafka 4.3 has no such setting.
    "consumer.assignor.offload.enable, false, false",
  })
  void aGroupsOwnLieWithinTheBrokersLimits(String name, String value, boolean taken) {
    Refusal refusal = ConfigChange.checkGroup(BROKER, Map.of(name, value));
    assertThat(refusal == null).as("%s", refusal).isEqualTo(taken);
  }

  @ParameterizedTest
  @CsvSource({
    "session.timeout, 45000, 60000",
    "heartbeat.interval, 5000, 15000",
    "assignment.interval, 0, 15000"
  })
  void theBrokersOwnLieWithinItsLimitsToo(String what, int min, int max) {
    String name = "group.consumer." + what + ".ms";
    String minName = "group.consumer.min." + what + ".ms";
    String maxName = "group.consumer.max." + what + ".ms";
    assertRefused(
        Map.of(minName, max + 1), maxName + " must be greater than or equal to " + minName);
    assertRefused(Map.of(name, max + 1), maxName + " must be greater than or equal to " + name);
    if (min > 0) {
      assertRefused(Map.of(name, min - 1), name + " must be greater than or equal to " + minName);
    }
  }

  @Test
  void heartbeatsComeBeforeTheSessionEnds() {
    assertRefused(
        Map.of(
            "group.consumer.heartbeat.interval.ms", 45_000,
            "group.consumer.max.heartbeat.interval.ms", 45_000),
        "group.consumer.heartbeat.interval.ms must be less than group.consumer.session.timeout.ms");
  }

  private static void assertRefused(Map<String, Integer> settings, String message) {
    Map<String, String> texts = new HashMap<>();
    settings.forEach((name, value) -> texts.put(name, value.toString()));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> BrokerConfig.parse(texts))
        .withMessage(message);
  }
}
