package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Retention of logs that nobody has opened. */
class IdleRetentionTest {
  private static final long TIME = Batches.TIME;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);
  private static final String ID = "AAAAAAAAAAAAAAAAAAAAAQ";
  private static final int BYTES = Batches.at(TIME, 1).limit();

  private final LogHarness harness = new LogHarness(Map.of("segment.bytes", "" + (BYTES + 10)));

  @BeforeEach
  void fillAndClose() throws Exception {
    harness.open();
    for (int i = 0; i < 4; i++) {
      harness.append(Batches.at(TIME + i * DAY, 1));
    }
    harness.log.setHighWatermark(4);
    harness.manager.close();
    harness.openManager();
  }

  private void apply(long wallMs) throws LogException, IOException {
    apply(harness.config, wallMs);
  }

  private void apply(LogConfig config, long wallMs) throws LogException, IOException {
    harness.manager.applyIdleRetention(LogHarness.NAME, ID, config, wallMs);
    assertThat(harness.manager.isOpen(LogHarness.NAME)).isFalse();
    assertThat(harness.disk.openFiles()).isZero();
  }

  private void assertStart(long start) throws LogException, IOException {
    harness.log = harness.manager.create(LogHarness.NAME, ID, harness.config);
    assertThat(harness.log.logStartOffset()).isEqualTo(start);
    assertThat(harness.log.logEndOffset()).isEqualTo(4);
    assertThat(harness.log.highWatermark()).isEqualTo(4);
    assertThat(harness.readAll(start)).hasSize((int) (4 - start) * BYTES);
  }

  @Test
  void nothingIsReadButOnce() throws Exception {
    long before = harness.disk.calls();
    apply(TIME + 7 * DAY);
    long looked = harness.disk.calls();
    assertThat(looked - before).as("a list, and the sizes of four segments").isLessThan(15);
    for (int i = 0; i < 10; i++) {
      apply(TIME + 7 * DAY);
    }
    assertThat(harness.disk.calls()).isEqualTo(looked);
    assertStart(0);
  }

  @Test
  void whatHasExpiredGoes() throws Exception {
    apply(TIME + 8 * DAY + 1);
    assertThat(harness.manager.endAsLeft(LogHarness.NAME)).isEqualTo(4);
    assertStart(2);
  }

  @Test
  void whatIsTooMuchGoes() throws Exception {
    LogConfig config = LogConfig.of(Map.of("segment.bytes", "1000", "retention.bytes", "" + BYTES));
    apply(config, TIME);
    assertStart(3);
  }

  @Test
  void aChangedSettingCountsForWhatIsKnown() throws Exception {
    apply(TIME + 7 * DAY);
    apply(LogConfig.of(Map.of("retention.ms", "" + DAY)), TIME + 3 * DAY);
    assertStart(2);
  }

  @Test
  void allGoAndTheEndStays() throws Exception {
    apply(TIME + 100 * DAY);
    long calls = harness.disk.calls();
    apply(TIME + 200 * DAY);
    assertThat(harness.disk.calls() - calls).isLessThan(20);
    assertStart(4);
    assertThat(harness.append(Batches.at(TIME, 1)).baseOffset()).isEqualTo(4);
  }

  @Test
  void theStartIsTheSameAfterAStopOrACrash() throws Exception {
    apply(TIME + 8 * DAY + 1);
    harness.manager.close();
    harness.openManager();
    assertThat(harness.manager.isAsLeft(LogHarness.NAME)).isTrue();
    assertStart(2);
    harness.manager.close();
    harness.openManager();
    apply(TIME + 9 * DAY + 1);
    harness.disk.kill();
    harness.open();
    assertStart(3);
  }

  @Test
  void aLogThatIsOpenIsNotTouched() throws Exception {
    harness.log = harness.manager.create(LogHarness.NAME, ID, harness.config);
    harness.manager.applyIdleRetention(LogHarness.NAME, ID, harness.config, TIME + 100 * DAY);
    assertStart(0);
    assertThat(harness.log.offlineReason()).isNull();
  }

  @Test
  void aLogThatIsNotThereIsNotMade() throws Exception {
    harness.manager.applyIdleRetention("none-0", ID, harness.config, TIME);
    assertThat(harness.disk.exists(LogHarness.ROOT.resolve("none-0"))).isFalse();
  }
}
