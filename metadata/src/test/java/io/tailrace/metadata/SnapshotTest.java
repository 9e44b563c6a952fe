package io.tailrace.metadata;

import static io.tailrace.metadata.TestCluster.configured;
import static io.tailrace.metadata.TestCluster.topic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.env.Environment;
import io.tailrace.log.LogFinding;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimClock;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Snapshots of the metadata: when they are made, what goes then, and what damage to them does. */
class SnapshotTest {
  private static final Path DIRECTORY = Path.of("/data").toAbsolutePath();
  private static final Path FOLDER = DIRECTORY.resolve(MetadataLog.NAME);
  private static final int SNAPSHOT_BYTES = 1000;
  private static final int SEGMENT_BYTES = 4000;
  private static final MetadataLogSettings SMALL =
      new MetadataLogSettings(SEGMENT_BYTES, SNAPSHOT_BYTES);

  private final SimDisk disk = new SimDisk();
  private final Environment environment =
      new Environment(new SimClock(1_700_000_000_000L), disk, new SeededRandomness(3));

  private Node start() throws Exception {
    return Node.start(DIRECTORY, environment, SMALL);
  }

  private ClusterImage reopened() throws Exception {
    try (Node node = start()) {
      return node.controller.image();
    }
  }

  /** Dies with records behind the newest of two snapshots; gives the image. */
  private ClusterImage fill() throws Exception {
    Node node = start();
    node.registerBroker();
    node.create(configured("kept", Map.of("retention.ms", "7")).numPartitions(3));
    for (int i = 0; i < 60; i++) {
      node.create(configured("t" + i, Map.of("retention.ms", "" + i)));
      node.delete("t" + i);
    }
    node.create(topic("last"));
    ClusterImage image = node.controller.image();
    disk.kill();
    node.abandon();
    return image;
  }

  private List<Path> files(String ending) throws IOException {
    return disk.list(FOLDER).stream().filter(it -> it.toString().endsWith(ending)).toList();
  }

  private List<Path> snapshots() throws IOException {
    return files(".checkpoint");
  }

  private byte[] content(Path file) throws IOException {
    return disk.readAll(file, 1 << 20);
  }

  private void write(Path file, byte[] content) throws IOException {
    try (DiskFile target = disk.open(file, OpenMode.CREATE)) {
      target.truncate(0);
      target.write(ByteBuffer.wrap(content), 0);
    }
  }

  private MetadataInspection inspection() {
    return MetadataInspection.of(disk, DIRECTORY, TestCluster.ID, Set.of());
  }

  @Test
  void theLogStaysShort() throws Exception {
    ClusterImage image = fill();
    assertThat(snapshots()).hasSize(2);
    assertThat(files(".tmp")).isEmpty();
    assertThat(disk.exists(FOLDER.resolve("00000000000000000000.log"))).isFalse();
    long bytes = 0;
    for (Path segment : files(".log")) {
      bytes += disk.size(segment);
    }
    assertThat(bytes).isLessThan(SEGMENT_BYTES + 4 * SNAPSHOT_BYTES);
    assertThat(inspection().image()).isEqualTo(image);
    assertThat(inspection().refusal()).isNull();
    assertThat(inspection().findings()).isEmpty();
    assertThat(reopened()).isEqualTo(image);
    assertThat(image.topicCount()).isEqualTo(2);
  }

  /** A cluster of many topics is not written anew at every few changes. */
  @Test
  void aSnapshotWaitsForAsManyBytesAsTheLastOneHas() throws Exception {
    try (Node node = start()) {
      node.registerBroker();
      for (int i = 0; i < 100; i++) {
        node.create(topic("t" + i));
      }
      long size = disk.size(snapshots().getLast());
      assertThat(size).isGreaterThan(2 * SNAPSHOT_BYTES);
      Path newest = snapshots().getLast();
      for (int i = 0; i < 8; i++) {
        node.create(topic("u" + i));
      }
      assertThat(snapshots().getLast()).isEqualTo(newest);
    }
  }

  @Test
  void noneIsMadeWhileADeletedTopicIsOnADisk() throws Exception {
    try (Node node = Node.start(DIRECTORY, environment, SMALL, () -> false)) {
      node.registerBroker();
      for (int i = 0; i < 50; i++) {
        node.create(topic("t" + i));
      }
      assertThat(snapshots()).isEmpty();
    }
  }

  @Test
  void deletionsBehindTheSnapshotAreReported() throws Exception {
    UUID early;
    UUID late;
    try (Node node = start()) {
      node.registerBroker();
      node.create(topic("early"));
      early = node.controller.image().topic("early").id();
      node.delete("early");
      while (snapshots().isEmpty()) {
        node.create(topic("t" + node.controller.image().nextOffset()));
      }
      node.create(topic("late"));
      late = node.controller.image().topic("late").id();
      node.delete("late");
    }
    try (Node node = start()) {
      assertThat(node.controller.deletedTopics()).contains(late).doesNotContain(early);
    }
  }

  /** Every byte of the newest snapshot, changed in three ways. */
  @Test
  void aDamagedByteIsFoundAndAnOlderSnapshotUsed() throws Exception {
    ClusterImage image = fill();
    Path newest = snapshots().getLast();
    byte[] whole = content(newest);
    int found = 0;
    for (int at = 0; at < whole.length; at++) {
      for (byte changed : new byte[] {0, (byte) 0xff, (byte) (whole[at] ^ 1)}) {
        if (changed == whole[at]) {
          continue;
        }
        byte[] damaged = whole.clone();
        damaged[at] = changed;
        write(newest, damaged);
        MetadataInspection inspection = inspection();
        assertThat(inspection.refusal()).isNull();
        assertThat(inspection.image()).as("byte %d is %d", at, changed).isEqualTo(image);
        found += inspection.findings().size();
      }
    }
    // But for the leader epochs, which checksums do not cover and nothing hangs on.
    int batches = 3;
    assertThat(found).isBetween(2 * whole.length - 3 * 4 * batches, 3 * whole.length);
  }

  @Test
  void aCutSnapshotIsFoundAndAnOlderOneUsed() throws Exception {
    ClusterImage image = fill();
    Path newest = snapshots().getLast();
    byte[] whole = content(newest);
    for (int length = 0; length < whole.length; length++) {
      write(newest, Arrays.copyOf(whole, length));
      MetadataInspection inspection = inspection();
      assertThat(inspection.findings()).as("cut to %d", length).hasSize(1);
      assertThat(inspection.image()).isEqualTo(image);
    }
    byte[] longer = Arrays.copyOf(whole, whole.length + 1);
    write(newest, longer);
    assertThat(inspection().findings()).hasSize(1);
  }

  @Test
  void aDamagedSnapshotIsReplacedAtTheNextStart() throws Exception {
    final ClusterImage image = fill();
    Path newest = snapshots().getLast();
    write(newest, new byte[5000]);
    LogFinding finding = inspection().findings().getFirst();
    assertThat(finding.file()).isEqualTo(newest.toString());
    assertThat(finding.what()).contains("at position 0");
    try (Node node = start()) {
      assertThat(node.controller.image()).isEqualTo(image);
      node.registerBroker();
    }
    assertThat(snapshots()).hasSize(2).doesNotContain(newest);
    assertThat(inspection().findings()).isEmpty();
  }

  @Test
  void aMissingSnapshotCostsNothing() throws Exception {
    ClusterImage image = fill();
    disk.delete(snapshots().getLast());
    assertThat(inspection().image()).isEqualTo(image);
    assertThat(reopened()).isEqualTo(image);
  }

  /** What the log tells behind it does not fit to it, as a rule; the file itself is whole. */
  @Test
  void anOlderGenerationUnderTheNewestNameIsRefused() throws Exception {
    fill();
    write(snapshots().getLast(), content(snapshots().getFirst()));
    assertThat(Objects.requireNonNull(inspection().refusal()).what())
        .contains("can't be read as metadata");
    assertThatThrownBy(this::reopened).isInstanceOf(MetadataException.class);
  }

  @Test
  void withoutAnySnapshotAShortenedLogIsRefused() throws Exception {
    fill();
    List<byte[]> before = new ArrayList<>();
    Path last = snapshots().getLast();
    disk.delete(snapshots().getFirst());
    write(last, new byte[100]);
    for (Path segment : files(".log")) {
      before.add(content(segment));
    }
    assertThat(Objects.requireNonNull(inspection().refusal()).what())
        .contains("the log starts at offset", last.toString(), "Restore the folder from a backup");
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(this::reopened)
          .isInstanceOf(MetadataException.class)
          .hasMessageContaining("the log starts at offset")
          .hasMessageContaining(last + " can't be used: at position 0: no whole batch is there")
          .hasMessageContaining("Restore the folder from a backup");
    }
    assertThat(content(last)).isEqualTo(new byte[100]);
    List<byte[]> after = new ArrayList<>();
    for (Path segment : files(".log")) {
      after.add(content(segment));
    }
    assertThat(after).usingRecursiveComparison().isEqualTo(before);
  }

  @Test
  void aLogThatEndsBeforeItsSnapshotIsRefused() throws Exception {
    fill();
    for (Path file : disk.list(FOLDER)) {
      if (SnapshotName.of(file) == null) {
        disk.delete(file);
      }
    }
    for (String name :
        List.of(
            "recovery-point-offset-checkpoint",
            "log-start-offset-checkpoint",
            "replication-offset-checkpoint",
            ".kafka_cleanshutdown")) {
      if (disk.exists(DIRECTORY.resolve(name))) {
        disk.delete(DIRECTORY.resolve(name));
      }
    }
    assertThat(Objects.requireNonNull(inspection().refusal()).what())
        .contains("the log ends at offset 0, but there is a snapshot of offset");
    assertThatThrownBy(this::reopened)
        .isInstanceOf(MetadataException.class)
        .hasMessageContaining("the log ends at offset 0, but there is a snapshot of offset")
        .hasMessageContaining("Restore the folder from a backup");
  }

  /** Nobody who changes the metadata hears of it, and a later one succeeds. */
  @Test
  void aSnapshotThatFailsIsMadeLater() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (String call : List.of("open", "write", "sync", "rename", "delete")) {
      DiskFault fault = DiskFault.values()[random.nextInt(DiskFault.values().length)];
      SnapshotTest run = new SnapshotTest();
      int failing = 1 + random.nextInt(2);
      int[] failed = {0};
      run.disk.setFaults((number, called, path) -> {
        boolean hit = called.equals(call) && path.toString().contains(".checkpoint");
        failed[0] += hit ? 1 : 0;
        return hit && failed[0] <= failing ? fault : null;
      });
      ClusterImage image = run.fill();
      String what = "seed %d, %s fails with %s".formatted(seed, call, fault);
      assertThat(failed[0]).as(what).isGreaterThanOrEqualTo(failing);
      assertThat(run.snapshots()).as(what).hasSizeBetween(2, 4);
      assertThat(run.files(".tmp")).as(what).isEmpty();
      assertThat(run.reopened()).as(what).isEqualTo(image);
    }
  }

  @Test
  void namesThatAreNoSnapshotsAreNotTakenForSome() {
    assertThat(SnapshotName.of(FOLDER.resolve("00000000000000000042-0000000007.checkpoint")))
        .isEqualTo(new SnapshotName(42, 7));
    for (String name :
        List.of(
            "42-7.checkpoint",
            "00000000000000000042-0000000007.checkpoint.deleted",
            "00000000000000000042-0000000007.checkpoint.part",
            "00000000000000000042.checkpoint",
            "99999999999999999999-0000000007.checkpoint",
            "00000000000000000042-9999999999.checkpoint")) {
      assertThat(SnapshotName.of(FOLDER.resolve(name))).as(name).isNull();
    }
  }
}
