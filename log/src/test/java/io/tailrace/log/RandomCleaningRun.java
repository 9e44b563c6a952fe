package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.log.CompactedHarness.Entry;
import io.tailrace.record.CompressionCodec;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.DiskFault;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One sequence of appends, cleanings, crashes amid cleanings and moves of the clock, fixed by its
 * seed. After each step the log holds what {@link CompactionModel} allows, and its producers.
 */
final class RandomCleaningRun {
  private static final int STEPS = 60;
  private static final int PRODUCERS = 3;

  private final SplittableRandom random;
  private final CompactedHarness harness;
  private final CompactionModel model = new CompactionModel();
  private final List<String> history = new ArrayList<>();
  private final int keys;
  private final long deleteRetentionMs;
  private final boolean logAppendTime;
  private final int[] nextSequence = new int[2 * PRODUCERS];
  private final int[] epoch = new int[2 * PRODUCERS];

  /** Of each transactional producer the open transaction, if it has one. */
  private final @Nullable Integer[] open = new Integer[PRODUCERS];

  private boolean hasDeleted;
  private int value;

  RandomCleaningRun(long seed) {
    random = new SplittableRandom(seed);
    keys = random.nextInt(1, 30);
    deleteRetentionMs = random.nextInt(5000);
    logAppendTime = random.nextInt(4) == 0;
    Map<String, String> config = new HashMap<>();
    config.put("segment.bytes", pick("1400", "3000", "20000"));
    config.put("index.interval.bytes", pick("0", "200", "4096"));
    config.put("delete.retention.ms", Long.toString(deleteRetentionMs));
    config.put("min.compaction.lag.ms", pick("0", "0", "2000"));
    config.put("min.cleanable.dirty.ratio", pick("0", "0", "0.4"));
    config.put("message.timestamp.type", logAppendTime ? "LogAppendTime" : "CreateTime");
    harness = new CompactedHarness(config);
    harness.inner.deferBackground = random.nextBoolean();
    harness.inner.openFiles = random.nextInt(1, 4);
    // The smaller ones also have little room, or none, for what is known to be superseded.
    long dedupe = new int[] {1 << 20, 20 * OffsetMap.SLOT_BYTES, 100}[random.nextInt(3)];
    harness.settings = new CleanerSettings(true, 1, dedupe, 0.9, 0, Double.MAX_VALUE, 0);
    harness.newCleaner();
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
  }

  List<String> history() {
    return history;
  }

  void run() throws Exception {
    harness.inner.open();
    for (int i = 0; i < STEPS; i++) {
      step();
      check();
    }
  }

  private void step() throws Exception {
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> append();
      case 11 -> endTransaction();
      case 12, 13, 14 -> clean();
      case 15, 16 -> cleanWithFaults();
      case 17 -> reopen();
      case 18 -> {
        history.add("background, tidy, checkpoint");
        harness.inner.background.runAll();
        harness.inner.manager.tidy(harness.inner.clock.wallMs(), Long.MAX_VALUE);
        harness.inner.manager.checkpoint();
      }
      case 19 -> deleteRecords();
      default -> harness.inner.clock.advanceMs(random.nextInt(4000));
    }
  }

  // ---- appends

  private void append() throws LogException {
    int producer = random.nextInt(3 * PRODUCERS);
    int transaction = -1;
    int count = random.nextInt(1, 6);
    RecordBatchBuilder builder =
        new RecordBatchBuilder().codec(CompressionCodec.forId(random.nextInt(5)));
    if (producer < 2 * PRODUCERS) {
      builder.producer(100 + producer, (short) epoch[producer], nextSequence[producer]);
      nextSequence[producer] += count;
    }
    if (producer < PRODUCERS) {
      builder.transactional();
      Integer going = open[producer];
      transaction = going == null ? model.beginTransaction() : going;
      open[producer] = transaction;
    }
    List<Entry> entries = new ArrayList<>();
    long offset = harness.log().logEndOffset();
    for (int i = 0; i < count; i++) {
      entries.add(add(builder, offset + i));
    }
    history.add("append " + entries + " by " + producer);
    AppendBatch batch = harness.inner.append(builder.build());
    assertThat(batch.outcome()).isEqualTo(AppendOutcome.APPENDED);
    for (Entry entry : entries) {
      model.append(entry, transaction);
    }
  }

  private Entry add(RecordBatchBuilder builder, long offset) {
    long now = harness.inner.clock.wallMs();
    long timestamp = logAppendTime ? now : now + random.nextInt(-1000, 1000);
    String key = random.nextInt(30) == 0 ? null : "k" + random.nextInt(keys);
    String text =
        random.nextInt(5) == 0
            ? null
            : value++ + "x".repeat(random.nextInt(random.nextInt(200) + 1));
    builder.append(timestamp, CompactedHarness.bytes(key), CompactedHarness.bytes(text));
    return new Entry(offset, timestamp, key, text);
  }

  private void endTransaction() throws LogException {
    int producer = random.nextInt(PRODUCERS);
    Integer going = open[producer];
    if (going == null) {
      return;
    }
    boolean commit = random.nextBoolean();
    history.add((commit ? "commit of " : "abort of ") + producer);
    if (random.nextBoolean()) {
      // As with transactions of version 2 (KIP-890).
      epoch[producer]++;
      nextSequence[producer] = 0;
    }
    ByteBuffer marker =
        CompactedHarness.marker(
            100 + producer, epoch[producer], commit, harness.inner.clock.wallMs());
    harness.inner.append(marker);
    model.endTransaction(going, commit);
    open[producer] = null;
  }

  // ---- cleanings

  private void commit() {
    PartitionLog log = harness.log();
    log.setHighWatermark(
        random.nextInt(4) == 0
            ? random.nextLong(log.highWatermark(), log.logEndOffset() + 1)
            : log.logEndOffset());
    model.cleaning(log.state().segments.active().baseOffset(), harness.inner.clock.wallMs());
  }

  private void clean() throws Exception {
    commit();
    history.add("clean below " + harness.log().highWatermark());
    harness.cleanCommitted();
    assertThat(harness.cleaner.problems()).isEmpty();
  }

  /** A disk call fails; or it and all that follow, because the process dies there. */
  private void cleanWithFaults() throws Exception {
    harness.log().flush();
    commit();
    long first = harness.inner.disk.calls() + random.nextInt(1, 120);
    boolean dies = random.nextBoolean();
    history.add("clean, call %d fails%s".formatted(first, dies ? ", death" : ""));
    harness.inner.disk.setFaults((number, operation, path) ->
        number == first || (dies && number > first) ? DiskFault.IO_ERROR : null);
    harness.cleanCommitted();
    harness.inner.disk.setFaults(null);
    if (dies || harness.log().offlineReason() != null) {
      Map<Long, String> producers = harness.lastOfProducers();
      boolean power = random.nextBoolean();
      if (power) {
        harness.inner.disk.crash(random.nextLong());
      }
      killAndOpen(producers);
    }
    harness.newCleaner();
  }

  private void reopen() throws Exception {
    Map<Long, String> producers = harness.lastOfProducers();
    if (random.nextBoolean()) {
      history.add("close and open");
      harness.inner.closeAndOpen();
      assertThat(harness.lastOfProducers()).isEqualTo(producers);
    } else {
      history.add("kill and open");
      killAndOpen(producers);
    }
    harness.newCleaner();
  }

  private void killAndOpen(Map<Long, String> producers) throws Exception {
    harness.inner.disk.kill();
    if (random.nextBoolean()) {
      history.add("without snapshots");
      harness.deleteSnapshots();
    }
    harness.inner.open();
    checkProducers(producers);
  }

  /**
   * They are as they were; but if the last batch of one lies before the log's start, so that only a
   * snapshot tells of it, or what has not been deleted yet, it may be forgotten, and found again;
   * and of its epoch nothing may be left but a marker, or what an older snapshot tells. Kafka, too,
   * then takes the next batch for one out of order, which makes the client raise the epoch.
   */
  private void checkProducers(Map<Long, String> before) {
    Map<Long, String> after = harness.lastOfProducers();
    for (int i = 0; i < 2 * PRODUCERS; i++) {
      String was = before.get(100L + i);
      String is = after.get(100L + i);
      if (!hasDeleted || isInLog(was)) {
        assertThat(is).as("producer %d", i).isEqualTo(was);
      } else if (!Objects.equals(was, is)) {
        assertThat(isInLog(is)).as("producer %d: %s, was %s", i, is, was).isFalse();
        if (was != null && is != null) {
          assertThat(isOlder(is, was)).as("producer %d: %s, was %s", i, is, was).isTrue();
        }
        if (i < PRODUCERS || is != null) {
          epoch[i]++;
          nextSequence[i] = 0;
        }
      }
    }
  }

  /** What only a marker is left of has no offset to compare. */
  private static boolean isOlder(String is, String was) {
    int change = Integer.compare(epochOf(is), epochOf(was));
    return change < 0 || (change == 0 && (offsetOf(was) < 0 || offsetOf(is) < offsetOf(was)));
  }

  private static int epochOf(String lastOfProducer) {
    return Integer.parseInt(lastOfProducer.substring(0, lastOfProducer.indexOf(' ')));
  }

  private static long offsetOf(String lastOfProducer) {
    return Long.parseLong(lastOfProducer.substring(lastOfProducer.indexOf('@') + 1));
  }

  private boolean isInLog(@Nullable String lastOfProducer) {
    return lastOfProducer != null && offsetOf(lastOfProducer) >= harness.log().logStartOffset();
  }

  private void deleteRecords() throws Exception {
    if (random.nextInt(4) == 0) {
      PartitionLog log = harness.log();
      long offset = random.nextLong(log.logStartOffset(), log.highWatermark() + 1);
      history.add("delete before " + offset);
      log.deleteRecordsBefore(offset);
      harness.inner.manager.checkpoint();
      hasDeleted = true;
    }
  }

  private void check() throws Exception {
    PartitionLog log = harness.log();
    assertThat(log.offlineReason()).isNull();
    model.check(
        harness.entries(),
        log.logStartOffset(),
        log.cleanedOffset(),
        deleteRetentionMs,
        harness.inner.clock.wallMs());
  }
}
