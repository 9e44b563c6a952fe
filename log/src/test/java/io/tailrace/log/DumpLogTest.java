package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.env.Clock;
import io.tailrace.env.Disk;
import io.tailrace.env.Environment;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.storage.internals.checkpoint.CleanShutdownFileHandler;
import org.apache.kafka.storage.internals.checkpoint.LeaderEpochCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.OffsetCheckpointFile;
import org.apache.kafka.storage.internals.checkpoint.PartitionMetadataFile;
import org.apache.kafka.storage.internals.log.EpochEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own kafka-dump-log and readers on files that we wrote to a real disk. */
class DumpLogTest {
  private static final long TIME = 1_700_000_000_000L;
  private static final int BATCHES = 120;

  @TempDir Path root;
  private Path directory;

  @BeforeEach
  void writeALog() throws Exception {
    Environment environment =
        new Environment(Clock.system(), Disk.system(), new SeededRandomness(1));
    directory = root.resolve("topic-0");
    try (LogManager manager = LogManager.open(environment, root, LogManagerSettings.DEFAULT)) {
      PartitionLog log =
          manager.create(
              "topic-0",
              "AAAAAAAAAAAAAAAAAAAAAQ",
              LogConfig.of(Map.of("segment.bytes", "20000", "index.interval.bytes", "500")));
      for (int i = 0; i < BATCHES; i++) {
        ByteBuffer plain = batch(new RecordBatchBuilder(), i);
        ByteBuffer idempotent =
            batch(new RecordBatchBuilder().producer(40 + i % 2, (short) 1, 3 * (i / 2)), i);
        AppendBatch[] batches = {
          new AppendBatch().set(plain, 0, plain.limit()),
          new AppendBatch().set(idempotent, 0, idempotent.limit())
        };
        log.append(batches, 2, i / 50, TIME);
      }
      log.setHighWatermark(log.logEndOffset());
    }
  }

  private static ByteBuffer batch(RecordBatchBuilder builder, int i) {
    builder.codec(CompressionCodec.values()[i % CompressionCodec.values().length]);
    for (int record = 0; record < 3; record++) {
      long time = TIME + 100 * i - (i % 7 == 0 ? 500 : record);
      builder.append(time, new byte[] {(byte) i}, new byte[30 + i]);
    }
    return builder.build();
  }

  private List<String> files(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.map(Path::toString).filter(name -> name.endsWith(suffix)).sorted().toList();
    }
  }

  /** In a JVM of its own, because the tool prints and exits. */
  private static String dump(List<String> files, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of("-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path")));
    command.add("org.apache.kafka.tools.DumpLogSegments");
    command.addAll(List.of("--files", String.join(",", files)));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  private static void assertNoComplaint(String output) {
    assertThat(output)
        .doesNotContainIgnoringCase("mismatch")
        .doesNotContainIgnoringCase("isvalid: false")
        .doesNotContainIgnoringCase("could not")
        .doesNotContainIgnoringCase("not found")
        .doesNotContainIgnoringCase("out of order")
        .doesNotContain("Exception");
    // Of every segment but the first, this version of the tool says: -1 is followed by (its first).
    assertThat(output.lines()).noneMatch(line -> line.matches(" *[0-9]+ is followed by .*"));
  }

  @Test
  void readsSegments() throws Exception {
    List<String> logs = files(".log");
    assertThat(logs).hasSizeGreaterThan(1);
    String output = dump(logs, "--deep-iteration");
    assertNoComplaint(output);
    assertThat(output.lines().filter(line -> line.startsWith("| offset: "))).hasSize(6 * BATCHES);
    assertThat(output).contains("| offset: 719 ", "producerId: 41 producerEpoch: 1");
  }

  @Test
  void agreesWithTheIndexes() throws Exception {
    List<String> files = new ArrayList<>(files(".index"));
    files.addAll(files(".timeindex"));
    assertThat(files).hasSize(2 * files(".log").size());
    String entries = dump(files);
    assertNoComplaint(entries);
    assertThat(entries.lines().filter(line -> line.matches("offset: .* position: .*")))
        .hasSizeGreaterThan(50);
    assertThat(entries.lines().filter(line -> line.matches("timestamp: .* offset: .*")))
        .hasSizeGreaterThan(50);
    String sane = dump(files, "--index-sanity-check");
    assertNoComplaint(sane);
    assertThat(sane.lines().filter(line -> line.contains("passed sanity check")))
        .as(sane)
        .hasSameSizeAs(files);
  }

  @Test
  void readsProducerSnapshots() throws Exception {
    List<String> snapshots = files(".snapshot");
    assertThat(snapshots).hasSameSizeAs(files(".log"));
    String output = dump(snapshots.subList(snapshots.size() - 1, snapshots.size()));
    assertNoComplaint(output);
    assertThat(output)
        .contains("producerId: 40 producerEpoch: 1", "firstSequence: 177 lastSequence: 179")
        .contains("producerId: 41 producerEpoch: 1", "lastOffset: 719 offsetDelta: 2");
  }

  @Test
  void kafkasReadersTakeTheOtherFiles() throws Exception {
    assertThat(new CleanShutdownFileHandler(root.toString()).read()).hasValue(-1);
    PartitionMetadataFile metadata =
        new PartitionMetadataFile(directory.resolve("partition.metadata").toFile(), null);
    assertThat(metadata.read().topicId()).hasToString("AAAAAAAAAAAAAAAAAAAAAQ");
    List<EpochEntry> epochs =
        new LeaderEpochCheckpointFile(directory.resolve("leader-epoch-checkpoint").toFile(), null)
            .read();
    assertThat(epochs.toString()).contains("epoch=0", "epoch=1", "epoch=2", "startOffset=300");
    Map<TopicPartition, Long> points =
        new OffsetCheckpointFile(root.resolve("recovery-point-offset-checkpoint").toFile(), null)
            .read();
    assertThat(points).isEqualTo(Map.of(new TopicPartition("topic", 0), 720L));
  }
}
