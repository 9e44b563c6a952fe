package io.tailrace.log;

import static io.tailrace.log.DamagedLog.Fate.CUT;
import static io.tailrace.log.DamagedLog.Fate.QUARANTINED;
import static io.tailrace.log.DamagedLog.Fate.SERVED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Environment;
import io.tailrace.log.DamagedLog.Fate;
import io.tailrace.log.DamagedLog.Written;
import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Damage that no crash has done: the cases in docs/recovery.md, each by its name. */
class QuarantineTest {
  private static final Map<String, String> SMALL = Map.of("segment.bytes", "600");

  /** Twelve batches of two records in three segments or more, the last of them not full. */
  private static DamagedLog log(boolean synced) throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    for (int i = 0; i < 12; i++) {
      harness.append(
          i % 2 == 0
              ? Batches.of("value " + i, "x".repeat(100))
              : Batches.idempotent(5, 0, i - 1, 2));
    }
    assertThat(harness.segments()).isGreaterThanOrEqualTo(3);
    if (synced) {
      harness.log.flush();
      harness.log.setHighWatermark(harness.log.logEndOffset());
      harness.manager.checkpoint();
    }
    return DamagedLog.of(harness, SMALL);
  }

  /** All served, but these. */
  private static List<Fate> allBut(DamagedLog log, Fate fate, Integer... batches) {
    List<Fate> fates = new ArrayList<>(Collections.nCopies(log.written.size(), SERVED));
    for (int batch : batches) {
      fates.set(batch, fate);
    }
    return fates;
  }

  private static String name(Written first, Written last) {
    return "%020d.log.offset-%d-%d.position-%d.quarantined"
        .formatted(first.segment(), first.base(), last.next(), first.position());
  }

  private static int lastOfSegment(DamagedLog log, int segment) {
    List<Long> bases = log.written.stream().map(Written::segment).distinct().toList();
    int last = 0;
    for (int i = 0; i < log.written.size(); i++) {
      last = log.written.get(i).segment() == bases.get(segment) ? i : last;
    }
    return last;
  }

  @Test
  void aCorruptBatchIsTakenOutAndKept() throws Exception {
    DamagedLog log = log(false);
    for (int batch = 0; batch < log.written.size() - 1; batch++) {
      log.layOut();
      log.flip(batch, 70, 1);
      assertThat(log.open()).isEqualTo(allBut(log, QUARANTINED, batch));
      Written damaged = log.written.get(batch);
      assertThat(log.quarantined()).containsExactly(name(damaged, damaged));
      byte[] kept = log.harness.content(LogHarness.DIRECTORY.resolve(log.quarantined().getFirst()));
      kept[70] ^= 1;
      assertThat(kept).as("the bytes as they were found").isEqualTo(damaged.bytes());
      goesOn(log, log.end());
    }
  }

  /** The damaged length leads to the batch after the next one. */
  @Test
  void aWrongLengthTakesNoOtherBatchAlong() throws Exception {
    DamagedLog log = log(false);
    int tried = 0;
    for (int batch = 0; batch + 2 < log.written.size(); batch++) {
      Written damaged = log.written.get(batch);
      if (log.written.get(batch + 2).segment() == damaged.segment()) {
        log.layOut();
        byte[] content = log.content(log.segment(batch));
        int wrong = log.written.get(batch + 1).end() - damaged.position();
        ByteBuffer.wrap(content)
            .putInt(
                damaged.position() + RecordBatch.BATCH_LENGTH, wrong - RecordBatch.LOG_OVERHEAD);
        log.write(log.segment(batch), content);
        assertThat(log.open()).isEqualTo(allBut(log, QUARANTINED, batch));
        assertThat(log.quarantined()).containsExactly(name(damaged, damaged));
        tried++;
      }
    }
    assertThat(tried).isPositive();
  }

  /** Appends, and starts again: in order, and after another kill. */
  private static void goesOn(DamagedLog log, long end) throws Exception {
    assertThat(log.harness.append(Batches.of("next")).baseOffset()).isEqualTo(end);
    List<Fate> fates = log.open(true);
    log.harness.append(Batches.of("next"));
    assertThat(log.open(false)).isEqualTo(fates);
    assertThat(log.harness.log.logEndOffset()).isEqualTo(end + 2);
  }

  @Test
  void severalRangesInSeveralSegments() throws Exception {
    DamagedLog log = log(false);
    log.layOut();
    for (int batch : new int[] {0, 1, 4, 7, 8, 10}) {
      log.flip(batch, 70, 4);
    }
    assertThat(log.open()).isEqualTo(allBut(log, QUARANTINED, 0, 1, 4, 7, 8, 10));
    assertThat(log.quarantined()).hasSizeBetween(4, 6);
    goesOn(log, log.end());
  }

  @Test
  void theLastBatchIsTornUnlessItHadBeenSynced() throws Exception {
    for (boolean synced : new boolean[] {false, true}) {
      DamagedLog log = log(synced);
      log.layOut();
      int last = log.written.size() - 1;
      log.flip(last, 75, 1);
      assertThat(log.open()).isEqualTo(allBut(log, synced ? QUARANTINED : CUT, last));
      if (synced) {
        goesOn(log, log.end());
      } else {
        AppendBatch next = log.harness.append(Batches.of("next"));
        assertThat(next.baseOffset()).isEqualTo(log.written.get(last).base());
      }
    }
  }

  @Test
  void whatWasSyncedAndIsCutShortLeavesAGap() throws Exception {
    DamagedLog log = log(true);
    int last = log.written.size() - 1;
    Written cut = log.written.get(last);
    for (int bytes = 0; bytes < cut.bytes().length; bytes++) {
      log.layOut();
      log.write(
          log.segment(last), Arrays.copyOf(log.content(log.segment(last)), cut.position() + bytes));
      List<Fate> fates = log.open();
      if (bytes == 0) {
        assertThat(fates).as("nothing tells that there was more").isEqualTo(allBut(log, CUT, last));
      } else {
        assertThat(fates).isEqualTo(allBut(log, QUARANTINED, last));
        goesOn(log, log.end());
      }
    }
  }

  @Test
  void damageAtTheEndOfASegmentWithSuccessors() throws Exception {
    for (boolean synced : new boolean[] {false, true}) {
      DamagedLog log = log(synced);
      int batch = lastOfSegment(log, 1);
      log.layOut();
      log.flip(batch, 70, 1);
      if (synced) {
        log.harness.open();
        assertThat(log.quarantined()).as("a start does not look there").isEmpty();
        log.harness.disk.kill();
        log.harness.thorough = true;
      }
      assertThat(log.open()).isEqualTo(allBut(log, QUARANTINED, batch));
      assertThat(log.quarantined())
          .containsExactly(name(log.written.get(batch), log.written.get(batch)));
      goesOn(log, log.end());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aSegmentThatIsAllGarbage(int segment) throws Exception {
    DamagedLog log = log(true);
    int last = lastOfSegment(log, segment);
    int first = segment == 0 ? 0 : lastOfSegment(log, segment - 1) + 1;
    log.layOut();
    Path file = log.segment(last);
    byte[] garbage = new byte[log.content(file).length];
    Arrays.fill(garbage, (byte) 0x5a);
    log.write(file, garbage);
    log.harness.thorough = true;
    Integer[] lost = new Integer[last - first + 1];
    Arrays.setAll(lost, i -> first + i);
    assertThat(log.open()).isEqualTo(allBut(log, QUARANTINED, lost));
    assertThat(log.quarantined())
        .containsExactly(name(log.written.get(first), log.written.get(last)));
    goesOn(log, log.end());
  }

  @Test
  void aSegmentThatIsMissing() throws Exception {
    DamagedLog log = log(true);
    int first = lastOfSegment(log, 0) + 1;
    log.layOut();
    log.harness.disk.delete(log.segment(first));
    log.harness.thorough = true;
    log.harness.open();
    assertThat(log.harness.log.logEndOffset()).isEqualTo(log.end());
    ByteBuffer behind = log.harness.read(log.written.get(first).base(), 1, true);
    assertThat(behind.getLong(0)).isEqualTo(log.written.get(lastOfSegment(log, 1) + 1).base());
    assertThat(log.quarantined()).as("compaction leaves such gaps, too").isEmpty();
  }

  @Test
  void allSegmentsAreMissing() throws Exception {
    DamagedLog log = log(true);
    log.layOut();
    log.written.forEach(batch -> delete(log, batch.segment()));
    log.harness.open();
    assertThat(log.harness.log.logEndOffset()).as("no offset again").isEqualTo(log.end());
    assertThat(log.harness.append(Batches.of("next")).baseOffset()).isEqualTo(log.end());
  }

  private static void delete(DamagedLog log, long segment) {
    Path file = LogFiles.file(LogHarness.DIRECTORY, segment, LogFiles.LOG);
    try {
      if (log.harness.disk.exists(file)) {
        log.harness.disk.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void bytesThatBelongNowhere() throws Exception {
    DamagedLog log = log(false);
    for (int batch = 1; batch < log.written.size(); batch++) {
      Written before = log.written.get(batch - 1);
      Written at = log.written.get(batch);
      byte[] content = log.content(log.segment(batch));
      // A batch from elsewhere, whole; and no batch at all.
      for (byte[] inserted : new byte[][] {before.bytes(), new byte[] {1, 2, 3}}) {
        byte[] with = new byte[content.length + inserted.length];
        System.arraycopy(content, 0, with, 0, at.position());
        System.arraycopy(inserted, 0, with, at.position(), inserted.length);
        System.arraycopy(
            content,
            at.position(),
            with,
            at.position() + inserted.length,
            content.length - at.position());
        log.layOut();
        log.write(log.segment(batch), with);
        assertThat(log.open()).as("before " + batch).isEqualTo(allBut(log, SERVED));
        assertThat(log.quarantined()).hasSize(1);
      }
    }
  }

  @Test
  void aRetryOfABatchThatWasTakenOutIsNoDuplicate() throws Exception {
    LogHarness harness = LogHarness.opened(Map.of());
    harness.append(Batches.idempotent(5, 0, 0, 2));
    harness.append(Batches.of("other"));
    harness.manager.close();
    harness.disk.delete(LogHarness.ROOT.resolve(".kafka_cleanshutdown"));
    harness.disk.delete(LogHarness.ROOT.resolve("recovery-point-offset-checkpoint"));
    DamagedLog log = DamagedLog.of(harness, Map.of());
    log.layOut();
    log.flip(0, 70, 1);
    log.harness.open();
    AppendBatch again = log.harness.append(Batches.idempotent(5, 0, 0, 2));
    assertThat(again.outcome()).isEqualTo(AppendOutcome.APPENDED);
    assertThat(again.baseOffset()).isEqualTo(log.end());
  }

  @Test
  void wrongEpochsAreMended() throws Exception {
    DamagedLog log = log(false);
    for (int batch = 0; batch < log.written.size() - 1; batch++) {
      for (int mask : new int[] {1, 2, 4, 8}) {
        log.layOut();
        log.flip(batch, 15, mask);
        boolean unwitnessed = batch == 0 && mask < 4;
        if (!unwitnessed) {
          assertThat(log.open()).as("batch " + batch).isEqualTo(allBut(log, SERVED));
          assertThat(log.harness.epochs()).isEqualTo("{3=0}");
        }
      }
    }
  }

  /** The process dies, or the power fails, before each call that recovery makes to the disk. */
  @ParameterizedTest
  @EnumSource(DiskFault.class)
  void aCrashAtEveryCall(DiskFault fault) throws Exception {
    DamagedLog log = log(true);
    boolean reached = true;
    for (int k = 1; reached; k++) {
      for (boolean power : new boolean[] {false, true}) {
        log.layOut();
        for (Path directory : new Path[] {LogHarness.ROOT, LogHarness.DIRECTORY}) {
          log.harness.disk.syncDirectory(directory);
        }
        for (int batch : new int[] {1, 5, 6, 11}) {
          log.flip(batch, 72, 1);
        }
        syncAll(log);
        log.harness.thorough = true;
        long before = log.harness.disk.calls();
        log.harness.disk.setFaults(dyingAt(before + k, fault));
        try {
          log.harness.open();
        } catch (LogException | UncheckedIOException e) {
          // As expected of most of them.
        }
        reached = log.harness.disk.calls() - before >= k;
        if (power) {
          log.harness.disk.crash(k);
        } else {
          log.harness.disk.kill();
        }
        String what = "%s at call %d, power %s".formatted(fault, k, power);
        assertThat(log.open()).as(what).isEqualTo(allBut(log, QUARANTINED, 1, 5, 6, 11));
        assertThat(log.quarantined()).as(what).hasSizeBetween(3, 4);
      }
    }
  }

  /** All calls fail from the k-th on. */
  private static DiskFault.Plan dyingAt(long k, DiskFault fault) {
    return (number, operation, path) ->
        number == k ? fault : number > k ? DiskFault.IO_ERROR : null;
  }

  private static void syncAll(DamagedLog log) throws IOException {
    for (Path path : log.files()) {
      try (var file = log.harness.disk.open(path, io.tailrace.env.Disk.OpenMode.WRITE)) {
        file.sync();
      }
    }
    log.harness.disk.syncDirectory(LogHarness.ROOT);
    log.harness.disk.syncDirectory(LogHarness.DIRECTORY);
    log.harness.disk.syncDirectory(Path.of("/"));
  }

  @Test
  void whatMustBeKeptWholeStaysClosedAndUnchanged() throws Exception {
    DamagedLog log = log(false);
    for (int batch = 0; batch < log.written.size() - 1; batch++) {
      log.layOut();
      log.flip(batch, 70, 1);
      byte[] before = log.harness.content(log.segment(batch));
      String file = log.segment(batch).toString();
      try (LogManager manager =
          LogManager.open(
              new Environment(log.harness.clock, log.harness.disk, new SeededRandomness(1)),
              LogHarness.ROOT,
              new LogManagerSettings(1, 10).keepWhole(LogHarness.NAME),
              new QueuedExecutor(true),
              new QueuedExecutor(true))) {
        assertThatThrownBy(() -> manager.log(LogHarness.NAME, LogConfig.DEFAULT))
            .isInstanceOf(LogOfflineException.class)
            .hasMessageContaining(file)
            .hasMessageContaining("position " + log.written.get(batch).position())
            .hasMessageContaining("offset " + log.written.get(batch).base());
      }
      assertThat(log.harness.content(log.segment(batch))).isEqualTo(before);
    }
  }

  @Test
  void whoeverDeletesTheFileGivesTheRangeUp() throws Exception {
    DamagedLog log = log(false);
    log.layOut();
    log.flip(3, 70, 1);
    log.open();
    log.harness.manager.close();
    log.harness.disk.delete(LogHarness.DIRECTORY.resolve(log.quarantined().getFirst()));
    log.harness.open();
    ByteBuffer next = log.harness.read(log.written.get(3).base(), 1, true);
    assertThat(next.getLong(0)).isEqualTo(log.written.get(4).base());
  }

  @Test
  void aRangeThatIsCutOffSaysNothingAnyMore() throws Exception {
    DamagedLog log = log(false);
    log.layOut();
    log.flip(6, 70, 1);
    log.open();
    long cut = log.written.get(5).base();
    log.harness.log.truncateTo(cut);
    log.harness.append(Batches.of("1", "2", "3", "4", "5", "6"));
    assertThat(log.quarantined()).isEmpty();
    assertThat(log.harness.read(log.written.get(6).base(), 1, true).getLong(0)).isEqualTo(cut);
    log.harness.killAndOpen();
    assertThat(log.harness.read(log.written.get(6).base(), 1, true).getLong(0)).isEqualTo(cut);
  }

  @Test
  void readsOnlyNamesOfItsOwn() {
    Path directory = Path.of("/d");
    List<Path> files = new ArrayList<>();
    for (String name :
        List.of(
            "00000000000000000042.log.offset-50-53.position-1234.quarantined",
            "00000000000000000042.log.offset-60-60.position-7.quarantined",
            "00000000000000000042.log.offset-9-8.position-7.quarantined",
            "00000000000000000042.log.offset-1-99999999999999999999.position-7.quarantined",
            "00000000000000000042.log.position-7.quarantined",
            "00000000000000000042.log.offset-50-53.position-1234.quarantined.superseded",
            "00000000000000000042.log")) {
      files.add(directory.resolve(name));
    }
    Quarantine quarantine = Quarantine.of(files);
    assertThat(quarantine.ranges()).hasSize(2);
    assertThat(quarantine.holding(49)).isNull();
    assertThat(quarantine.holding(52)).isNotNull();
    assertThat(quarantine.holding(53)).isNull();
    assertThat(quarantine.nextFrom(0)).isEqualTo(50);
    assertThat(quarantine.nextFrom(53)).isEqualTo(Long.MAX_VALUE);
    assertThat(quarantine.covers(51, 53)).isTrue();
    assertThat(quarantine.covers(51, 54)).isFalse();
    assertThat(quarantine.end()).isEqualTo(60);
  }
}
