package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.testkit.DiskFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is done ahead for a log that grows, and that nothing is for one that does not. */
class PacedWritebackTest {
  private static final int MB = 1_000_000;
  private static final Path SPARE = LogHarness.DIRECTORY.resolve(SpareFile.NAME);

  /** Three batches of {@link #THIRD} fill a segment; each is a step, the third makes the spare. */
  private static final Map<String, String> SMALL = Map.of("segment.bytes", "1000");

  private static final int THIRD = 210;

  private static final Map<String, String> SEGMENTS_OF_20_MB =
      Map.of("segment.bytes", Integer.toString(20 * MB));

  private static void append(LogHarness harness, int count, int bytes) throws LogException {
    for (int i = 0; i < count; i++) {
      harness.append(Batches.ofSize(bytes));
    }
  }

  @Test
  void aLogThatDoesNotGrowReservesNothing() throws Exception {
    LogHarness harness = LogHarness.opened(Map.of());
    append(harness, 7, MB);
    assertThat(harness.disk.reservedBytes()).isZero();
    harness.closeAndOpen();
    append(harness, 7, MB);
    assertThat(harness.disk.reservedBytes()).as("14 MB, but 7 in this life").isZero();
  }

  @Test
  void roomIsReservedInTheNextFileAloneAndGivenBackAtTheEnd() throws Exception {
    LogHarness harness = LogHarness.opened(SEGMENTS_OF_20_MB);
    append(harness, 6, MB);
    assertThat(harness.disk.reservedBytes()).as("no append waits for that").isZero();
    append(harness, 12, MB);
    assertThat(harness.disk.reservedBytes()).as("of the spare").isEqualTo(5 * MB);
    append(harness, 2, MB);
    assertThat(harness.segments()).isEqualTo(2);
    long size = harness.disk.size(harness.file(19, ".log"));
    assertThat(size + harness.disk.reservedBytes()).isEqualTo(5 * MB);
    harness.manager.close();
    assertThat(harness.disk.reservedBytes()).isZero();
    assertThat(harness.disk.exists(SPARE)).isFalse();
    assertThat(harness.disk.openFiles()).isZero();
  }

  @Test
  void anIdleLogGivesItsRoomBack() throws Exception {
    LogHarness harness = LogHarness.opened(SEGMENTS_OF_20_MB);
    append(harness, 21, MB);
    assertThat(harness.disk.reservedBytes()).isPositive();
    harness.manager.tidy(0, 60_000);
    harness.manager.tidy(0, 60_000);
    assertThat(harness.disk.reservedBytes()).isZero();
  }

  @Test
  void recoveryGivesBackWhatADeadProcessHadReserved() throws Exception {
    LogHarness harness = LogHarness.opened(SEGMENTS_OF_20_MB);
    append(harness, 21, MB);
    harness.disk.kill();
    assertThat(harness.disk.reservedBytes()).isPositive();
    harness.open();
    assertThat(harness.disk.reservedBytes()).isZero();
    assertThat(harness.log.logEndOffset()).isEqualTo(21);
  }

  /** What an event loop does at a roll: one rename, before the write. */
  @Test
  void aRollOnlyRenames() throws Exception {
    LogHarness harness = new LogHarness(SMALL);
    harness.deferBackground = true;
    harness.open();
    append(harness, 3, THIRD);
    harness.background.runAll();
    assertThat(harness.disk.exists(SPARE)).isTrue();
    List<String> calls = new ArrayList<>();
    harness.disk.setFaults((number, operation, path) -> {
      calls.add(operation);
      return null;
    });
    append(harness, 1, THIRD);
    assertThat(harness.segments()).isEqualTo(2);
    assertThat(calls).containsExactly("rename", "write");
  }

  @Test
  void theSpareFileOfADeadProcessIsDeleted() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    append(harness, 3, THIRD);
    assertThat(harness.disk.exists(SPARE)).isTrue();
    harness.killAndOpen();
    assertThat(harness.disk.exists(SPARE)).isFalse();
    assertThat(harness.log.logEndOffset()).isEqualTo(3);
  }

  @Test
  void anEmptySegmentIsThereIfTheProcessDiesBetweenRenameAndWrite() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    append(harness, 3, THIRD);
    harness.disk.setFaults(
        (number, operation, path) -> operation.equals("write") ? DiskFault.IO_ERROR : null);
    assertThatThrownBy(() -> append(harness, 1, THIRD)).isInstanceOf(LogOfflineException.class);
    assertThat(harness.disk.size(harness.file(3, ".log"))).isZero();
    harness.killAndOpen();
    assertThat(harness.log.logEndOffset()).isEqualTo(3);
    append(harness, 5, THIRD);
    assertThat(harness.log.logEndOffset()).isEqualTo(8);
  }

  @Test
  void aRollGoesOnIfTheSpareFileCanNotBeMadeOrRenamed() throws Exception {
    for (String failing : List.of("open", "rename", "delete")) {
      LogHarness harness = LogHarness.opened(SMALL);
      harness.disk.setFaults((number, operation, path) ->
          operation.equals(failing) && path.equals(SPARE) ? DiskFault.IO_ERROR : null);
      append(harness, 12, THIRD);
      assertThat(harness.log.logEndOffset()).as(failing).isEqualTo(12);
      assertThat(harness.segments()).isEqualTo(4);
      harness.disk.setFaults(null);
      harness.closeAndOpen();
      assertThat(harness.log.logEndOffset()).isEqualTo(12);
      assertThat(harness.disk.exists(SPARE)).as(failing).isFalse();
    }
  }

  /** However many appends come meanwhile. */
  @Test
  void atMostOneStepWaits() throws Exception {
    LogHarness harness = new LogHarness(SMALL);
    harness.deferBackground = true;
    harness.open();
    append(harness, 3, THIRD);
    assertThat(harness.background.size()).isEqualTo(1);
  }

  @Test
  void deletingTheLogDeletesTheSpareFile() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    append(harness, 3, THIRD);
    harness.manager.delete(LogHarness.NAME, 0);
    assertThat(harness.disk.openFiles()).isZero();
    assertThat(harness.disk.reservedBytes()).isZero();
  }

  /** A task that was queued before the log ended finds nothing to do. */
  @Test
  void aTaskAfterTheEndLeavesNothing() throws Exception {
    LogHarness harness = new LogHarness(SMALL);
    harness.deferBackground = true;
    harness.open();
    append(harness, 3, THIRD);
    harness.log.abandon("test");
    harness.background.runAll();
    assertThat(harness.disk.exists(SPARE)).isFalse();
    assertThat(harness.disk.openFiles()).isZero();
    assertThat(harness.disk.reservedBytes()).isZero();
  }
}
