package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.record.RecordBatchBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A log, what it ought to hold, and what of that a power loss at this very moment must leave: also
 * in the middle of an operation.
 */
final class TrackedLog {
  final String name;

  /** Tells this log from others that have had its name. */
  final String topicId;

  private final boolean flushesAlways;
  private final LogModel model = new LogModel();
  private PartitionLog log;
  private List<AppendBatch> pending = List.of();
  private long acknowledged;

  /** Where an operation that is under way cuts the log off. */
  private long cut = Long.MAX_VALUE;

  /** Where the log starts, or is about to. */
  private long start;

  private boolean deleting;

  TrackedLog(String name, int life, boolean flushesAlways) {
    this.name = name;
    this.topicId = "AAAAAAAAAAAAAAAAAA%04d".formatted(life);
    this.flushesAlways = flushesAlways;
  }

  void open(LogManager manager, LogConfig config) throws LogException, IOException {
    log = manager.create(name, topicId, config);
    assertThat(log.logEndOffset()).isEqualTo(model.end);
    model.start = log.logStartOffset();
    assertThat(model.start).isLessThanOrEqualTo(start);
  }

  void append(SplittableRandom random, long wallMs) throws LogException {
    List<AppendBatch> batches = new ArrayList<>();
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      ByteBuffer batch = batch(random, wallMs, log.config().segmentBytes() / 4);
      batches.add(new AppendBatch().set(batch, 0, batch.limit()));
    }
    pending = batches;
    log.append(batches.toArray(AppendBatch[]::new), batches.size(), LogHarness.EPOCH, wallMs);
    batches.forEach(model::append);
    pending = List.of();
    log.setHighWatermark(log.logEndOffset());
    if (flushesAlways) {
      flush();
    }
  }

  /** Of up to three records; one in six is up to {@code large} bytes. */
  private static ByteBuffer batch(SplittableRandom random, long wallMs, int large) {
    RecordBatchBuilder builder = new RecordBatchBuilder();
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      byte[] value = new byte[random.nextInt(random.nextInt(6) == 0 ? large : 100)];
      if (random.nextBoolean()) {
        random.nextBytes(value);
      }
      builder.append(wallMs, null, value);
    }
    return builder.build();
  }

  void flush() throws LogException {
    log.flush();
    assertThat(log.flushedOffset()).isEqualTo(model.end);
    acknowledged = model.end;
  }

  void truncate(SplittableRandom random) throws LogException {
    long offset = random.nextLong(model.start, model.end + 1);
    cut =
        model.batches.stream()
            .mapToLong(LogModel.Batch::next)
            .filter(next -> next <= offset)
            .max()
            .orElse(0);
    log.truncateTo(offset);
    model.truncateTo(offset);
    if (model.end < model.start) {
      model.batches.clear();
      model.end = model.start;
    }
    acknowledged = Math.min(acknowledged, model.end);
    cut = Long.MAX_VALUE;
  }

  void deleteRecords(SplittableRandom random) throws LogException {
    long offset = random.nextLong(model.start, log.highWatermark() + 1);
    start = Math.max(start, offset);
    log.deleteRecordsBefore(offset);
    model.start = offset;
  }

  void delete(LogManager manager) throws IOException {
    deleting = true;
    manager.delete(name, 0);
  }

  /** What a power loss now must leave. */
  private long leastEnd() {
    if (deleting || log == null) {
      return 0;
    }
    return Math.min(cut, Math.max(acknowledged, log.flushedOffset()));
  }

  /**
   * Fails if the log that another manager has found is not what a power loss may leave of this one.
   *
   * @param least where it must not end before
   * @param namesInAnyOrder a segment of which nothing was flushed may be gone, and a later one not
   * @return where it ends
   */
  long check(LogManager manager, LogConfig config, long least, boolean namesInAnyOrder)
      throws LogException, IOException {
    long leastEnd = Math.max(least, leastEnd());
    if (!manager.names().contains(name)) {
      assertThat(leastEnd).as("end of %s, which is gone", this).isZero();
      return 0;
    }
    PartitionLog found = manager.create(name, topicId, config);
    long end = found.logEndOffset();
    assertThat(end).as("end of %s", this).isGreaterThanOrEqualTo(leastEnd);
    boolean mayLackFirst = namesInAnyOrder && leastEnd() <= start;
    assertThat(found.logStartOffset())
        .as("start of %s", this)
        .isLessThanOrEqualTo(mayLackFirst ? end : start);
    // Of what is being deleted, any part may be gone then.
    long from =
        namesInAnyOrder
            ? Math.max(found.logStartOffset(), Math.min(start, end))
            : found.logStartOffset();
    checkContent(LogHarness.readAll(found, from), from, end);
    return end;
  }

  /** A beginning of what was appended, byte by byte. */
  private void checkContent(byte[] content, long from, long end) {
    byte[] known = model.bytes(from, Math.min(end, model.end));
    assertThat(content.length).as("length of %s", this).isGreaterThanOrEqualTo(known.length);
    assertThat(Arrays.copyOf(content, known.length))
        .as("bytes of %s from %d on", this, from)
        .isEqualTo(known);
    int at = known.length;
    for (AppendBatch batch : pending) {
      if (at < content.length) {
        byte[] next = new byte[batch.sizeInBytes()];
        batch.buffer().get(batch.position(), next);
        assertThat(Arrays.copyOfRange(content, at, at + next.length)).isEqualTo(next);
        at += next.length;
      }
    }
    assertThat(at).as("length of %s from %d to %d", this, from, end).isEqualTo(content.length);
  }

  /** The next record gets the next offset. */
  void checkAppend(LogManager manager, LogConfig config, long end)
      throws LogException, IOException {
    PartitionLog found = manager.create(name, topicId, config);
    ByteBuffer bytes = Batches.of("goes on");
    AppendBatch batch = new AppendBatch().set(bytes, 0, bytes.limit());
    found.append(new AppendBatch[] {batch}, 1, LogHarness.EPOCH, Batches.TIME);
    assertThat(batch.baseOffset()).isEqualTo(end);
  }

  @Override
  public String toString() {
    return name + (flushesAlways ? " (flushes)" : "");
  }
}
