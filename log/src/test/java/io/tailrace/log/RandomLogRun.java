package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.RecordBatch;
import io.tailrace.record.RecordBatchBuilder;
import io.tailrace.testkit.DiskFault;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One sequence of random operations, fixed by its seed. Some sequences have power losses, some have
 * failing disk calls, some delete records at the start; some seal segments late. The wall clock
 * jumps by up to ten years either way, and settings change, at any time.
 */
final class RandomLogRun {
  private static final int STEPS = 60;
  private static final int PRODUCERS = 3;
  private static final long TEN_YEARS_MS = 3653L * 24 * 60 * 60 * 1000;

  private final SplittableRandom random;
  private final LogHarness harness;
  private final LogModel model = new LogModel();
  private final List<String> history = new ArrayList<>();
  private final boolean powerFails;
  private final boolean callsFail;
  private final boolean deletesRecords;
  private final boolean isSimulated;
  private Map<String, String> settings;
  private boolean hasDied;
  private final int[] nextSequence = new int[PRODUCERS];
  private final int[] producerEpoch = new int[PRODUCERS];
  private final List<ByteBuffer> sent = new ArrayList<>();

  /**
   * @param realFolder for the log to be on the machine's disk, where neither the power nor a call
   *     fails; null: on a simulated disk
   */
  RandomLogRun(long seed, @Nullable Path realFolder) {
    random = new SplittableRandom(seed);
    isSimulated = realFolder == null;
    powerFails = random.nextInt(3) == 0 && isSimulated;
    callsFail = random.nextInt(3) == 0 && isSimulated;
    deletesRecords = random.nextBoolean();
    settings = randomSettings();
    harness = new LogHarness(settings, realFolder);
    harness.deferBackground = random.nextBoolean();
    harness.openFiles = random.nextInt(1, 4);
    Arrays.fill(nextSequence, random.nextInt(4) == 0 ? Integer.MAX_VALUE - 20 : 0);
  }

  private Map<String, String> randomSettings() {
    return Map.of(
        "segment.bytes", pick("600", "3000", "20000"),
        "index.interval.bytes", pick("0", "200", "4096"),
        "segment.ms", pick("5000", "1000000"),
        "message.timestamp.type", pick("CreateTime", "CreateTime", "LogAppendTime"));
  }

  private String pick(String... values) {
    return values[random.nextInt(values.length)];
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
    history.add("end");
    reopen(true);
    check();
    checkAll();
  }

  private void step() throws Exception {
    switch (random.nextInt(27)) {
      case 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 -> append();
      case 10 -> flush();
      case 11 -> truncate();
      case 12 -> deleteRecords();
      case 13 -> reopen(true);
      case 14 -> reopen(false);
      case 15 -> loseThePower();
      case 16, 17 -> failACall();
      case 18 -> {
        history.add("checkpoint");
        harness.manager.checkpoint();
      }
      case 19 -> {
        history.add("tidy");
        // No producer expires, whatever the clock says: the model's don't.
        harness.manager.tidy(0, 60_000);
      }
      case 20 -> {
        history.add("background");
        harness.background.runAll();
      }
      case 21 -> harness.clock.advanceMs(random.nextInt(4000));
      case 22 -> harness.log.setHighWatermark(harness.log.logEndOffset());
      case 23 -> jumpInTime();
      case 24 -> changeSettings();
      case 25 -> roll();
      default -> findTime();
    }
  }

  // ---- operations

  private void append() throws LogException {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int n = random.nextInt(1, 5); n > 0; n--) {
      buffers.add(batch());
    }
    history.add("append " + buffers.size());
    note(harness.append(buffers));
  }

  private void jumpInTime() {
    long to = Batches.TIME + random.nextLong(-TEN_YEARS_MS, TEN_YEARS_MS);
    history.add("clock to " + to);
    harness.clock.jumpTo(to);
  }

  private void changeSettings() {
    settings = randomSettings();
    history.add("settings " + settings);
    harness.config = LogConfig.of(settings);
    harness.log.setConfig(harness.config);
  }

  /** A segment for each batch: the index of the one before is always full. */
  private void roll() throws LogException {
    Map<String, String> rolling = new HashMap<>(settings);
    rolling.put("segment.index.bytes", "4");
    harness.log.setConfig(LogConfig.of(rolling));
    append();
    harness.log.setConfig(harness.config);
  }

  /** What is said to have been appended, goes into the model. */
  private void note(List<AppendBatch> batches) {
    for (AppendBatch batch : batches) {
      if (batch.outcome() == AppendOutcome.APPENDED) {
        assertThat(batch.baseOffset()).isEqualTo(model.end);
        assertNoDuplicate(batch);
        model.append(batch);
      } else if (batch.outcome() == AppendOutcome.DUPLICATE) {
        assertThat(model.written).containsKey(batch.baseOffset());
        assertThat(batch.baseOffset()).isLessThan(model.end);
      }
    }
  }

  /** The model's producers know all that is in the log. */
  private void assertNoDuplicate(AppendBatch batch) {
    ByteBuffer buffer = batch.buffer();
    long id = RecordBatch.producerId(buffer, batch.position());
    for (LogModel.Batch old : model.batches) {
      boolean same =
          id >= 0
              && id == RecordBatch.producerId(old.bytes(), 0)
              && RecordBatch.producerEpoch(buffer, 0) == RecordBatch.producerEpoch(old.bytes(), 0)
              && RecordBatch.baseSequence(buffer, 0) == RecordBatch.baseSequence(old.bytes(), 0);
      assertThat(same).as("appended twice, at " + old.base()).isFalse();
    }
  }

  private ByteBuffer batch() {
    int producer = random.nextInt(2 * PRODUCERS);
    boolean again = producer < PRODUCERS && !sent.isEmpty() && random.nextInt(4) == 0;
    if (again) {
      ByteBuffer old = sent.get(Math.max(0, sent.size() - random.nextInt(1, 8)));
      return ByteBuffer.allocate(old.limit()).put(0, old, 0, old.limit());
    }
    RecordBatchBuilder builder = new RecordBatchBuilder();
    int count = random.nextInt(1, 6);
    if (producer < PRODUCERS) {
      if (random.nextInt(20) == 0) {
        producerEpoch[producer]++;
        nextSequence[producer] = 0;
      }
      int gap = random.nextInt(20) == 0 ? 1 : 0;
      int sequence = (nextSequence[producer] + gap) & Integer.MAX_VALUE;
      builder.producer(100 + producer, (short) producerEpoch[producer], sequence);
      nextSequence[producer] = (sequence + count) & Integer.MAX_VALUE;
    }
    for (int i = 0; i < count; i++) {
      long time = harness.clock.wallMs() + random.nextInt(-2000, 2000);
      builder.append(time, null, new byte[random.nextInt(random.nextInt(10) == 0 ? 6000 : 60)]);
    }
    ByteBuffer built = builder.build();
    if (producer < PRODUCERS) {
      sent.add(ByteBuffer.allocate(built.limit()).put(0, built, 0, built.limit()));
    }
    return built;
  }

  private void flush() throws LogException {
    history.add("flush");
    harness.log.flush();
    assertThat(harness.log.flushedOffset()).isEqualTo(model.end);
  }

  private void truncate() throws LogException {
    long offset = random.nextLong(model.start, model.end + 1);
    history.add("truncate to " + offset);
    harness.log.truncateTo(offset);
    forgetDeleted();
    model.truncateTo(offset);
    if (model.end < model.start) {
      model.batches.clear();
      model.end = model.start;
    }
  }

  /** A truncation rebuilds the producers from what is there, so those of deleted records go. */
  private void forgetDeleted() {
    long first = harness.log.state().segments.first().baseOffset();
    model.batches.removeIf(batch -> batch.next() <= first);
  }

  private void deleteRecords() throws LogException {
    if (deletesRecords) {
      long offset = random.nextLong(model.start, harness.log.highWatermark() + 1);
      history.add("delete before " + offset);
      harness.log.deleteRecordsBefore(offset);
      model.start = offset;
    }
  }

  private void reopen(boolean cleanly) throws Exception {
    history.add(cleanly ? "close" : "kill");
    if (cleanly) {
      harness.manager.close();
      assertNothingIsLeft();
    } else {
      harness.kill();
      hasDied = true;
    }
    long start = model.start;
    harness.open();
    if (cleanly) {
      assertThat(harness.log.logStartOffset()).isEqualTo(start);
      assertThat(harness.log.flushedOffset()).isEqualTo(model.end);
    }
    model.start = harness.log.logStartOffset();
    assertThat(model.start).isLessThanOrEqualTo(start);
    if (!deletesRecords) {
      assertThat(harness.producers()).isEqualTo(model.producers());
    }
  }

  /** Of what is made or reserved ahead; recovery gives back only what larger segments have. */
  private void assertNothingIsLeft() throws IOException {
    assertThat(harness.filesOpen()).isZero();
    assertThat(harness.disk.exists(LogHarness.DIRECTORY.resolve(SpareFile.NAME))).isFalse();
    if (!callsFail && !hasDied) {
      assertThat(harness.disk.reservedBytes()).isZero();
    }
  }

  private void loseThePower() throws Exception {
    if (powerFails) {
      long seed = random.nextLong();
      history.add("power loss");
      long flushed = harness.log.flushedOffset();
      List<LogModel.Batch> safe =
          model.batches.stream()
              .filter(b -> b.next() <= flushed && b.next() > model.start)
              .toList();
      harness.disk.crash(seed);
      hasDied = true;
      harness.open();
      resync(flushed, true);
      assertThat(model.batches).containsAll(safe);
    }
  }

  private void resync(long leastEnd, boolean powerLost) throws LogException, IOException {
    assertThat(harness.log.logEndOffset()).isGreaterThanOrEqualTo(leastEnd);
    long start = harness.log.logStartOffset();
    byte[] content = harness.readAll(start);
    long firstBase = content.length == 0 ? start : ByteBuffer.wrap(content).getLong(0);
    model.resync(start, harness.log.logEndOffset(), content, firstBase, powerLost);
    if (!deletesRecords) {
      assertThat(harness.producers()).isEqualTo(model.producers());
    }
  }

  private void failACall() throws Exception {
    if (!callsFail) {
      return;
    }
    DiskFault fault = DiskFault.values()[random.nextInt(DiskFault.values().length)];
    harness.disk.failCall(random.nextInt(1, 12), fault);
    List<AppendBatch> batches = new ArrayList<>();
    String operation = "";
    long least = model.end;
    try {
      switch (random.nextInt(6)) {
        case 0, 1, 2 -> {
          operation = "append";
          for (int n = random.nextInt(1, 5); n > 0; n--) {
            ByteBuffer buffer = batch();
            batches.add(new AppendBatch().set(buffer, 0, buffer.limit()));
          }
          harness.log.append(
              batches.toArray(AppendBatch[]::new), batches.size(), 3, harness.clock.wallMs());
        }
        case 3 -> {
          operation = "flush";
          harness.log.flush();
        }
        case 4 -> {
          operation = "truncate";
          least = random.nextLong(model.start, model.end + 1);
          long target = least;
          least =
              model.batches.stream()
                  .mapToLong(LogModel.Batch::next)
                  .filter(n -> n <= target)
                  .max()
                  .orElse(0);
          harness.log.truncateTo(target);
        }
        default -> {
          operation = "close";
          harness.manager.close();
          harness.open();
        }
      }
      history.add(operation + " with " + fault);
      note(batches);
    } catch (LogException | IOException | java.io.UncheckedIOException e) {
      history.add(operation + " failed by " + fault + " (" + e.getClass().getSimpleName() + ")");
      note(batches);
      batches.stream()
          .filter(b -> b.outcome() == AppendOutcome.NONE)
          .forEach(model::failedToAppend);
      least = operation.equals("truncate") ? least : model.end;
      if (e instanceof DiskFullException) {
        assertThat(harness.log.offlineReason()).isNull();
        assertThat(harness.log.logEndOffset()).isEqualTo(model.end);
      } else {
        harness.disk.kill();
        harness.open();
      }
    }
    harness.disk.setFaults(null);
    if (harness.log.offlineReason() != null) {
      history.add("(offline)");
      harness.killAndOpen();
    }
    resync(least, false);
    if (operation.equals("truncate")) {
      forgetDeleted();
    }
  }

  private void findTime() throws LogException {
    long time = harness.clock.wallMs() + random.nextInt(-5000, 5000);
    TimestampedOffset found = harness.log.offsetForTimestamp(time);
    long expected = model.offsetOfTime(time);
    if (expected < 0) {
      assertThat(found).isNull();
    } else if (found == null) {
      // The batch that holds the log's start has its late records before it.
      assertThat(expected).isEqualTo(model.start);
    } else {
      assertThat(found.timestamp()).isGreaterThanOrEqualTo(time);
      assertThat(found.offset()).isGreaterThanOrEqualTo(expected);
    }
  }

  // ---- checks

  private void check() throws LogException, IOException {
    assertThat(harness.log.logStartOffset()).isEqualTo(model.start);
    assertThat(harness.log.logEndOffset()).isEqualTo(model.end);
    for (int i = 0; i < 3; i++) {
      checkRead();
    }
    if (random.nextInt(10) == 0) {
      checkAll();
    }
  }

  private void checkRead() throws LogException, IOException {
    long offset = random.nextLong(model.start, model.end + 1);
    long endOffset = random.nextInt(3) == 0 ? random.nextLong(offset, model.end + 1) : model.end;
    int maxBytes = random.nextInt(random.nextBoolean() ? 200 : 10_000);
    boolean atLeastOne = random.nextBoolean();
    ByteBuffer read = harness.read(offset, maxBytes, atLeastOne, endOffset);
    byte[] expected = model.bytes(offset, endOffset);
    int size = read.remaining();
    String what = "read of %d up to %d, %d bytes".formatted(offset, endOffset, maxBytes);
    assertThat(read.array()).as(what).isEqualTo(Arrays.copyOf(expected, size));
    assertWhole(what, read);
    boolean nothingFits = expected.length == 0 || sizeOfFirst(expected) > maxBytes && !atLeastOne;
    assertThat(size == 0).as(what).isEqualTo(nothingFits);
    assertThat(size <= maxBytes || size == sizeOfFirst(expected)).as(what).isTrue();
  }

  private static int sizeOfFirst(byte[] batches) {
    return RecordBatch.sizeInBytes(ByteBuffer.wrap(batches), 0);
  }

  private static void assertWhole(String what, ByteBuffer read) {
    int at = 0;
    while (at < read.limit()) {
      at += RecordBatch.sizeInBytes(read, at);
    }
    assertThat(at).as(what).isEqualTo(read.limit());
  }

  private void checkAll() throws LogException, IOException {
    assertThat(harness.readAll(model.start)).isEqualTo(model.bytes(model.start, model.end));
    harness.log.state().segments.all()[0].index(100);
    for (LogSegment segment : harness.log.state().segments.all()) {
      checkIndex(segment);
    }
  }

  /** Every batch is found by each of its offsets. */
  private void checkIndex(LogSegment segment) throws IOException, LogException {
    for (LogModel.Batch batch : model.batches) {
      if (batch.base() >= Math.max(segment.baseOffset(), model.start)
          && batch.next() <= segment.nextOffset()) {
        ByteBuffer read = harness.read(batch.next() - 1, 1, true);
        assertThat(read).isEqualTo(batch.bytes());
      }
    }
  }
}
