package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.RecordBatch;
import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Death and failure at every single call to the disk while records are deleted. */
class RetentionCrashTest {
  private static final long TIME = Batches.TIME;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);
  private static final String ID = "AAAAAAAAAAAAAAAAAAAAAQ";
  private static final Map<String, String> CONFIG = Map.of("segment.bytes", "90");

  /** What was promised by the time the disk failed. */
  private static final class Promises {
    long end;
    long flushed;
    long start;
    long durableStart;
    boolean done;
  }

  private enum Death {
    PROCESS,
    POWER
  }

  private static void append(LogHarness harness, long timestamp, Promises promises)
      throws LogException {
    ByteBuffer batch = Batches.at(timestamp, 2);
    assertThat(harness.append(batch).outcome()).isEqualTo(AppendOutcome.APPENDED);
    promises.end += 2;
    harness.log.setHighWatermark(promises.end);
  }

  private static void retain(LogHarness harness, long wallMs, Promises promises)
      throws LogException {
    harness.clock.jumpTo(wallMs);
    harness.log.applyRetention(wallMs);
    promises.start = harness.log.logStartOffset();
    promises.flushed = Math.max(promises.flushed, promises.start);
  }

  private static void live(LogHarness harness, Promises promises) throws Exception {
    harness.open();
    for (int i = 0; i < 6; i++) {
      append(harness, TIME + i * DAY, promises);
    }
    retain(harness, TIME + 8 * DAY + 1, promises);
    assertThat(promises.start).isEqualTo(4);
    harness.manager.deleteFiles(0);
    harness.log.deleteRecordsBefore(7);
    promises.start = 7;
    harness.log.saveLogStart();
    promises.durableStart = 7;
    promises.flushed = Math.max(promises.flushed, 7);
    append(harness, TIME + 8 * DAY, promises);
    harness.manager.deleteFiles(TimeUnit.DAYS.toNanos(1));
    retain(harness, TIME + 30 * DAY, promises);
    assertThat(promises.start).isEqualTo(14);
    append(harness, TIME + 30 * DAY, promises);
    harness.manager.close();
    promises.flushed = 16;
    promises.durableStart = 14;
    liveIdle(harness, promises);
    promises.done = true;
  }

  private static void liveIdle(LogHarness harness, Promises promises) throws Exception {
    harness.openManager();
    harness.clock.jumpTo(TIME + 50 * DAY);
    harness.manager.applyIdleRetention(LogHarness.NAME, ID, harness.config, harness.clock.wallMs());
    harness.log = harness.manager.create(LogHarness.NAME, ID, harness.config);
    // Less than all if the high watermark could not be read at the start.
    promises.start = harness.log.logStartOffset();
    assertThat(promises.start).isIn(14L, 16L);
    append(harness, TIME + 50 * DAY, promises);
    harness.manager.close();
    promises.flushed = 18;
    promises.durableStart = promises.start;
  }

  @ParameterizedTest
  @EnumSource(Death.class)
  void deathAtTheKthCall(Death death) throws Exception {
    boolean done = false;
    for (long k = 1; !done; k++) {
      LogHarness harness = new LogHarness(CONFIG);
      Promises promises = new Promises();
      long last = k;
      harness.disk.setFaults((number, operation, path) ->
          number < last ? null : number == last ? DiskFault.SHORT_WRITE : DiskFault.IO_ERROR);
      tryToLive(harness, promises);
      done = promises.done;
      if (death == Death.POWER) {
        harness.disk.crash(k);
      } else {
        harness.disk.kill();
      }
      checkAfter(harness, promises, death == Death.POWER, death + " at call " + k);
    }
  }

  @Test
  void theKthCallFails() throws Exception {
    theKthCallFails(DiskFault.IO_ERROR);
  }

  @ParameterizedTest
  @EnumSource(DiskFault.class)
  @Tag("campaign")
  void theKthCallFailsInAnyWay(DiskFault fault) throws Exception {
    theKthCallFails(fault);
  }

  private static void theKthCallFails(DiskFault fault) throws Exception {
    boolean reached = true;
    for (long k = 1; reached; k++) {
      LogHarness harness = new LogHarness(CONFIG);
      Promises promises = new Promises();
      harness.disk.failCall(k, fault);
      tryToLive(harness, promises);
      reached = harness.disk.calls() >= k;
      harness.disk.setFaults(null);
      harness.disk.kill();
      checkAfter(harness, promises, false, fault + " at call " + k);
    }
  }

  private static void tryToLive(LogHarness harness, Promises promises) throws Exception {
    try {
      live(harness, promises);
    } catch (LogException | IOException | UncheckedIOException e) {
      assertThat(e.toString()).doesNotContain("null");
    }
  }

  private static void checkAfter(
      LogHarness harness, Promises promises, boolean lostPower, String what) throws Exception {
    harness.open();
    long start = harness.log.logStartOffset();
    long end = harness.log.logEndOffset();
    assertThat(end).as(what).isGreaterThanOrEqualTo(lostPower ? promises.flushed : promises.end);
    assertThat(start).as(what).isBetween(promises.durableStart, end);
    ByteBuffer all = ByteBuffer.wrap(harness.readAll(start));
    long next = start / 2 * 2;
    for (int at = 0; at < all.limit(); at += RecordBatch.sizeInBytes(all, at)) {
      assertThat(RecordBatch.baseOffset(all, at)).as(what).isEqualTo(next);
      next = RecordBatch.nextOffset(all, at);
    }
    assertThat(next).as(what).isEqualTo(end);
    assertThat(harness.append(Batches.of("goes on")).baseOffset()).as(what).isEqualTo(end);
    harness.manager.deleteFiles(0);
    assertThat(harness.disk.list(LogHarness.DIRECTORY))
        .as(what)
        .noneMatch(file -> file.toString().endsWith(LogFiles.DELETED));
    harness.manager.close();
    harness.open();
    assertThat(harness.log.logStartOffset()).as(what).isEqualTo(start);
    assertThat(harness.log.logEndOffset()).as(what).isEqualTo(end + 1);
    harness.manager.close();
  }

  /** What the answer to DeleteRecords promises, with every way in which power may be lost. */
  @Test
  void aStartThatIsSavedSurvivesAPowerLoss() throws Exception {
    for (long seed = 0; seed < 100; seed++) {
      LogHarness harness = LogHarness.opened(CONFIG);
      for (int i = 0; i < 6; i++) {
        harness.append(Batches.at(TIME, 2));
      }
      harness.log.setHighWatermark(12);
      harness.log.deleteRecordsBefore(9);
      harness.log.saveLogStart();
      harness.append(Batches.at(TIME, 2));
      harness.disk.crash(seed);
      harness.open();
      assertThat(harness.log.logStartOffset()).as("seed %d", seed).isEqualTo(9);
      assertThat(harness.log.logEndOffset()).as("seed %d", seed).isBetween(12L, 14L);
      harness.manager.close();
    }
  }
}
