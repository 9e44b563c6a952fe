package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What a log makes of a disk that fails or is full; {@link FaultAtEveryCallTest} tries all calls.
 */
class DiskFaultTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "1000", "index.interval.bytes", "100");

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

  /** There recovery looks for nothing: it takes a segment that others follow for synced. */
  @Test
  void whatWasCutBackStaysAwayFromTheEndOfASealedSegment() throws Exception {
    for (long seed = 0; seed < 100; seed++) {
      LogHarness harness = LogHarness.opened(SMALL);
      harness.append(Batches.ofSize(700));
      harness.log.flush();
      harness.disk.failCall(1, DiskFault.NO_SPACE);
      assertThatThrownBy(() -> harness.append(Batches.ofSize(100)))
          .isInstanceOf(DiskFullException.class);
      harness.append(Batches.ofSize(700));
      assertThat(harness.segments()).isEqualTo(2);
      harness.log.flush();
      harness.manager.checkpoint();
      byte[] content = harness.readAll(0);
      harness.disk.crash(seed);
      harness.open();
      assertThat(harness.readAll(0)).as("seed " + seed).isEqualTo(content);
    }
  }
}
