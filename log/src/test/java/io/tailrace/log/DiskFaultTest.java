package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Failing disk calls, one after the other. */
class DiskFaultTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "1000", "index.interval.bytes", "100");

  /** Appends, rolls, flushes, checkpoints, truncates, deletes, closes, opens. */
  private static void live(LogHarness harness, List<AppendBatch> appended)
      throws LogException, IOException {
    harness.open();
    for (int i = 0; i < 12; i++) {
      appended.add(harness.append(Batches.idempotent(5, 0, 2 * i, 2)));
      appended.add(harness.append(Batches.of("a " + i)));
    }
    harness.log.setHighWatermark(4);
    harness.log.flush();
    harness.manager.checkpoint();
    harness.log.deleteRecordsBefore(3);
    harness.manager.close();
    harness.open();
    appended.add(harness.append(Batches.ofSize(700)));
    harness.manager.tidy(0, 60_000);
    harness.manager.close();
  }

  @ParameterizedTest
  @EnumSource(DiskFault.class)
  void theKthCallFails(DiskFault fault) throws Exception {
    boolean reached = true;
    for (int k = 1; reached; k++) {
      LogHarness harness = new LogHarness(SMALL);
      List<AppendBatch> appended = new ArrayList<>();
      harness.disk.failCall(k, fault);
      boolean failed = false;
      try {
        live(harness, appended);
      } catch (LogException | IOException | UncheckedIOException e) {
        failed = true;
        assertThat(e.toString()).doesNotContain("null");
      }
      reached = harness.disk.calls() >= k;
      String what = fault + " at call " + k + (failed ? ", failed" : "");
      harness.disk.setFaults(null);
      harness.disk.kill();
      harness.open();
      long end =
          appended.stream()
              .filter(batch -> batch.outcome() == AppendOutcome.APPENDED)
              .mapToLong(batch -> batch.baseOffset() + 1)
              .max()
              .orElse(0);
      assertThat(harness.log.logEndOffset()).as(what).isGreaterThanOrEqualTo(end);
      assertThat(harness.log.logStartOffset()).as(what).isIn(0L, 3L);
      harness.readAll(harness.log.logStartOffset());
      long next = harness.log.logEndOffset();
      assertThat(harness.append(Batches.of("goes on")).baseOffset()).as(what).isEqualTo(next);
      harness.manager.close();
    }
  }

  @Test
  void aFullDiskIsNoEnd() throws Exception {
    LogHarness harness = LogHarness.opened(Map.of("segment.bytes", "100000"));
    harness.append(Batches.idempotent(5, 0, 0, 2));
    harness.disk.setCapacity(10_000);
    long size = harness.disk.size(harness.file(0, ".log"));
    assertThatThrownBy(
            () -> harness.append(List.of(Batches.idempotent(5, 0, 2, 2), Batches.ofSize(20_000))))
        .isInstanceOf(DiskFullException.class)
        .hasMessageContaining("00000000000000000000.log at position " + size)
        .hasMessageContaining("No space left");
    assertThat(harness.disk.size(harness.file(0, ".log"))).isEqualTo(size);
    assertThat(harness.log.offlineReason()).isNull();
    assertThat(harness.append(Batches.idempotent(5, 0, 2, 2)).outcome())
        .as("the producer is as it was")
        .isEqualTo(AppendOutcome.APPENDED);
    harness.disk.setCapacity(Long.MAX_VALUE);
    assertThat(harness.append(Batches.ofSize(20_000)).baseOffset()).isEqualTo(4);
  }

  @Test
  void aFailedWriteTakesTheLogOfflineAndReadsGoOn() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    AppendBatch first = harness.append(Batches.of("a"));
    harness.disk.failCall(1, DiskFault.SHORT_WRITE);
    assertThatThrownBy(() -> harness.append(Batches.of("b")))
        .isInstanceOf(LogOfflineException.class)
        .hasMessageContaining("at position " + first.sizeInBytes());
    assertThat(harness.disk.size(harness.file(0, ".log"))).isEqualTo(first.sizeInBytes());
    assertThatThrownBy(() -> harness.append(Batches.of("b")))
        .isInstanceOf(LogOfflineException.class);
    assertThat(harness.read(0, 1000, true).remaining()).isEqualTo(first.sizeInBytes());
    assertThatThrownBy(harness.manager::close).isInstanceOf(IOException.class);
    harness.open();
    assertThat(harness.append(Batches.of("b")).baseOffset()).isEqualTo(1);
  }

  @Test
  void aFailedSyncIsNeverTriedAgain() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    harness.append(Batches.of("a"));
    harness.disk.setFaults(
        (number, operation, path) -> operation.equals("sync") ? DiskFault.IO_ERROR : null);
    assertThatThrownBy(harness.log::flush)
        .isInstanceOf(LogOfflineException.class)
        .hasMessageContaining("fdatasync");
    harness.disk.setFaults(null);
    assertThatThrownBy(harness.log::flush).isInstanceOf(LogOfflineException.class);
    assertThat(harness.log.flushedOffset()).isZero();
    assertThat(harness.read(0, 1000, true).remaining()).isPositive();
  }
}
