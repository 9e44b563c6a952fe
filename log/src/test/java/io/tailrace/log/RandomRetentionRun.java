package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One sequence of appends, deletions, settings, deaths and clocks that jump, fixed by its seed.
 * What retention should do is worked out from the records, in two passes as Kafka does it.
 */
final class RandomRetentionRun {
  private static final int STEPS = 60;
  private static final long DAY = TimeUnit.DAYS.toMillis(1);
  private static final long TEN_YEARS = 3652 * DAY;
  private static final String ID = "AAAAAAAAAAAAAAAAAAAAAQ";

  private final SplittableRandom random;
  private final LogHarness harness = new LogHarness(Map.of());
  private final LogModel model = new LogModel();
  private final List<String> history = new ArrayList<>();
  private long durableStart;

  /** A segment as the model sees it. */
  private record Part(long end, int bytes, long writtenMs) {}

  RandomRetentionRun(long seed) {
    random = new SplittableRandom(seed);
    harness.deferBackground = random.nextBoolean();
    configure();
  }

  List<String> history() {
    return history;
  }

  void run() throws Exception {
    harness.open();
    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
  }

  private void step() throws Exception {
    switch (random.nextInt(20)) {
      case 0, 1, 2, 3, 4, 5 -> append();
      case 6, 7 -> moveClock();
      case 8 -> commit(random.nextLong(model.start, model.end + 1));
      case 9, 10 -> commit(model.end);
      case 11 -> {
        configure();
        harness.log.setConfig(harness.config);
      }
      case 12, 13, 14 -> retain();
      case 15 -> retainIdle();
      case 16 -> deleteRecords();
      case 17 -> reopen();
      case 18 -> losePower();
      default -> {
        harness.background.runAll();
        harness.manager.deleteFiles(random.nextLong(TimeUnit.HOURS.toNanos(1)));
      }
    }
  }

  // ---- operations

  private void append() throws LogException {
    int records = random.nextInt(1, 5);
    long timestamp =
        switch (random.nextInt(12)) {
          case 0 -> RecordBatch.NO_TIMESTAMP;
          case 1 -> harness.clock.wallMs() + random.nextLong(10 * TEN_YEARS);
          default -> Math.max(0, harness.clock.wallMs() + random.nextLong(-3 * DAY, DAY / 24));
        };
    history.add("append %d at %d".formatted(records, timestamp));
    AppendBatch batch = harness.append(Batches.at(timestamp, records));
    assertThat(batch.baseOffset()).isEqualTo(model.end);
    model.append(batch);
  }

  private void moveClock() {
    long by =
        random.nextInt(4) == 0 ? random.nextLong(-TEN_YEARS, TEN_YEARS) : random.nextLong(5 * DAY);
    harness.clock.jumpTo(Math.max(0, harness.clock.wallMs() + by));
    history.add("clock " + harness.clock.wallMs());
  }

  private void commit(long offset) {
    history.add("high watermark " + offset);
    harness.log.setHighWatermark(offset);
  }

  private void configure() {
    Map<String, String> config = new HashMap<>();
    config.put("segment.bytes", pick("120", "120", "400", "2000"));
    config.put("segment.ms", pick("3600000", "1000000000000"));
    config.put("retention.ms", pick("-1", "0", "" + DAY, "" + 7 * DAY, "" + TEN_YEARS));
    config.put("retention.bytes", pick("-1", "-1", "0", "100", "500", "2000"));
    config.put("cleanup.policy", pick("delete", "delete", "delete", "compact", "compact,delete"));
    config.put("file.delete.delay.ms", pick("0", "60000", "" + Long.MAX_VALUE));
    history.add("config " + config);
    harness.config = LogConfig.of(config);
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  private void retain() throws LogException, IOException {
    long expected = expectedStart(parts());
    history.add("retention, to " + expected);
    harness.log.applyRetention(harness.clock.wallMs());
    assertThat(harness.log.logStartOffset()).isEqualTo(expected);
    model.start = expected;
    LogSegment[] left = harness.log.state().segments.all();
    assertThat(left.length == 1 || left[1].baseOffset() > expected).isTrue();
  }

  private void retainIdle() throws LogException, IOException {
    long watermark = harness.log.highWatermark();
    harness.manager.close();
    LogSegment[] segments = harness.log.state().segments.all();
    boolean breached = segments.length > 1 && segments[1].baseOffset() <= model.start;
    long expected = expectedStart(parts());
    history.add("idle retention, to " + expected);
    harness.openManager();
    harness.manager.applyIdleRetention(LogHarness.NAME, ID, harness.config, harness.clock.wallMs());
    assertThat(harness.manager.isOpen(LogHarness.NAME)).isFalse();
    harness.log = harness.manager.create(LogHarness.NAME, ID, harness.config);
    assertThat(harness.log.highWatermark()).isEqualTo(watermark);
    long start = harness.log.logStartOffset();
    // What DeleteRecords has left hides from outside what lies behind it, until it expires itself.
    assertThat(start).isIn(expected, breached ? model.start : expected);
    model.start = start;
    durableStart = Math.max(durableStart, model.start);
  }

  private void deleteRecords() throws LogException, IOException {
    long offset = random.nextLong(model.start, harness.log.highWatermark() + 1);
    boolean saves = random.nextBoolean();
    history.add("delete before %d%s".formatted(offset, saves ? ", saved" : ""));
    harness.log.deleteRecordsBefore(offset);
    model.start = offset;
    if (saves) {
      harness.log.saveLogStart();
      durableStart = offset;
    }
  }

  private void reopen() throws Exception {
    boolean cleanly = random.nextBoolean();
    history.add(cleanly ? "close" : "kill");
    if (cleanly) {
      harness.manager.close();
      durableStart = model.start;
    } else {
      harness.disk.kill();
    }
    harness.open();
    assertThat(harness.log.logEndOffset()).isEqualTo(model.end);
    takeUp();
  }

  private void losePower() throws Exception {
    history.add("power loss");
    long flushed = harness.log.flushedOffset();
    harness.disk.crash(random.nextLong());
    harness.open();
    assertThat(harness.log.logEndOffset()).isGreaterThanOrEqualTo(flushed);
    takeUp();
  }

  /** After a crash more may be there than before its start, and less at its end. */
  private void takeUp() throws LogException, IOException {
    long start = harness.log.logStartOffset();
    assertThat(start).isBetween(durableStart, model.start);
    byte[] content = harness.readAll(start);
    long firstBase = content.length == 0 ? start : ByteBuffer.wrap(content).getLong(0);
    model.resync(start, harness.log.logEndOffset(), content, firstBase, false);
  }

  // ---- the model

  /** The segments, with what the model's records say of them; without those before the start. */
  private List<Part> parts() throws IOException {
    LogSegment[] segments = harness.log.state().segments.all();
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < segments.length; i++) {
      long base = segments[i].baseOffset();
      long end = i + 1 < segments.length ? segments[i + 1].baseOffset() : Long.MAX_VALUE;
      int bytes = 0;
      long largest = -1;
      long next = base;
      for (LogModel.Batch batch : model.batches) {
        if (batch.base() >= base && batch.base() < end) {
          bytes += batch.bytes().limit();
          largest = Math.max(largest, RecordBatch.maxTimestamp(batch.bytes(), 0));
          next = batch.next();
        }
      }
      boolean counts = largest >= 0 && largest <= harness.clock.wallMs();
      boolean gone = i + 1 < segments.length && end <= model.start;
      if (bytes > 0 && !gone) {
        long written = counts ? largest : harness.disk.lastModifiedMs(segments[i].path());
        parts.add(new Part(next, bytes, written));
      }
    }
    return parts;
  }

  /** First by size, then by time. */
  private long expectedStart(List<Part> parts) {
    CleanupConfig cleanup = harness.config.cleanup();
    if (!cleanup.delete()) {
      return model.start;
    }
    long watermark = harness.log.highWatermark();
    long start = model.start;
    int gone = 0;
    long excess = parts.stream().mapToLong(Part::bytes).sum() - cleanup.retentionBytes();
    while (cleanup.retentionBytes() >= 0
        && gone < parts.size()
        && excess >= parts.get(gone).bytes()
        && parts.get(gone).end() <= watermark) {
      excess -= parts.get(gone).bytes();
      start = Math.max(start, parts.get(gone++).end());
    }
    while (cleanup.retentionMs() >= 0
        && gone < parts.size()
        && harness.clock.wallMs() - parts.get(gone).writtenMs() > cleanup.retentionMs()
        && parts.get(gone).end() <= watermark) {
      start = Math.max(start, parts.get(gone++).end());
    }
    return start;
  }

  private void check() throws LogException, IOException {
    assertThat(harness.log.offlineReason()).isNull();
    assertThat(harness.log.logStartOffset()).isEqualTo(model.start);
    assertThat(harness.log.logEndOffset()).isEqualTo(model.end);
    assertThat(harness.readAll(model.start)).isEqualTo(model.bytes(model.start, model.end));
  }
}
