package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.Broker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own reader of data folders finds nothing wrong with ours. */
class DumpLogSegmentsTest {
  private static final int RECORDS = 2000;

  @TempDir private static Path folder;

  /** Idempotent batches of several codecs in several segments; then a clean shutdown. */
  @BeforeAll
  static void fill() throws Exception {
    try (Broker broker = Broker.builder().dataDirectory(folder).port(0).start()) {
      Map<String, Object> settings = Map.of("bootstrap.servers", broker.bootstrapServers());
      try (Admin admin = Admin.create(settings)) {
        NewTopic topic =
            new NewTopic("dumped", 1, (short) 1).configs(Map.of("segment.bytes", "1048576"));
        admin.createTopics(List.of(topic)).all().get();
      }
      for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) {
        produce(broker, codec);
      }
    }
  }

  private static void produce(Broker broker, String codec) {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", broker.bootstrapServers(), "compression.type", codec);
    ByteArraySerializer bytes = new ByteArraySerializer();
    try (Producer<byte[], byte[]> producer = new KafkaProducer<>(settings, bytes, bytes)) {
      for (int i = 0; i < RECORDS; i++) {
        byte[] value = new byte[1000];
        value[i % value.length] = (byte) i;
        producer.send(new ProducerRecord<>("dumped", 0, 1_000_000L + i, null, value));
      }
    }
  }

  private static List<Path> files(String partition, String suffix) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(partition))) {
      return files.filter(file -> file.toString().endsWith(suffix)).sorted().toList();
    }
  }

  private static String dump(List<Path> files, String... options) throws Exception {
    String names = files.stream().map(Path::toString).collect(Collectors.joining(","));
    return Command.java(DumpLogSegments.class).with("--files", names).with(options).run();
  }

  @Test
  void everyBatchIsValidAndEveryRecordIsThere() throws Exception {
    List<Path> logs = files("dumped-0", ".log");
    assertThat(logs).hasSizeGreaterThan(1);
    String out = dump(logs, "--deep-iteration");
    assertThat(out).doesNotContain("isvalid: false");
    assertThat(out.lines().filter(line -> line.startsWith("|"))).hasSize(5 * RECORDS);
    assertThat(out).contains("| offset: " + (5 * RECORDS - 1) + " ");
    assertThat(out).contains("compresscodec: zstd", "compresscodec: snappy");
  }

  @Test
  void indexesMatchTheirLogs() throws Exception {
    List<Path> indexes = new ArrayList<>(files("dumped-0", ".index"));
    indexes.addAll(files("dumped-0", ".timeindex"));
    indexes.addAll(files("dumped-0", ".snapshot"));
    assertThat(dump(indexes))
        .doesNotContain("Mismatches", "not found", "Found timestamp mismatch")
        .contains("offset: ", "position: ", "timestamp: ", "producerId: ");
    assertThat(dump(files("dumped-0", ".index"), "--index-sanity-check"))
        .contains("passed sanity check");
  }

  @Test
  void theMetadataLogHoldsKafkasRecords() throws Exception {
    assertThat(dump(files("__cluster_metadata-0", ".log"), "--cluster-metadata-decoder"))
        .doesNotContain("isvalid: false")
        .contains("\"type\":\"TOPIC_RECORD\"")
        .contains("\"name\":\"dumped\"")
        .contains("\"type\":\"PARTITION_RECORD\"")
        .contains("\"type\":\"CONFIG_RECORD\"");
  }
}
