package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.common.record.internal.FileLogInputStream.FileChannelRecordBatch;
import org.apache.kafka.common.record.internal.FileRecords;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** kcat, and with it librdkafka, on which the clients of C, C++, Python, Go and .NET stand. */
class KcatTest {
  private static final int LINES = 500;

  @RegisterExtension static final EmbeddedBroker BROKER = new EmbeddedBroker();

  @BeforeAll
  static void installed() throws Exception {
    Command.require(KcatTest.class, "apt-get install kcat", Command.of("kcat", "-V"));
    BROKER.topic("lines", 1);
    kcat("-P", "-t", "lines", "-p", "0", "-K", ":").input(keyedLines(LINES)).run();
  }

  private static Command kcat(String... words) {
    return Command.of("kcat", "-b", BROKER.bootstrap()).with(words);
  }

  /** "key-0:value-0" and so on, a line each. */
  private static String keyedLines(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "key-%d:value-%d\n".formatted(i, i))
        .collect(Collectors.joining());
  }

  @Test
  void itListsBrokerTopicsAndPartitions() throws Exception {
    BROKER.topic("listed", 3);
    assertThat(kcat("-L").run())
        .contains("1 brokers:")
        .contains("at " + BROKER.bootstrap() + " (controller)")
        .contains("topic \"listed\" with 3 partitions:")
        .contains("partition 2, leader 1, replicas: 1, isrs: 1");
  }

  @ParameterizedTest
  @CsvSource({
    "beginning, 0, 500",
    "0, 0, 500",
    "490, 490, 500",
    "-7, 493, 500",
    "end, 500, 500",
    "s@0, 0, 500",
  })
  void itReadsFromAnyOffset(String offset, int from, int to) throws Exception {
    String expected =
        IntStream.range(from, to)
            .mapToObj(i -> "%d key-%d value-%d\n".formatted(i, i, i))
            .collect(Collectors.joining());
    assertThat(read("lines", "-o", offset, "-f", "%o %k %s\\n")).isEqualTo(expected);
  }

  private static String read(String topic, String... words) throws Exception {
    return kcat("-C", "-q", "-e", "-X", "fetch.wait.max.ms=10", "-t", topic, "-p", "0")
        .with(words)
        .run();
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "zstd", "lz4"})
  void itWritesAndReadsEveryCodec(String codec) throws Exception {
    String topic = "codec-" + codec;
    BROKER.topic(topic, 1);
    kcat("-P", "-t", topic, "-p", "0", "-K", ":", "-z", codec, "-X", "linger.ms=100")
        .input(keyedLines(LINES))
        .run();
    assertThat(read(topic, "-K", ":")).isEqualTo(keyedLines(LINES));
    assertThat(codecs(topic)).containsOnly(codec);
  }

  private static List<String> codecs(String topic) throws Exception {
    Path segment = BROKER.folder().resolve(topic + "-0").resolve("00000000000000000000.log");
    try (FileRecords records = FileRecords.open(segment.toFile(), false)) {
      List<String> names = new ArrayList<>();
      for (FileChannelRecordBatch batch : records.batches()) {
        names.add(batch.compressionType().name);
      }
      return names;
    }
  }

  @ParameterizedTest
  @CsvSource({"acks=0", "acks=1", "acks=all", "enable.idempotence=true"})
  void itProducesWithEveryGuarantee(String setting) throws Exception {
    String topic = "guarantee-" + setting.replace('=', '-');
    BROKER.topic(topic, 1);
    kcat("-P", "-t", topic, "-p", "0", "-X", setting, "-H", "who=kcat").input("one\ntwo\n").run();
    assertThat(read(topic, "-f", "%s %h\\n")).isEqualTo("one who=kcat\ntwo who=kcat\n");
  }

  @Test
  void itAsksForOffsetsByTime() throws Exception {
    assertThat(kcat("-Q", "-t", "lines:0:0").run()).contains("lines [0] offset 0");
    assertThat(kcat("-Q", "-t", "lines:0:-1").run()).contains("lines [0] offset " + LINES);
    assertThat(kcat("-Q", "-t", "lines:0:-2").run()).contains("lines [0] offset 0");
  }

  @Test
  void itCreatesATopicByWriting() throws Exception {
    kcat("-P", "-t", "by-kcat").input("hello\n").run();
    assertThat(read("by-kcat")).isEqualTo("hello\n");
  }
}
