package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Sparse index of a segment: a timestamp → the offset up to which it is the largest. Both increase
 * from entry to entry, so a record with a larger timestamp lies behind the entry's offset.
 *
 * <p>File format (Kafka's {@code .timeindex}), big-endian, 12 bytes an entry:
 *
 * <pre>
 *   0  timestamp       int64  ms
 *   8  relativeOffset  int32  last offset of the batch that has it − base offset of the segment
 * </pre>
 *
 * <p>Safe for use by many threads. Never a source of truth: recovery rebuilds it.
 */
final class TimeIndex {
  static final int ENTRY_SIZE = 12;

  private static final int FIRST_CAPACITY = 8;

  private long[] timestamps = new long[0];
  private int[] relativeOffsets = new int[0];
  private int count;

  /** The largest timestamp seen, and where; it may not have an entry yet. */
  private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

  private int offsetOfMaxTimestamp = -1;

  synchronized int count() {
    return count;
  }

  /** Largest timestamp of the segment in ms; −1 if no record has one. */
  synchronized long maxTimestamp() {
    return maxTimestamp;
  }

  /** Last relative offset of the first batch with the largest timestamp; −1 if there is none. */
  synchronized int offsetOfMaxTimestamp() {
    return offsetOfMaxTimestamp;
  }

  /** Takes note of a batch. */
  synchronized void observe(long timestamp, int relativeLastOffset) {
    if (timestamp > maxTimestamp) {
      maxTimestamp = timestamp;
      offsetOfMaxTimestamp = relativeLastOffset;
    }
  }

  /** Makes an entry of the largest timestamp seen, unless it has one. */
  synchronized void mark() {
    if (maxTimestamp <= lastIndexed()) {
      return;
    }
    if (count == timestamps.length) {
      int capacity = Math.max(FIRST_CAPACITY, 2 * count);
      timestamps = Arrays.copyOf(timestamps, capacity);
      relativeOffsets = Arrays.copyOf(relativeOffsets, capacity);
    }
    timestamps[count] = maxTimestamp;
    relativeOffsets[count] = offsetOfMaxTimestamp;
    count++;
  }

  private long lastIndexed() {
    return count == 0 ? RecordBatch.NO_TIMESTAMP : timestamps[count - 1];
  }

  /**
   * A relative offset at or before which no record has {@code timestamp} or a larger one; −1 if the
   * index knows of none.
   */
  synchronized int relativeOffsetBefore(long timestamp) {
    int found = Arrays.binarySearch(timestamps, 0, count, timestamp);
    int before = (found >= 0 ? found : -found - 1) - 1;
    return before < 0 ? -1 : relativeOffsets[before];
  }

  /**
   * The largest timestamp (ms) of a segment that was closed in order, out of its index file.
   *
   * @return −1 if no record has one, or there is no such file
   */
  static long lastTimestamp(Disk disk, Path path) throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      ByteBuffer timestamp = ByteBuffer.allocate(Long.BYTES);
      if (file.size() < ENTRY_SIZE) {
        return RecordBatch.NO_TIMESTAMP;
      }
      file.readFully(timestamp, file.size() - ENTRY_SIZE);
      return timestamp.getLong(0);
    } catch (NoSuchFileException e) {
      return RecordBatch.NO_TIMESTAMP;
    }
  }

  /** Drops the entries of timestamps behind a relative offset, and whatever has no entry. */
  synchronized void cutBehind(int relativeOffset) {
    while (count > 0 && relativeOffsets[count - 1] > relativeOffset) {
      count--;
    }
    maxTimestamp = lastIndexed();
    offsetOfMaxTimestamp = count == 0 ? -1 : relativeOffsets[count - 1];
  }

  /** The content of the index file. */
  synchronized ByteBuffer encode() {
    ByteBuffer file = ByteBuffer.allocate(count * ENTRY_SIZE);
    for (int i = 0; i < count; i++) {
      file.putLong(timestamps[i]).putInt(relativeOffsets[i]);
    }
    return file.flip();
  }

  /**
   * Reads an index file.
   *
   * @return null if it is none
   */
  static @Nullable TimeIndex decode(ByteBuffer file) {
    if (file.remaining() % ENTRY_SIZE != 0) {
      return null;
    }
    TimeIndex index = new TimeIndex();
    while (file.hasRemaining()) {
      long timestamp = file.getLong();
      int offset = file.getInt();
      if (timestamp <= index.maxTimestamp || offset <= index.offsetOfMaxTimestamp) {
        return null;
      }
      index.observe(timestamp, offset);
      index.mark();
    }
    return index;
  }
}
