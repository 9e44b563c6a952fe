package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * A log in use while its disk makes trouble, and what has been promised of it so far. An operation
 * that fails must say which file it was; the run then goes on, as a broker does.
 */
final class FaultRun {
  private static final Map<String, String> SMALL =
      Map.of("segment.bytes", "700", "index.interval.bytes", "100");

  private static final String TOPIC_ID = "AAAAAAAAAAAAAAAAAAAAAQ";

  /** Something that may fail with the documented exceptions, and no others. */
  interface Step {
    void run() throws LogException, IOException;
  }

  final LogHarness harness = new LogHarness(SMALL);

  /** By offset, the bytes of batches that were acknowledged and not taken away since. */
  private final TreeMap<Long, byte[]> acknowledged = new TreeMap<>();

  /** What lies below was acknowledged as synced. */
  private long syncedEnd;

  private long deletedBefore;
  private boolean syncFailed;
  private boolean managed;
  private boolean opened;
  private int producer = 1;
  private int sequence;
  private int number;

  /** Runs a step; returns whether it succeeded. */
  boolean attempt(Step step) {
    try {
      step.run();
      return true;
    } catch (OffsetOutOfRangeException e) {
      return false;
    } catch (LogException | IOException | UncheckedIOException e) {
      assertThat(e.getMessage()).contains("/data").doesNotContain("null");
      return false;
    }
  }

  boolean open() {
    syncFailed = false;
    managed = attempt(harness::openManager);
    opened = managed && attempt(this::openLog);
    return opened;
  }

  private void openLog() throws LogException, IOException {
    harness.log = harness.manager.create(LogHarness.NAME, TOPIC_ID, harness.config);
  }

  void close() {
    attempt(() -> harness.manager.close());
  }

  /** Batches of an idempotent producer and others, two at a time. */
  void append(int count) {
    for (int i = 0; i < count; i++) {
      AppendBatch[] batches = {
        batch(Batches.idempotent(producer, 0, sequence, 2)), batch(Batches.of("value " + number++))
      };
      attempt(() -> harness.log.append(batches, 2, LogHarness.EPOCH, harness.clock.wallMs()));
      if (batches[0].outcome() == AppendOutcome.APPENDED) {
        sequence += 2;
      }
      for (AppendBatch batch : batches) {
        if (batch.outcome() == AppendOutcome.APPENDED) {
          acknowledged.put(batch.baseOffset(), bytes(batch.buffer()));
        }
      }
    }
  }

  private static AppendBatch batch(ByteBuffer bytes) {
    return new AppendBatch().set(bytes, 0, bytes.limit());
  }

  private static byte[] bytes(ByteBuffer batch) {
    return Arrays.copyOf(batch.array(), batch.limit());
  }

  void flush() {
    long end = harness.log.logEndOffset();
    if (attempt(harness.log::flush)) {
      assertThat(syncFailed && end > syncedEnd).as("acknowledged after a failed sync").isFalse();
      syncedEnd = Math.max(syncedEnd, end);
    } else {
      syncFailed = true;
    }
    harness.log.setHighWatermark(end);
  }

  void deleteBefore(long offset) {
    deletedBefore = Math.max(deletedBefore, offset);
    attempt(() -> harness.log.deleteRecordsBefore(offset));
  }

  void truncateTo(long offset) {
    acknowledged.tailMap(acknowledged.floorKey(offset), true).clear();
    syncedEnd = Math.min(syncedEnd, acknowledged.isEmpty() ? 0 : nextOffset());
    producer++;
    sequence = 0;
    attempt(() -> harness.log.truncateTo(offset));
  }

  private long nextOffset() {
    return RecordBatch.nextOffset(ByteBuffer.wrap(acknowledged.lastEntry().getValue()), 0);
  }

  void checkpoint() {
    attempt(() -> harness.manager.checkpoint());
  }

  /** What a write cut short by the death of the process leaves. */
  void tearTail() throws IOException {
    long base = harness.log.state().segments.active().baseOffset();
    try (DiskFile file = harness.disk.open(harness.file(base, ".log"), OpenMode.WRITE)) {
      file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), file.size());
    }
  }

  /** The disk has room again: the log goes on, in this process. */
  void goOn() throws LogException, IOException {
    if (!managed) {
      harness.openManager();
    }
    if (!opened) {
      openLog();
    }
    assertThat(harness.log.offlineReason()).isNull();
    int before = acknowledged.size();
    append(1);
    assertThat(acknowledged).hasSize(before + 2);
    harness.log.flush();
    syncedEnd = harness.log.logEndOffset();
    checkContent();
  }

  /**
   * The next start, of a disk that works: what was promised is there.
   *
   * @param couldMark a failed sync may have left its mark: then what is synced now, is
   */
  void checkAfter(boolean powerLoss, boolean couldMark, long seed) throws LogException {
    restart(powerLoss, seed);
    append(1);
    harness.log.flush();
    syncedEnd = harness.log.logEndOffset();
    if (powerLoss || couldMark) {
      restart(true, ~seed);
      assertThat(harness.log.logEndOffset()).as("synced by then").isEqualTo(syncedEnd);
    }
    attempt(() -> harness.manager.close());
  }

  private void restart(boolean powerLoss, long seed) throws LogException {
    harness.disk.setFaults(null);
    if (powerLoss) {
      harness.disk.crash(seed);
    } else {
      harness.disk.kill();
    }
    harness.open();
    if (powerLoss) {
      acknowledged.tailMap(harness.log.logEndOffset(), true).clear();
    }
    checkContent();
  }

  /** Each acknowledged batch is there, at its offset, byte for byte. */
  private void checkContent() throws LogException {
    PartitionLog log = harness.log;
    assertThat(log.logStartOffset()).isLessThanOrEqualTo(deletedBefore);
    assertThat(log.logEndOffset()).isGreaterThanOrEqualTo(syncedEnd);
    for (Map.Entry<Long, byte[]> batch : acknowledged.tailMap(deletedBefore, true).entrySet()) {
      try {
        ByteBuffer read = harness.read(batch.getKey(), 1, true);
        assertThat(bytes(read)).isEqualTo(batch.getValue());
      } catch (OffsetOutOfRangeException | IOException e) {
        fail("offset %d of %s".formatted(batch.getKey(), acknowledged.keySet()), e);
      }
    }
  }
}
