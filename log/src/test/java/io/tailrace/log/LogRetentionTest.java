package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which segments go, and what is left on the disk. A batch here fills a segment. */
class LogRetentionTest {
  private static final long TIME = Batches.TIME;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);
  private static final long CENTURY = 36_500 * DAY;
  private static final int RECORDS = 3;
  private static final int BYTES = Batches.at(TIME, RECORDS).limit();

  private final LogHarness harness = new LogHarness(config());

  /** How a log comes to its next start. */
  private enum End {
    CLOSE,
    KILL,
    POWER_LOSS
  }

  private static Map<String, String> config(String... more) {
    Map<String, String> config = new HashMap<>(Map.of("segment.bytes", "" + (BYTES + 10)));
    for (int i = 0; i < more.length; i += 2) {
      config.put(more[i], more[i + 1]);
    }
    return config;
  }

  private void configure(String... config) {
    harness.config = LogConfig.of(config(config));
    harness.log.setConfig(harness.config);
  }

  /** A segment for each timestamp. */
  private void fill(long... timestamps) throws LogException {
    harness.open();
    for (long timestamp : timestamps) {
      harness.append(Batches.at(timestamp, RECORDS));
    }
    harness.log.setHighWatermark(harness.log.logEndOffset());
  }

  private long startAt(long wallMs) throws LogException {
    harness.clock.jumpTo(wallMs);
    harness.log.applyRetention(wallMs);
    return harness.log.logStartOffset();
  }

  private void reopen(End end) throws LogException, IOException {
    switch (end) {
      case CLOSE -> harness.manager.close();
      case KILL -> harness.disk.kill();
      case POWER_LOSS -> harness.disk.crash(7);
    }
    harness.open();
  }

  private List<String> files() throws IOException {
    return harness.disk.list(LogHarness.DIRECTORY).stream().map(LogFiles::name).toList();
  }

  @Test
  void segmentsGoWhenTheirNewestRecordIsOlderThanRetentionMs() throws Exception {
    fill(TIME, TIME + DAY, TIME + 2 * DAY);
    assertThat(startAt(TIME + 7 * DAY)).isZero();
    assertThat(startAt(TIME + 7 * DAY + 1)).isEqualTo(3);
    assertThat(startAt(TIME + 9 * DAY)).isEqualTo(6);
    assertThat(harness.segments()).isEqualTo(1);
    configure("retention.ms", "-1");
    assertThat(startAt(TIME + CENTURY)).isEqualTo(6);
  }

  @Test
  void anOldSegmentBehindAYoungOneStays() throws Exception {
    fill(TIME + 2 * DAY, TIME, TIME + DAY);
    assertThat(startAt(TIME + 8 * DAY)).isZero();
    assertThat(startAt(TIME + 9 * DAY + 1)).as("then all are old").isEqualTo(9);
  }

  @Test
  void theOldestGoWhileRetentionBytesAreLeft() throws Exception {
    fill(TIME, TIME, TIME, TIME, TIME);
    configure("retention.bytes", "" + 3 * BYTES);
    assertThat(startAt(TIME)).isEqualTo(6);
    configure("retention.bytes", "" + (2 * BYTES + 1));
    assertThat(startAt(TIME)).as("less would be left").isEqualTo(6);
    configure("retention.bytes", "-5");
    assertThat(startAt(TIME)).isEqualTo(6);
    configure("retention.bytes", "0");
    assertThat(startAt(TIME)).isEqualTo(15);
  }

  @Test
  void whatIsNotCommittedStays() throws Exception {
    fill(TIME, TIME, TIME);
    harness.log.setHighWatermark(5);
    assertThat(startAt(TIME + 8 * DAY)).isEqualTo(3);
    harness.log.setHighWatermark(9);
    assertThat(startAt(TIME + 8 * DAY)).isEqualTo(9);
  }

  @Test
  void aCompactedLogIsLeftAlone() throws Exception {
    fill(TIME, TIME);
    configure("cleanup.policy", "compact", "retention.bytes", "0");
    assertThat(startAt(TIME + 8 * DAY)).isZero();
    configure("cleanup.policy", "compact,delete", "retention.bytes", "0");
    assertThat(startAt(TIME + 8 * DAY)).isEqualTo(6);
  }

  /** No checkpoint says where the log is: the new segment's name does. */
  @ParameterizedTest
  @EnumSource(End.class)
  void theActiveSegmentGoesAndOffsetsGoOn(End end) throws Exception {
    fill(TIME, TIME + DAY);
    assertThat(startAt(TIME + 9 * DAY)).isEqualTo(6);
    assertThat(harness.log.logEndOffset()).isEqualTo(6);
    assertThat(harness.log.sizeInBytes()).isZero();
    assertThat(startAt(TIME + CENTURY)).isEqualTo(6);
    reopen(end);
    assertThat(harness.log.logEndOffset()).isEqualTo(6);
    assertThat(harness.append(Batches.at(TIME + 9 * DAY, 1)).baseOffset()).isEqualTo(6);
    assertThat(harness.readAll(6)).isNotEmpty();
    assertThat(harness.read(6, 1000, true).remaining()).isPositive();
  }

  @ParameterizedTest
  @EnumSource(End.class)
  void aTimestampInTheFutureCountsAsTheTimeOfTheAppend(End end) throws Exception {
    fill(TIME + CENTURY, TIME);
    harness.log.flush();
    harness.clock.advanceMs(3 * DAY);
    reopen(end);
    harness.log.setHighWatermark(6);
    assertThat(startAt(TIME + 7 * DAY)).isZero();
    assertThat(startAt(TIME + 7 * DAY + 1)).isEqualTo(6);
  }

  @Test
  void recordsWithoutTimestampsAreAsOldAsTheirFile() throws Exception {
    harness.clock.jumpTo(TIME + DAY);
    fill(-1, -1);
    assertThat(startAt(TIME + 8 * DAY)).isZero();
    assertThat(startAt(TIME + 8 * DAY + 1)).isEqualTo(6);
  }

  @Test
  void filesGoAfterTheirDelay() throws Exception {
    fill(TIME, TIME + 5 * DAY);
    configure("file.delete.delay.ms", "5000");
    LogSlice slice = harness.log.read(0, 1000, true, 6);
    startAt(TIME + 8 * DAY);
    assertThat(files()).contains("00000000000000000000.log.deleted");
    harness.manager.deleteFiles(100);
    harness.manager.deleteFiles(99 + TimeUnit.SECONDS.toNanos(5));
    assertThat(files()).contains("00000000000000000000.log.deleted");
    harness.manager.deleteFiles(100 + TimeUnit.SECONDS.toNanos(5));
    assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
    assertThat(slice.sizeInBytes()).as("a reader goes on").isEqualTo(BYTES);
    ByteBuffer buffer = ByteBuffer.allocate(BYTES);
    slice.readInto(buffer);
    slice.release();
    assertThat(buffer.getLong(0)).isZero();
  }

  @Test
  void onAFullDiskFilesWaitForNoDelay() throws Exception {
    fill(TIME, TIME + 5 * DAY);
    startAt(TIME + 8 * DAY);
    harness.manager.deleteFiles(0);
    assertThat(files()).contains("00000000000000000000.log.deleted");
    Path root = LogHarness.ROOT;
    harness.disk.setCapacity(harness.disk.totalBytes(root) - harness.disk.usableBytes(root));
    ByteBuffer batch = Batches.at(TIME, RECORDS);
    assertThatThrownBy(() -> harness.append(batch)).isInstanceOf(DiskFullException.class);
    harness.manager.deleteFiles(1);
    assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
    assertThat(harness.append(batch).outcome()).isEqualTo(AppendOutcome.APPENDED);
  }

  @Test
  void whatACrashHasLeftOfADeletionGoesWhenTheLogIsOpened() throws Exception {
    fill(TIME, TIME + 5 * DAY);
    startAt(TIME + 8 * DAY);
    harness.killAndOpen();
    assertThat(harness.log.logStartOffset()).isEqualTo(3);
    harness.manager.deleteFiles(0);
    assertThat(files()).noneMatch(name -> name.endsWith(".deleted"));
  }

  /** Or a crash would leave a gap, behind which recovery trusts nothing. */
  @Test
  void behindASegmentThatCantBeRenamedAllStay() throws Exception {
    fill(TIME, TIME, TIME, TIME + 5 * DAY);
    Path second = harness.file(3, ".log");
    harness.disk.setFaults((number, operation, path) ->
        operation.equals("rename") && path.equals(second) ? DiskFault.IO_ERROR : null);
    assertThat(startAt(TIME + 8 * DAY)).isEqualTo(9);
    assertThat(harness.log.offlineReason()).isNull();
    assertThat(harness.segments()).isEqualTo(3);
    harness.disk.setFaults(null);
    assertThat(startAt(TIME + 8 * DAY)).isEqualTo(9);
    assertThat(harness.segments()).isEqualTo(1);
    harness.killAndOpen();
    assertThat(harness.log.logStartOffset()).isEqualTo(9);
    assertThat(harness.log.logEndOffset()).isEqualTo(12);
  }

  /** Between them and the new one there is a gap, at which a start would let the log end. */
  @Test
  void aLogTruncatedToItsStartLeavesNoSegmentThatCouldNotBeRenamed() throws Exception {
    fill(TIME, TIME, TIME, TIME);
    harness.log.setHighWatermark(12);
    harness.disk.setFaults((number, operation, path) ->
        operation.equals("rename") && path.endsWith("00000000000000000000.log")
            ? DiskFault.IO_ERROR
            : null);
    harness.log.deleteRecordsBefore(11);
    assertThat(harness.segments()).isEqualTo(4);
    harness.log.truncateTo(11);
    harness.disk.setFaults(null);
    assertThat(harness.log.logEndOffset()).isEqualTo(11);
    assertThat(harness.segments()).isEqualTo(1);
    harness.killAndOpen();
    assertThat(harness.log.logStartOffset()).isEqualTo(11);
    assertThat(harness.log.logEndOffset()).isEqualTo(11);
  }

  @Test
  void aSegmentThatGoesBeforeItIsSealedLeavesNothing() throws Exception {
    harness.deferBackground = true;
    fill(TIME, TIME, TIME + 5 * DAY);
    startAt(TIME + 8 * DAY);
    harness.background.runAll();
    harness.manager.deleteFiles(0);
    harness.manager.deleteFiles(TimeUnit.DAYS.toNanos(1));
    assertThat(files()).allMatch(name -> !name.startsWith("00000000000000000000"));
  }

  @Test
  void producersAreRememberedInOneSnapshot() throws Exception {
    harness.open();
    for (int i = 0; i < 6; i++) {
      harness.append(Batches.idempotent(5, 0, 3 * i, 3));
      harness.log.setHighWatermark(harness.log.logEndOffset());
      startAt(TIME + 8 * DAY);
    }
    assertThat(files().stream().filter(name -> name.endsWith(".snapshot"))).hasSize(1);
    harness.killAndOpen();
    assertThat(harness.append(Batches.idempotent(5, 0, 15, 3)).outcome())
        .isEqualTo(AppendOutcome.DUPLICATE);
  }

  @Test
  void theTimestampIsKnownWithoutTheIndex() throws Exception {
    fill(TIME, TIME + DAY, TIME + 2 * DAY);
    harness.manager.tidy(TIME, 60_000);
    harness.manager.tidy(TIME, 60_000);
    long calls = harness.disk.calls();
    assertThat(startAt(TIME + 6 * DAY)).isZero();
    assertThat(harness.disk.calls()).isEqualTo(calls);
    assertThat(startAt(TIME + 8 * DAY)).isEqualTo(3);
  }
}
