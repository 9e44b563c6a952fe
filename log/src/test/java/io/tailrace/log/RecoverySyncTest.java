package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Environment;
import io.tailrace.testkit.DiskFault;
import io.tailrace.testkit.SeededRandomness;
import io.tailrace.testkit.SimDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a start finds unsynced: served before it is synced, and synced before it is trusted. */
class RecoverySyncTest {
  private static final String RECOVERY_POINTS = "recovery-point-offset-checkpoint";

  private final LogHarness harness = new LogHarness(Map.of("segment.bytes", "200"));
  private QueuedExecutor recovery;

  /** Several segments, of which nothing is synced but the first record. */
  @BeforeEach
  void leaveAnUnsyncedTail() throws Exception {
    harness.deferBackground = true;
    harness.open();
    harness.append(Batches.of("synced"));
    harness.log.flush();
    harness.manager.checkpoint();
    for (int i = 0; i < 6; i++) {
      harness.append(Batches.of("unsynced " + i));
    }
    assertThat(harness.segments()).isGreaterThan(2);
    harness.kill();
  }

  private LogManager manager(SimDisk disk) throws IOException {
    recovery = new QueuedExecutor(false);
    return LogManager.open(
        new Environment(harness.clock, disk, new SeededRandomness(1)),
        LogHarness.ROOT,
        LogManagerSettings.DEFAULT,
        recovery,
        new QueuedExecutor(true));
  }

  /** Opens the log, and leaves the syncs behind its recovery to {@link #recovery}. */
  private void start() throws Exception {
    harness.manager = manager(harness.disk);
    harness.log = harness.manager.log(LogHarness.NAME, harness.config);
  }

  private String recoveryPoints() throws IOException {
    byte[] content = harness.content(LogHarness.ROOT.resolve(RECOVERY_POINTS));
    return new String(content, StandardCharsets.UTF_8);
  }

  /** The log as it is found if the power fails now, and the disk keeps nothing it need not. */
  private long endAfterPowerLoss() throws Exception {
    SimDisk left = harness.disk.afterPowerLoss(1, SimDisk.Names.JOURNALLED);
    return manager(left).log(LogHarness.NAME, harness.config).logEndOffset();
  }

  @Test
  void isServedBeforeItIsSynced() throws Exception {
    start();
    assertThat(harness.log.logEndOffset()).isEqualTo(7);
    assertThat(harness.log.flushedOffset()).isEqualTo(1);
    assertThat(harness.readAll(0)).isNotEmpty();
    assertThat(harness.append(Batches.of("new")).outcome()).isEqualTo(AppendOutcome.APPENDED);
    harness.manager.checkpoint();
    assertThat(recoveryPoints()).endsWith("topic 0 1\n");
  }

  @Test
  void isSyncedBehindAllRecovery() throws Exception {
    start();
    recovery.runAll();
    assertThat(harness.log.flushedOffset()).isEqualTo(7);
    assertThat(recoveryPoints()).endsWith("topic 0 7\n");
    assertThat(endAfterPowerLoss()).isEqualTo(7);
  }

  /** Or deaths that come too soon for all to be synced would each leave more to check. */
  @Test
  void recoveryPointsMoveOnBeforeAllIsSynced() throws Exception {
    start();
    recovery.runAllButOne();
    assertThat(recoveryPoints()).endsWith("topic 0 1\n");
    harness.kill();
    start();
    harness.clock.advanceMs(1000);
    recovery.runAllButOne();
    assertThat(recoveryPoints()).endsWith("topic 0 7\n");
  }

  @Test
  void aFlushSyncsWhatWasFound() throws Exception {
    start();
    harness.append(Batches.of("new"));
    harness.log.flush();
    assertThat(endAfterPowerLoss()).isEqualTo(8);
  }

  @Test
  void aCloseSyncsWhatWasFound() throws Exception {
    start();
    harness.manager.close();
    assertThat(endAfterPowerLoss()).isEqualTo(7);
  }

  @Test
  void anotherDeathRightAfterTheStartTakesNothing() throws Exception {
    for (int i = 0; i < 3; i++) {
      start();
      assertThat(harness.log.logEndOffset()).isEqualTo(7 + i);
      harness.append(Batches.of("more " + i));
      harness.kill();
    }
    start();
    assertThat(harness.log.logEndOffset()).isEqualTo(10);
  }

  @Test
  void aRecoveryPointBehindTheEndSaysNothing() throws Exception {
    harness.disk.replace(
        LogHarness.ROOT.resolve(RECOVERY_POINTS),
        "0\n1\ntopic 0 70\n".getBytes(StandardCharsets.UTF_8));
    start();
    assertThat(harness.log.logEndOffset()).isEqualTo(7);
    assertThat(harness.log.flushedOffset()).isLessThan(7);
  }

  /** Or it would be in the middle of the log, where no start looks for it (R8, seed 1030492). */
  @Test
  void whatWasCutBackDoesNotReturnBehindASealedSegment() throws Exception {
    start();
    recovery.runAll();
    harness.disk.setFaults((number, operation, path) ->
        operation.equals("write") && path.startsWith(LogHarness.DIRECTORY)
            ? DiskFault.SHORT_WRITE
            : null);
    assertThatThrownBy(() -> harness.append(Batches.of("cut back")))
        .isInstanceOf(LogOfflineException.class);
    harness.disk.setFaults(null);
    harness.kill();
    start();
    recovery.runAll();
    // Does not fit any more: a segment of its own.
    assertThat(harness.append(Batches.ofSize(100)).outcome()).isEqualTo(AppendOutcome.APPENDED);
    assertThat(harness.append(Batches.ofSize(100)).outcome()).isEqualTo(AppendOutcome.APPENDED);
    harness.log.flush();
    harness.manager.checkpoint();
    for (int seed = 0; seed < 50; seed++) {
      SimDisk left = harness.disk.afterPowerLoss(seed, SimDisk.Names.JOURNALLED);
      PartitionLog log = manager(left).log(LogHarness.NAME, harness.config);
      assertThat(LogHarness.readAll(log, 0)).as("seed " + seed).isEqualTo(harness.readAll(0));
    }
  }

  @Test
  void ifThatSyncFailsTheLogTakesNoMore() throws Exception {
    start();
    harness.disk.setFaults((number, operation, path) ->
        operation.equals("sync") && path.startsWith(LogHarness.DIRECTORY)
            ? DiskFault.IO_ERROR
            : null);
    recovery.runAll();
    harness.disk.setFaults(null);
    assertThat(harness.log.offlineReason()).contains("fdatasync").contains(LogHarness.NAME);
    assertThatThrownBy(() -> harness.append(Batches.of("new")))
        .isInstanceOf(LogOfflineException.class);
    assertThat(harness.log.flushedOffset()).isEqualTo(1);
    assertThat(recoveryPoints()).endsWith("topic 0 1\n");
    assertThat(harness.readAll(0)).as("reads go on").isNotEmpty();

    harness.kill();
    start();
    harness.append(Batches.of("new"));
    assertThat(harness.log.logEndOffset()).isEqualTo(8);
    harness.log.flush();
    assertThat(endAfterPowerLoss()).isEqualTo(8);
  }

  @Test
  void aLogDeletedMeanwhileIsLeftAlone() throws Exception {
    start();
    harness.manager.delete(LogHarness.NAME, 0);
    recovery.runAll();
    assertThat(harness.manager.names()).isEmpty();
  }
}
