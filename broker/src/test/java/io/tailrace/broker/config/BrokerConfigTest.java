package io.tailrace.broker.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tailrace.broker.config.ConfigEntry.Synonym;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerConfigTest {

  @Test
  void nothingSetListensOnLoopbackWithDataBesideIt() {
    BrokerConfig config = BrokerConfig.defaults();
    assertThat(config.listeners()).containsExactly(new Listener("PLAINTEXT", "127.0.0.1", 9092));
    assertThat(config.advertisedListeners()).isEqualTo(config.listeners());
    assertThat(config.dataDirectories()).containsExactly("data");
    assertThat(config.get(BrokerConfigs.NODE_ID)).isEqualTo(1);
    assertThat(config.get(BrokerConfigs.NUM_NETWORK_THREADS)).isGreaterThanOrEqualTo(2);
    assertThat(config.isSet(BrokerConfigs.NODE_ID)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "log.retention.hours=2,7200000",
    "log.retention.hours=-1,-1",
    "log.retention.minutes=3;log.retention.hours=2,180000",
    "log.retention.ms=5;log.retention.minutes=3;log.retention.hours=2,5",
  })
  void smallerUnitsCountMore(String settings, long retentionMs) {
    BrokerConfig config = BrokerConfig.parse(map(settings));
    assertThat(config.get(LogDefaultConfigs.LOG_RETENTION_MS)).isEqualTo(retentionMs);
    assertThat(config.isSet(LogDefaultConfigs.LOG_RETENTION_MS)).isTrue();
  }

  @Test
  void whatIsSetWhileRunningCountsMoreThanAnyUnitSetAtStart() {
    BrokerConfig config =
        BrokerConfig.parse(Map.of("log.roll.hours", "2"))
            .withDynamic(Map.of("log.roll.ms", "7"), Map.of());
    assertThat(config.get(LogDefaultConfigs.LOG_ROLL_MS)).isEqualTo(7);
    assertThat(config.withDynamic(Map.of("log.roll.ms", "7"), Map.of("log.roll.ms", "8")))
        .extracting(c -> c.get(LogDefaultConfigs.LOG_ROLL_MS))
        .isEqualTo(8L);
    assertThat(config.synonyms(LogDefaultConfigs.LOG_ROLL_MS))
        .containsExactly(
            new Synonym("log.roll.ms", "7", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG),
            new Synonym("log.roll.hours", "2", ConfigSource.STATIC_BROKER_CONFIG),
            new Synonym("log.roll.ms", "604800000", ConfigSource.DEFAULT_CONFIG));
  }

  @Test
  void kafkasOwnExampleFileIsUnderstood() {
    BrokerConfig config =
        BrokerConfig.parse(
            Map.of(
                "process.roles", "broker,controller",
                "node.id", "4",
                "listeners", "PLAINTEXT://:9092,CONTROLLER://:9093",
                "advertised.listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093",
                "controller.listener.names", "CONTROLLER",
                "listener.security.protocol.map", "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT",
                "log.dirs", "/tmp/kraft-combined-logs"));
    assertThat(config.listeners()).containsExactly(new Listener("PLAINTEXT", "", 9092));
    assertThat(config.advertisedListeners())
        .containsExactly(new Listener("PLAINTEXT", "localhost", 9092));
    assertThat(config.get(BrokerConfigs.NODE_ID)).isEqualTo(4);
  }

  @Test
  void listenersMayHaveOwnNamesAndIpv6Addresses() {
    BrokerConfig config =
        BrokerConfig.parse(
            Map.of(
                "listeners", "IN://[::1]:9092, OUT://0.0.0.0:0",
                "listener.security.protocol.map", "IN:PLAINTEXT,OUT:PLAINTEXT",
                "advertised.listeners", "OUT://broker-1.example:19092"));
    assertThat(config.listeners()).extracting(Listener::address).contains("[::1]:9092");
    assertThat(config.advertisedListeners())
        .containsExactly(
            new Listener("IN", "::1", 9092), new Listener("OUT", "broker-1.example", 19092));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "listeners=|listeners|At least one",
        "listeners=9092|listeners|NAME://HOST:PORT",
        "listeners=127.0.0.1:9092|listeners|NAME://HOST:PORT",
        "listeners=PLAINTEXT://h:65536|listeners|NAME://HOST:PORT",
        "listeners=PLAINTEXT://h:|listeners|NAME://HOST:PORT",
        "listeners=PLAINTEXT://h:-1|listeners|NAME://HOST:PORT",
        "listeners=PLAINTEXT://::1:9092|listeners|NAME://HOST:PORT",
        "listeners=PLAINTEXT://a b:9092|listeners|NAME://HOST:PORT",
        "listeners=://h:9092|listeners|NAME://HOST:PORT",
        "listeners=SSL://h:9092|listeners|protocol is SSL",
        "listeners=EXTERNAL://h:9092|listeners|protocol is EXTERNAL",
        "listeners=PLAINTEXT://h:1,PLAINTEXT://h:2|listeners|different name",
        "listeners=A://h:1,B://:1;listener.security.protocol.map=A:PLAINTEXT,B:PLAINTEXT"
            + "|listeners|same port",
        "advertised.listeners=PLAINTEXT://0.0.0.0:9092|advertised.listeners|can't connect",
        "advertised.listeners=PLAINTEXT://:9092|advertised.listeners|can't connect",
        "advertised.listeners=X://h:9092|advertised.listeners|no listener X",
        "advertised.listeners=PLAINTEXT://h:1,PLAINTEXT://h:2|advertised.listeners|twice",
        "log.dirs=a,b,a|log.dirs|none twice",
        "log.dirs=|log.dirs|at least one",
        "log.dir=a,a|log.dirs|none twice",
        "broker.id=2;node.id=3|broker.id|the same as node.id",
        "log.retention.hours=0|log.retention.hours|at least 1",
        "log.retention.hours=x|log.retention.hours|Not a number of type INT",
        "num.partitions=0|num.partitions|at least 1",
        "num.partitions=many|num.partitions|Not a number of type INT",
        "auto.create.topics.enable=ja|auto.create.topics.enable|true or false",
        "log.message.timestamp.type=now|log.message.timestamp.type|CreateTime",
        "max.connections.per.ip=0|max.connections.per.ip|only beside",
        "max.connections.per.ip.overrides=a|max.connections.per.ip.overrides|HOST:COUNT",
        "max.connections.per.ip.overrides=a:x|max.connections.per.ip.overrides|HOST:COUNT",
        "max.connections.per.ip.overrides=a:-1|max.connections.per.ip.overrides|HOST:COUNT",
        "log.cleaner.min.compaction.lag.ms=9;log.cleaner.max.compaction.lag.ms=8"
            + "|min.compaction.lag.ms|conflict",
      })
  void faultsNameTheSettingAndWhatIsAllowed(String settings, String setting, String reason) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> BrokerConfig.parse(map(settings)))
        .satisfies(e -> assertThat(e.setting()).isEqualTo(setting))
        .withMessageContaining(setting)
        .withMessageContaining(reason);
  }

  @Test
  void limitsOfSingleAddresses() {
    BrokerConfig config =
        BrokerConfig.parse(
            map("max.connections.per.ip.overrides=10.0.0.1:5, [::1]:7;max.connections.per.ip=0"));
    assertThat(config.maxConnectionsPerIpOverrides()).isEqualTo(Map.of("10.0.0.1", 5, "::1", 7));
  }

  @Test
  void aSettingOfAnotherTableIsRefusedLoudly() {
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> BrokerConfig.defaults().get(TopicConfigs.RETENTION_MS));
  }

  @ParameterizedTest
  @CsvSource({
    "num.partition,num.partitions",
    "log.retention.hour,log.retention.hours",
    "log_dirs,log.dirs",
    "auto.create.topic.enabled,auto.create.topics.enable",
    "zookeeper.connect,",
    "x,",
  })
  void aNameAlmostRightIsRecognised(String unknown, String meant) {
    assertThat(BrokerConfigs.TABLE.nearest(unknown)).isEqualTo(meant);
  }

  @Test
  void describesEverySettingOnceWithItsSource() {
    List<ConfigEntry> entries = BrokerConfig.parse(Map.of("num.partitions", "3")).describe();
    assertThat(entries).hasSameSizeAs(BrokerConfigs.TABLE.keys());
    assertThat(entries)
        .filteredOn(entry -> entry.key() == BrokerConfigs.NUM_PARTITIONS)
        .singleElement()
        .satisfies(entry -> {
          assertThat(entry.value()).isEqualTo("3");
          assertThat(entry.source()).isEqualTo(ConfigSource.STATIC_BROKER_CONFIG);
          assertThat(entry.readOnly()).isTrue();
        });
  }

  @Test
  void passwordsAreNeverShown() {
    ConfigKey<String> secret =
        ConfigKey.of("secret", ConfigType.PASSWORD, "")
            .range(ConfigRange.oneOf("a"))
            .doc("A secret.");
    assertThat(secret.sensitive()).isTrue();
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> secret.parse("hunter2"))
        .withMessageNotContaining("hunter2");
    assertThat(BrokerConfig.defaults().synonyms(secret).getFirst().value()).isNull();
  }

  private static Map<String, String> map(String settings) {
    return java.util.Arrays.stream(settings.split(";"))
        .collect(
            java.util.stream.Collectors.toMap(
                pair -> pair.substring(0, pair.indexOf('=')),
                pair -> pair.substring(pair.indexOf('=') + 1)));
  }
}
