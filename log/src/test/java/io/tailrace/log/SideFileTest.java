package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every byte of every file but the segments, changed in three ways: nothing of the log is lost, and
 * what was derived from it is what it was. Files that are missing, empty, garbage or cut in half
 * are {@code RecoveryTest}'s.
 */
class SideFileTest {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "2000", "index.interval.bytes", "200");
  private static final int LOG_START = 5;

  private record Kept(long end, byte[] content, String producers, long time) {}

  private static LogHarness filled() throws Exception {
    LogHarness harness = LogHarness.opened(SMALL);
    for (int i = 0; i < 16; i++) {
      harness.append(Batches.of("value " + i));
      harness.append(Batches.idempotent(7, 0, 3 * i, 3));
    }
    harness.log.setHighWatermark(harness.log.logEndOffset());
    harness.log.deleteRecordsBefore(LOG_START);
    return harness;
  }

  private static Kept kept(LogHarness harness) throws Exception {
    return new Kept(
        harness.log.logEndOffset(),
        harness.readAll(LOG_START),
        harness.producers(),
        harness.log.maxTimestamp().timestamp());
  }

  private static byte changed(byte from, int way) {
    return switch (way) {
      case 0 -> 0;
      case 1 -> (byte) 0xff;
      default -> (byte) (from ^ 1);
    };
  }

  private static void check(DamagedLog log, Kept kept, Path file, int at, int way) {
    try {
      byte[] content = log.content(file);
      byte before = content[at];
      content[at] = changed(before, way);
      if (content[at] == before) {
        return;
      }
      log.layOut();
      log.write(file, content);
      boolean isMetadata = file.endsWith(LogFiles.PARTITION_METADATA);
      try {
        log.harness.open();
      } catch (LogOfflineException e) {
        assertThat(isMetadata).isTrue();
        assertThat(e).hasMessageContaining("holds the data of a topic with the id");
        return;
      }
      assertThat(log.harness.log.logEndOffset()).isEqualTo(kept.end());
      assertThat(log.harness.log.logStartOffset()).isBetween(0L, (long) LOG_START);
      assertThat(log.harness.readAll(LOG_START)).isEqualTo(kept.content());
      assertThat(log.harness.producers()).isEqualTo(kept.producers());
      assertThat(log.harness.log.latestEpoch()).isEqualTo(LogHarness.EPOCH);
      assertThat(log.harness.log.maxTimestamp().timestamp()).isEqualTo(kept.time());
      for (long offset = LOG_START; offset < kept.end(); offset++) {
        assertThat(log.harness.read(offset, 1, true).getLong(0)).isBetween(offset - 2, offset);
      }
      assertThat(log.quarantined()).isEmpty();
    } catch (Exception | AssertionError e) {
      throw new AssertionError("%s, byte %d, way %d".formatted(file, at, way), e);
    }
  }

  /** In a directory that was closed in order, or whose process was killed after a checkpoint. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void everyByteInThreeWays(boolean clean) throws Exception {
    LogHarness harness = filled();
    Kept kept = kept(harness);
    if (clean) {
      harness.manager.close();
    } else {
      harness.manager.checkpoint();
    }
    DamagedLog log = DamagedLog.of(harness, SMALL);
    int bytes = 0;
    for (Path file : log.files()) {
      if (LogFiles.offset(file, LogFiles.LOG) < 0) {
        for (int at = 0; at < log.content(file).length; at++) {
          for (int way = 0; way < 3; way++) {
            check(log, kept, file, at, way);
          }
          bytes++;
        }
      }
    }
    assertThat(bytes).isGreaterThan(300);
  }

  /** As it was some time ago: when the log had half its records. */
  @Test
  void olderGenerations() throws Exception {
    LogHarness old = LogHarness.opened(SMALL);
    for (int i = 0; i < 8; i++) {
      old.append(Batches.of("value " + i));
      old.append(Batches.idempotent(7, 0, 3 * i, 3));
    }
    old.log.setHighWatermark(old.log.logEndOffset());
    old.manager.close();
    DamagedLog older = DamagedLog.of(old, SMALL);
    for (boolean clean : new boolean[] {true, false}) {
      LogHarness harness = filled();
      Kept kept = kept(harness);
      if (clean) {
        harness.manager.close();
      } else {
        harness.manager.checkpoint();
      }
      DamagedLog log = DamagedLog.of(harness, SMALL);
      for (Path file : older.files()) {
        if (LogFiles.offset(file, LogFiles.LOG) < 0) {
          log.layOut();
          log.write(file, older.content(file));
          log.harness.open();
          String what = "%s, clean %s".formatted(file, clean);
          assertThat(log.harness.log.logEndOffset()).as(what).isEqualTo(kept.end());
          byte[] read = log.harness.readAll(LOG_START);
          assertThat(Arrays.equals(read, kept.content())).as(what).isTrue();
          assertThat(log.harness.producers()).as(what).isEqualTo(kept.producers());
          assertThat(log.harness.log.latestEpoch()).as(what).isEqualTo(LogHarness.EPOCH);
        }
      }
    }
  }
}
