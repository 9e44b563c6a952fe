package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.configured;
import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.log.LogConfig;
import io.tailrace.log.LogFinding;
import io.tailrace.log.LogInspection;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.message.AllocateProducerIdsRequest;
import io.tailrace.protocol.message.FeatureLevelRecord;
import io.tailrace.protocol.message.RemoveTopicRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.tools.DumpLogSegments;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetadataLogTest {
  @TempDir Path directory;

  private Path segment() {
    return directory.resolve(MetadataLog.NAME).resolve("00000000000000000000.log");
  }

  /** Some changes, each a batch of its own; gives the image that they make. */
  private ClusterImage fill() throws Exception {
    try (Node node = Node.start(directory)) {
      node.registerBroker();
      for (int i = 0; i < 10; i++) {
        assertThat(node.create(configured("t" + i, Map.of("retention.ms", "" + i))))
            .isEqualTo(ErrorCode.NONE);
      }
      node.delete("t3");
      node.controller
          .allocateProducerIds(
              new AllocateProducerIdsRequest()
                  .brokerId(1)
                  .brokerEpoch(node.controller.image().brokers().get(1).epoch()))
          .join();
      return node.controller.image();
    }
  }

  private ClusterImage reopened() throws Exception {
    try (Node node = Node.start(directory)) {
      return node.controller.image();
    }
  }

  private MetadataInspection inspection(String... others) {
    return MetadataInspection.of(Disk.system(), directory, TestCluster.ID, Set.of(others));
  }

  /** Whether {@code tailrace doctor} says that a start will refuse. */
  private boolean doctorExpectsRefusal() throws Exception {
    LogInspection logs =
        new LogInspection(Environment.system(), directory, Set.of(MetadataLog.NAME), 1);
    return inspection().refusal() != null
        || logs.inspect((_, _, _, _) -> {}).findings().stream()
            .filter(it -> MetadataLog.NAME.equals(it.log()))
            .anyMatch(it -> it.atStart().startsWith("does not start"));
  }

  private void assertRefusedAlike(long offset, String problem) throws Exception {
    LogFinding refusal = Objects.requireNonNull(inspection().refusal());
    assertThat(refusal.file()).isEqualTo(segment().toString());
    assertThat(refusal.firstOffset()).isEqualTo(offset);
    assertThat(refusal.what()).contains(problem, "Restore the folder from a backup");
    assertThatThrownBy(this::reopened)
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining(
            "%s at position %d can't be read at offset %d: %s",
            segment(), refusal.position(), offset, problem);
  }

  /** As after a crash: nothing says that the log was closed in order. */
  private void forgetCleanShutdown() throws IOException {
    Files.deleteIfExists(directory.resolve(".kafka_cleanshutdown"));
    Files.deleteIfExists(directory.resolve("recovery-point-offset-checkpoint"));
  }

  private List<Integer> batchStarts() throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment()));
    List<Integer> starts = new ArrayList<>();
    for (int at = 0; at < bytes.limit(); at += 12 + bytes.getInt(at + 8)) {
      starts.add(at);
    }
    return starts;
  }

  @Test
  void theImageComesBack() throws Exception {
    ClusterImage image = fill();
    assertThat(image.topicCount()).isEqualTo(9);
    assertThat(image.nextProducerId()).isEqualTo(1000);
    assertThat(reopened()).isEqualTo(image);
    forgetCleanShutdown();
    assertThat(reopened()).isEqualTo(image);
    assertThat(inspection().image()).isEqualTo(image);
    assertThat(inspection("t0-0").refusal()).isNull();
  }

  @Test
  void reportsTheTopicsThatWereDeleted() throws Exception {
    UUID id;
    try (Node node = Node.start(directory)) {
      node.registerBroker();
      node.create(topic("gone"));
      node.create(topic("here"));
      id = node.controller.image().topic("gone").id();
      node.delete("gone");
      assertThat(node.controller.deletedTopics()).isEmpty();
    }
    try (Node node = Node.start(directory)) {
      assertThat(node.controller.deletedTopics()).containsExactly(id);
    }
  }

  @Test
  void kafkaDumpLogReadsIt() throws Exception {
    fill();
    String dump = dump("--cluster-metadata-decoder", "--files", segment().toString());
    assertThat(dump)
        .contains(
            "payload:"
                + " {\"type\":\"FEATURE_LEVEL_RECORD\",\"version\":0,\"data\":{\"name\":\"metadata.version\",\"featureLevel\":30}}",
            "\"type\":\"REGISTER_BROKER_RECORD\",\"version\":4",
            "\"type\":\"TOPIC_RECORD\",\"version\":0,\"data\":{\"name\":\"t9\"",
            "\"type\":\"PARTITION_RECORD\",\"version\":2",
            "\"type\":\"CONFIG_RECORD\"",
            "\"type\":\"REMOVE_TOPIC_RECORD\"",
            "\"nextProducerId\":1000")
        .doesNotContain("Could not", "skipping", "rror");
    assertThat(dump.lines().filter(line -> line.contains("payload: {")).count())
        .isEqualTo(1 + 1 + 10 * 3 + 1 + 1);
  }

  @Test
  void kafkaDumpLogReadsASnapshot() throws Exception {
    Path folder = directory.resolve(MetadataLog.NAME);
    MetadataLogSettings small = new MetadataLogSettings(1 << 20, 500);
    ClusterImage image;
    try (Node node = Node.start(directory, Environment.system(), small)) {
      node.registerBroker();
      node.create(configured("a", Map.of("retention.ms", "7")).numPartitions(2));
      node.create(configured("b", Map.of("retention.ms", "8")));
      image = node.controller.image();
    }
    try (var files = Files.list(folder)) {
      Path snapshot =
          files.filter(it -> it.toString().endsWith(".checkpoint")).max(Path::compareTo).get();
      String dump = dump("--cluster-metadata-decoder", "--files", snapshot.toString());
      assertThat(dump)
          .contains(
              "SnapshotHeader {\"version\":0,\"lastContainedLogTimestamp\":",
              "SnapshotFooter {\"version\":0}",
              "\"type\":\"FEATURE_LEVEL_RECORD\"",
              "\"type\":\"REGISTER_BROKER_RECORD\",\"version\":4",
              "\"type\":\"TOPIC_RECORD\",\"version\":0,\"data\":{\"name\":\"a\"",
              "\"type\":\"CONFIG_RECORD\"")
          .doesNotContain("Could not", "skipping", "rror");
    }
    assertThat(reopened()).isEqualTo(image);
  }

  private static String dump(String... arguments) throws IOException {
    PrintStream out = System.out;
    ByteArrayOutputStream captured = new ByteArrayOutputStream();
    try {
      System.setOut(new PrintStream(captured, true, StandardCharsets.UTF_8));
      DumpLogSegments.main(arguments);
    } finally {
      System.setOut(out);
    }
    return captured.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyCutOfTheLastBatchIsAnAppendThatNeverReturned() throws Exception {
    fill();
    byte[] whole = Files.readAllBytes(segment());
    List<Integer> starts = batchStarts();
    Files.write(segment(), Arrays.copyOf(whole, starts.getLast()));
    forgetCleanShutdown();
    ClusterImage withoutLast = reopened();
    assertThat(withoutLast.nextProducerId()).isZero();
    assertThat(withoutLast.topicCount()).isEqualTo(9);
    for (int length = starts.getLast(); length < whole.length; length += 7) {
      Files.write(segment(), Arrays.copyOf(whole, length));
      forgetCleanShutdown();
      assertThat(reopened()).as("cut to %d of %d", length, whole.length).isEqualTo(withoutLast);
    }
  }

  @Test
  void aFlippedBitBeforeTheLastBatchIsRefusedWithItsPlace() throws Exception {
    ClusterImage image = fill();
    byte[] whole = Files.readAllBytes(segment());
    List<Integer> starts = batchStarts();
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    IntStream anywhere = random.ints(60, 0, starts.getLast() * 8);
    // Base offset, length and leader epoch: what the checksum does not cover.
    IntStream unprotected =
        starts.stream()
            .limit(starts.size() - 1)
            .flatMapToInt(start -> IntStream.range(start * 8, (start + 16) * 8));
    for (int bit : IntStream.concat(anywhere, unprotected).toArray()) {
      byte[] flipped = whole.clone();
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      Files.write(segment(), flipped);
      forgetCleanShutdown();
      String place = "seed %d, bit %d".formatted(seed, bit);
      int inBatch =
          bit / 8 - starts.stream().filter(it -> it <= bit / 8).max(Integer::compare).get();
      // Nothing hangs on the leader epoch.
      boolean refused = inBatch < 12 || inBatch >= 16;
      assertThat(doctorExpectsRefusal()).as(place).isEqualTo(refused);
      if (!refused) {
        assertThat(reopened()).as(place).isEqualTo(image);
      } else {
        assertThatThrownBy(this::reopened)
            .as(place)
            .isInstanceOf(MetadataException.class)
            .hasMessageContaining(MetadataLog.NAME)
            .hasMessageContaining("Restore");
        assertThat(Files.readAllBytes(segment()))
            .as("%s: nothing changed", place)
            .isEqualTo(flipped);
      }
    }
  }

  @Test
  void aFlippedBitIsRefusedAfterACleanShutdownToo() throws Exception {
    fill();
    byte[] whole = Files.readAllBytes(segment());
    whole[batchStarts().get(4) + 70] ^= 1;
    Files.write(segment(), whole);
    assertThat(doctorExpectsRefusal()).isTrue();
    assertThatThrownBy(this::reopened)
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("at offset 8: the checksum does not match");
  }

  @Test
  void metadataThatIsGoneIsNoEmptyBroker() throws Exception {
    fill();
    try (Node node = Node.start(directory)) {
      node.logs.create("orders-0", "AAAAAAAAAAAAAAAAAAAABw", LogConfig.DEFAULT);
    }
    try (var files = Files.list(directory.resolve(MetadataLog.NAME))) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(directory.resolve(MetadataLog.NAME));
    assertThat(Objects.requireNonNull(inspection("orders-0").refusal()).what())
        .contains("[orders-0]", "missing or empty", "backup");
    assertThatThrownBy(this::reopened)
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("orders-0")
        .hasMessageContaining("missing or empty")
        .hasMessageContaining("backup");
  }

  /** Also while no topic has been used, so that there is no folder but the metadata's. */
  @Test
  void metadataAloneThatIsGoneIsNoEmptyBroker() throws Exception {
    fill();
    Path folder = directory.resolve(MetadataLog.NAME);
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(this::reopened)
          .isInstanceOf(MetadataException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("all its segments are gone")
          .hasMessageContaining("backup");
      assertThat(folder).isEmptyDirectory();
    }
    Files.delete(folder);
    for (int start = 0; start < 2; start++) {
      assertThatThrownBy(this::reopened)
          .isInstanceOf(MetadataException.class)
          .hasMessageContaining(folder + " is gone")
          .hasMessageContaining("backup");
      assertThat(folder).doesNotExist();
    }
  }

  @Test
  void aRecordOfAnotherKindIsRefusedByNameAndPlace() throws Exception {
    fill();
    appendFrames(List.of(new byte[] {1, 14, 0, 1}));
    assertRefusedAlike(34, "metadata record of type 14 (ClientQuotaRecord)");
  }

  @Test
  void aRecordThatContradictsTheImageIsRefused() throws Exception {
    fill();
    appendFrames(
        List.of(
            MetadataRecordType.encode(
                new FeatureLevelRecord().name("group.version").featureLevel((short) 1)),
            MetadataRecordType.encode(new RemoveTopicRecord().topicId(new UUID(1, 1)))));
    assertRefusedAlike(35, "there is no topic with id");
  }

  private void appendFrames(List<byte[]> frames) throws Exception {
    try (Node node = Node.start(directory)) {
      node.controller.close();
      MetadataLog.open(node.logs, Set.of(), MetadataLogSettings.DEFAULT, Disk.system())
          .append(frames, node.controller.image().nextOffset(), 1);
    }
  }

  @Test
  void garbageBehindTheLogIsCutOff() throws Exception {
    ClusterImage image = fill();
    byte[] garbage = new byte[5000];
    new Random(4).nextBytes(garbage);
    Files.write(segment(), garbage, StandardOpenOption.APPEND);
    forgetCleanShutdown();
    assertThat(reopened()).isEqualTo(image);
  }
}
