package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The table in {@link LogLoader} and {@link Tail}, row by row and combined. */
class RecoveryTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "2000", "index.interval.bytes", "200");

  /** Three segments with plain and idempotent batches in two epochs; the last is not full. */
  private static LogHarness filled() throws LogException {
    LogHarness harness = LogHarness.opened(SMALL);
    for (int i = 0; i < 25; i++) {
      harness.append(List.of(Batches.of("value " + i), Batches.idempotent(7, 0, 3 * i, 3)));
    }
    assertThat(harness.segments()).isGreaterThanOrEqualTo(3);
    return harness;
  }

  private static void overwrite(LogHarness harness, Path file, long position, byte[] bytes)
      throws IOException {
    try (DiskFile open = harness.disk.open(file, OpenMode.WRITE)) {
      open.write(ByteBuffer.wrap(bytes), position);
    }
  }

  @Test
  void cutsATornTailAtEveryByteOfTheLastThreeBatches() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    int[] ends = new int[5];
    for (int i = 0; i < 5; i++) {
      AppendBatch batch = harness.append(Batches.idempotent(9, 0, 2 * i, 2));
      ends[i] = batch.sizeInBytes() + (i == 0 ? 0 : ends[i - 1]);
    }
    byte[] whole = harness.content(harness.file(0, ".log"));
    for (int length = ends[1]; length <= whole.length; length++) {
      harness.disk.kill();
      harness.disk.deleteRecursively(LogHarness.ROOT);
      LogHarness cut = new LogHarness(SMALL);
      cut.disk.createDirectories(LogHarness.DIRECTORY);
      try (DiskFile file = cut.disk.open(cut.file(0, ".log"), OpenMode.CREATE)) {
        file.write(ByteBuffer.wrap(whole, 0, length), 0);
      }
      cut.open();
      int left = length;
      long batches = Arrays.stream(ends).filter(end -> end <= left).count();
      assertThat(cut.log.logEndOffset()).as("cut at " + length).isEqualTo(2 * batches);
      assertThat(cut.disk.size(cut.file(0, ".log"))).isEqualTo(ends[(int) batches - 1]);
      assertThat(cut.append(Batches.idempotent(9, 0, (int) (2 * batches), 1)).outcome())
          .isEqualTo(AppendOutcome.APPENDED);
      assertThat(cut.append(Batches.idempotent(9, 0, 2, 2)).outcome())
          .isEqualTo(AppendOutcome.DUPLICATE);
    }
  }

  @Test
  void pagesLostInTheMiddleAreCutOffAndTheRestKeptAside() throws Exception {
    LogHarness harness = LogHarness.opened(Map.of());
    for (int i = 0; i < 20; i++) {
      harness.append(Batches.idempotent(1, 0, 50 * i, 50));
    }
    Path file = harness.file(0, ".log");
    harness.disk.kill();
    int size = (int) harness.disk.size(file);
    assertThat(size).isGreaterThan(2 * 4096);
    overwrite(harness, file, 4096, new byte[4096]);
    harness.open();
    assertThat(harness.log.logEndOffset()).isPositive().isLessThan(1000);
    int valid = (int) harness.disk.size(file);
    assertThat(valid).isLessThanOrEqualTo(4096);
    Path aside =
        LogHarness.DIRECTORY.resolve("00000000000000000000.log.position-" + valid + ".quarantined");
    assertThat(harness.disk.size(aside)).isEqualTo(size - valid);
    harness.closeAndOpen();
    assertThat(harness.disk.exists(aside)).isTrue();
  }

  /** The page with the beginning of the last batch's header is lost, the one with the rest not. */
  @ParameterizedTest
  @ValueSource(ints = {7, 8, 9, 11, 12, 16, 17, 21, 61, 70})
  void aLastBatchWhoseFirstPageIsLostIsCutOff(int lost) throws Exception {
    LogHarness harness = LogHarness.opened(Map.of());
    int overhead = Batches.ofSize(1000).limit() - 1000;
    harness.append(Batches.ofSize(4096 - lost - overhead));
    harness.append(Batches.of("last"));
    harness.disk.kill();
    overwrite(harness, harness.file(0, ".log"), 4096 - lost, new byte[lost]);
    harness.open();
    boolean lostZerosOnly = lost < 8;
    assertThat(harness.log.logEndOffset()).isEqualTo(lostZerosOnly ? 2 : 1);
    assertThat(harness.readAll(0)).hasSizeGreaterThanOrEqualTo(4096 - lost);
    assertThat(harness.append(Batches.of("next")).baseOffset()).isEqualTo(lostZerosOnly ? 2 : 1);
  }

  @Test
  void segmentsBehindAShortOneAreKeptAside() throws Exception {
    LogHarness harness = filled();
    LogSegment[] segments = harness.log.state().segments.all();
    LogSegment middle = segments[segments.length - 2];
    int size = harness.read(middle.baseOffset(), 1, true).remaining();
    harness.disk.kill();
    try (DiskFile open = harness.disk.open(middle.path(), OpenMode.WRITE)) {
      open.truncate(size);
    }
    harness.open();
    assertThat(harness.segments()).isEqualTo(segments.length - 1);
    assertThat(harness.log.logEndOffset()).isEqualTo(middle.baseOffset() + 1);
    assertThat(harness.disk.list(LogHarness.DIRECTORY).toString()).contains(".quarantined");
  }

  enum Damage {
    MISSING,
    EMPTY,
    GARBAGE,
    HALF
  }

  /** Every file that is no source of truth, one after the other, after a close and after a kill. */
  @ParameterizedTest
  @EnumSource(Damage.class)
  void doesWithoutAnyOtherFile(Damage damage) throws Exception {
    for (int i = 0; ; i++) {
      for (boolean clean : new boolean[] {true, false}) {
        LogHarness harness = filled();
        harness.log.setHighWatermark(20);
        harness.log.deleteRecordsBefore(5);
        byte[] content = harness.readAll(5);
        String producers = harness.producers();
        String epochs = harness.epochs();
        long end = harness.log.logEndOffset();
        long time = harness.log.maxTimestamp().timestamp();
        if (clean) {
          harness.manager.close();
        } else {
          harness.manager.checkpoint();
          harness.disk.kill();
        }
        List<Path> files = besides(harness);
        if (i >= files.size()) {
          return;
        }
        damage(harness, files.get(i), damage);
        harness.open();
        String what = damage + " " + files.get(i) + (clean ? ", closed" : ", killed");
        assertThat(harness.log.logEndOffset()).as(what).isEqualTo(end);
        assertThat(harness.log.logStartOffset()).as(what).isIn(0L, 5L);
        assertThat(harness.readAll(5)).as(what).isEqualTo(content);
        assertThat(harness.producers()).as(what).isEqualTo(producers);
        assertThat(harness.epochs()).as(what).isIn(epochs, "{3=0}");
        assertThat(harness.log.maxTimestamp().timestamp()).as(what).isEqualTo(time);
        for (long offset = 5; offset < end; offset++) {
          assertThat(harness.read(offset, 1, true).getLong(0))
              .as(what)
              .isBetween(offset - 2, offset);
        }
        assertThat(harness.append(Batches.idempotent(7, 0, 72, 3)).outcome())
            .isEqualTo(AppendOutcome.DUPLICATE);
        assertThat(harness.append(Batches.idempotent(7, 0, 75, 3)).baseOffset()).isEqualTo(end);
      }
    }
  }

  private static List<Path> besides(LogHarness harness) throws IOException {
    List<Path> files = new ArrayList<>(harness.disk.list(LogHarness.DIRECTORY));
    files.addAll(harness.disk.list(LogHarness.ROOT));
    files.removeIf(file ->
        file.toString().endsWith(".log")
            || file.toString().endsWith(".lock")
            || file.equals(LogHarness.DIRECTORY));
    return files;
  }

  private static void damage(LogHarness harness, Path file, Damage damage) throws IOException {
    byte[] content = harness.content(file);
    harness.disk.delete(file);
    byte[] left =
        switch (damage) {
          case MISSING -> null;
          case EMPTY -> new byte[0];
          case GARBAGE -> garbage(Math.max(16, content.length));
          case HALF -> Arrays.copyOf(content, content.length / 2);
        };
    if (left != null) {
      try (DiskFile open = harness.disk.open(file, OpenMode.CREATE)) {
        open.write(ByteBuffer.wrap(left), 0);
      }
    }
  }

  private static byte[] garbage(int length) {
    byte[] bytes = new byte[length];
    new SplittableRandom(length).nextBytes(bytes);
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 30, 1000, Long.MAX_VALUE})
  void aWrongButReadableCheckpointCostsNoData(long wrong) throws Exception {
    for (OffsetCheckpoint checkpoint : OffsetCheckpoint.values()) {
      for (boolean clean : new boolean[] {true, false}) {
        LogHarness harness = filled();
        byte[] content = harness.readAll(0);
        if (clean) {
          harness.manager.close();
        }
        harness.disk.kill();
        SavedOffsets saved = new SavedOffsets(LogHarness.NAME, wrong, wrong, wrong, wrong);
        checkpoint.write(harness.disk, LogHarness.ROOT, Map.of(LogHarness.NAME, saved));
        harness.open();
        long start = harness.log.logStartOffset();
        assertThat(start).isIn(0L, wrong);
        assertThat(harness.log.logEndOffset()).isEqualTo(100);
        assertThat(harness.log.highWatermark()).isBetween(start, 100L);
        assertThat(content).endsWith(harness.readAll(start));
        for (Path file : harness.disk.list(LogHarness.DIRECTORY)) {
          assertThat(file.toString()).doesNotContain("quarantined");
        }
      }
    }
  }

  @Test
  void readsInSpiteOfAnIndexThatIsWrong() throws Exception {
    LogHarness harness = filled();
    byte[] content = harness.readAll(0);
    harness.manager.close();
    byte[] index = harness.content(harness.file(0, ".index"));
    for (int entry = 0; entry < index.length - OffsetIndex.ENTRY_SIZE; entry += 8) {
      byte[] wrong = index.clone();
      ByteBuffer.wrap(wrong).putInt(entry + 4, ByteBuffer.wrap(index).getInt(entry + 4) + 7);
      overwrite(harness, harness.file(0, ".index"), 0, wrong);
      harness.openManager();
      harness.log = harness.manager.log(LogHarness.NAME, harness.config);
      assertThat(harness.readAll(0)).isEqualTo(content);
      for (long offset = 0; offset < 100; offset++) {
        assertThat(harness.read(offset, 1, true).getLong(0)).isBetween(offset - 2, offset);
      }
      harness.disk.kill();
      harness.openManager();
      harness.manager.close();
    }
  }

  @Test
  void readsOnlyFromTheRecoveryPointsSegmentOn() throws Exception {
    LogHarness harness = filled();
    harness.log.flush();
    harness.manager.checkpoint();
    harness.disk.kill();
    StringBuilder read = new StringBuilder();
    harness.disk.setFaults((number, operation, path) -> {
      if (operation.equals("read") && path.toString().endsWith(".log")) {
        read.append(path.getFileName()).append(' ');
      }
      return null;
    });
    harness.open();
    String last = LogFiles.name(harness.log.state().segments.active().path());
    assertThat(read.toString().split(" ")).containsOnly(last);
  }

  @Test
  void aCleanStartOpensNothingBeforeItIsAskedTo() throws Exception {
    LogHarness harness = filled();
    harness.manager.close();
    StringBuilder touched = new StringBuilder();
    harness.disk.setFaults((number, operation, path) -> {
      if (path.startsWith(LogHarness.DIRECTORY) && !path.equals(LogHarness.DIRECTORY)) {
        touched.append(operation).append(' ').append(path).append('\n');
      }
      return null;
    });
    harness.openManager();
    assertThat(touched.toString()).isEmpty();
    long calls = harness.disk.calls();
    harness.manager.log(LogHarness.NAME, harness.config);
    assertThat(harness.disk.calls() - calls).as("calls of a clean open").isLessThan(40);
  }

  @Test
  void anEmptySegmentAtTheEndIsThereAgain() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    harness.append(Batches.ofSize(1900));
    harness.disk.setCapacity(2200);
    assertThatThrownBy(() -> harness.append(Batches.ofSize(1900)))
        .isInstanceOf(DiskFullException.class);
    assertThat(harness.segments()).isEqualTo(2);
    harness.disk.setCapacity(1 << 20);
    harness.closeAndOpen();
    assertThat(harness.log.logEndOffset()).isEqualTo(1);
    assertThat(harness.append(Batches.of("a")).baseOffset()).isEqualTo(1);
    harness.killAndOpen();
    assertThat(harness.log.logEndOffset()).isEqualTo(2);
  }
}
