package io.tailrace.log;

import io.tailrace.record.RecordBatch;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a log ought to hold, kept in the plainest way: a list of batches. */
final class LogModel {
  record Batch(long base, long next, ByteBuffer bytes) {}

  /** All batches that are in the log, or were before its start. */
  final List<Batch> batches = new ArrayList<>();

  /** Every batch that ever was written at an offset. */
  final Map<Long, List<ByteBuffer>> written = new HashMap<>();

  /** Batches of appends that failed and were cut off again. */
  private final Map<Long, List<ByteBuffer>> cutBack = new HashMap<>();

  long start;
  long end;

  void append(AppendBatch batch) {
    ByteBuffer copy = copyOf(batch);
    written.computeIfAbsent(end, base -> new ArrayList<>()).add(copy);
    add(copy);
  }

  /** Nobody was promised it, and the log is without it; but its pages may be on their way. */
  void failedToAppend(AppendBatch batch) {
    ByteBuffer copy = copyOf(batch);
    long base = RecordBatch.baseOffset(copy, 0);
    cutBack.computeIfAbsent(base, offset -> new ArrayList<>()).add(copy);
  }

  private static ByteBuffer copyOf(AppendBatch batch) {
    ByteBuffer copy = ByteBuffer.allocate(batch.sizeInBytes());
    return copy.put(0, batch.buffer(), batch.position(), batch.sizeInBytes());
  }

  private void add(ByteBuffer bytes) {
    long base = RecordBatch.baseOffset(bytes, 0);
    end = RecordBatch.nextOffset(bytes, 0);
    batches.add(new Batch(base, end, bytes));
  }

  void truncateTo(long offset) {
    while (!batches.isEmpty() && batches.get(batches.size() - 1).next() > offset) {
      end = batches.remove(batches.size() - 1).base();
    }
  }

  /**
   * Takes over the batches that are there after a crash, if they are such as once were written.
   *
   * @param powerLost what was cut back may be there again
   */
  void resync(long newStart, long newEnd, byte[] content, long firstBase, boolean powerLost) {
    batches.removeIf(batch -> batch.next() > firstBase);
    ByteBuffer all = ByteBuffer.wrap(content);
    int at = 0;
    while (at < content.length) {
      int size = RecordBatch.sizeInBytes(all, at);
      ByteBuffer one = ByteBuffer.allocate(size).put(0, all, at, size);
      long base = RecordBatch.baseOffset(one, 0);
      if (powerLost && cutBack.getOrDefault(base, List.of()).contains(one)) {
        written.computeIfAbsent(base, offset -> new ArrayList<>()).add(one);
      }
      if (!written.getOrDefault(base, List.of()).contains(one)) {
        throw new AssertionError("never written at offset " + base + ": " + size + " bytes");
      }
      add(one);
      at += size;
    }
    start = newStart;
    end = newEnd;
  }

  /** The bytes of the batches from the one that holds {@code offset}, below {@code endOffset}. */
  byte[] bytes(long offset, long endOffset) {
    ByteBuffer all = ByteBuffer.allocate(batches.stream().mapToInt(b -> b.bytes().limit()).sum());
    for (Batch batch : batches) {
      if (batch.next() > offset && batch.next() <= endOffset) {
        all.put(0 + all.position(), batch.bytes(), 0, batch.bytes().limit());
        all.position(all.position() + batch.bytes().limit());
      }
    }
    byte[] bytes = new byte[all.flip().remaining()];
    all.get(bytes);
    return bytes;
  }

  /** The producers of all batches, as {@link ProducerStates} prints them. */
  String producers() {
    TreeMap<Long, ProducerState> states = new TreeMap<>();
    for (Batch batch : batches) {
      ByteBuffer bytes = batch.bytes();
      long id = RecordBatch.producerId(bytes, 0);
      if (id < 0) {
        continue;
      }
      ProducerState state = states.computeIfAbsent(id, ProducerState::new);
      state.startEpoch(RecordBatch.producerEpoch(bytes, 0));
      state.add(
          RecordBatch.lastSequence(bytes, 0),
          batch.next() - 1,
          RecordBatch.lastOffsetDelta(bytes, 0),
          RecordBatch.maxTimestamp(bytes, 0));
    }
    return new ArrayList<>(states.values()).toString();
  }

  /** The first offset whose batch has a timestamp not before the given one; −1 if none has. */
  long offsetOfTime(long timestamp) {
    for (Batch batch : batches) {
      if (batch.next() > start && RecordBatch.maxTimestamp(batch.bytes(), 0) >= timestamp) {
        return Math.max(start, batch.base());
      }
    }
    return -1;
  }
}
