package io.tailrace.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the cleaner has written anew, with each codec, read by clients that have code of their own
 * to take it apart: Kafka's, librdkafka and python-kafka.
 */
class CompactedTopicClientsTest {
  private static final int BATCHES = 30;
  private static final int BATCH = 20;
  private static final int KEYS = 40;

  /** Where the active segment begins, which is not cleaned. */
  private static final long ACTIVE = (BATCHES - 1) * BATCH;

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String PYTHON = "/usr/bin/python3";

  /** Each batch has a segment of its own: all but the last one are cleaned. */
  private static final Map<String, String> COMPACTED =
      Map.of(
          "cleanup.policy", "compact",
          "min.cleanable.dirty.ratio", "0.01",
          "segment.index.bytes", "4");

  @RegisterExtension
  static final EmbeddedBroker BROKER = new EmbeddedBroker().with("log.cleaner.backoff.ms", "50");

  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
  void librdkafkaReadsIt(String codec) throws Exception {
    Command.require(
        CompactedTopicClientsTest.class, "apt-get install kcat", Command.of("kcat", "-V"));
    String topic = "rdkafka-" + codec;
    String left = fill(topic, codec);
    Command kcat = Command.of("kcat", "-b", BROKER.bootstrap(), "-C", "-q", "-e", "-Z");
    kcat.with("-X", "check.crcs=true", "-X", "fetch.wait.max.ms=10");
    assertThat(kcat.with("-t", topic, "-p", "0", "-f", "%o %k %s\\n").run()).isEqualTo(left);
  }

  /** Of the codecs, those that need no other packages. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "gzip"})
  void pythonKafkaReadsIt(String codec) throws Exception {
    Command.require(
        CompactedTopicClientsTest.class,
        "apt-get install python3-kafka",
        Command.of(PYTHON, "-c", "import kafka"));
    String topic = "python-" + codec;
    String left = fill(topic, codec);
    Path script = Path.of(getClass().getResource("/read-partition.py").toURI());
    assertThat(Command.of(PYTHON, script.toString(), BROKER.bootstrap(), topic).run())
        .isEqualTo(left);
  }

  /** A new topic, cleaned; what Kafka's consumer finds in it, which is what should be left. */
  private static String fill(String topic, String codec) throws Exception {
    TopicPartition partition = BROKER.topic(topic, 1, COMPACTED).get(0);
    SortedMap<Long, String> left = produce(partition, codec);
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(Reading.all(BROKER, partition, left.size()))
                .extracting(it -> line(it.offset(), it.key(), it.value()))
                .containsExactlyElementsOf(left.values()));
    return String.join("", left.values());
  }

  /** Records of random keys, some of them tombstones; gives what compaction leaves, by offset. */
  private static SortedMap<Long, String> produce(TopicPartition partition, String codec) {
    Random random = new Random(1);
    SortedMap<Long, String> left = new TreeMap<>();
    Map<Integer, Long> newest = new HashMap<>();
    Map<String, Object> settings =
        Map.of("compression.type", codec, "linger.ms", 10_000, "batch.size", 1 << 20);
    try (Producer<byte[], byte[]> producer = BROKER.producer(settings)) {
      for (long offset = 0; offset < BATCHES * BATCH; offset++) {
        int number = random.nextInt(KEYS);
        byte[] key = ("key-" + number).getBytes();
        byte[] value =
            random.nextInt(5) == 0 ? null : ("v".repeat(random.nextInt(300)) + offset).getBytes();
        producer.send(new ProducerRecord<>(partition.topic(), 0, key, value));
        left.put(offset, line(offset, key, value));
        Long older = offset < ACTIVE ? newest.put(number, offset) : null;
        if (older != null) {
          left.remove(older);
        }
        if (offset % BATCH == BATCH - 1) {
          producer.flush();
        }
      }
    }
    return left;
  }

  private static String line(long offset, byte[] key, byte[] value) {
    return "%d %s %s\n"
        .formatted(offset, new String(key), value == null ? "NULL" : new String(value));
  }
}
