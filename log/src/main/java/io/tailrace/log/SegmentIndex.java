package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/**
 * Both indexes of a segment, and the rule when a batch gets an entry: when more than {@code
 * index.interval.bytes} came since the last one, as in Kafka. One thread adds at a time; lookups
 * are safe from any thread.
 */
final class SegmentIndex {
  private static final Logger LOG = System.getLogger(SegmentIndex.class.getName());
  private static final int MAX_FILE_BYTES = 1 << 30;

  private final long baseOffset;
  final OffsetIndex offsets;
  final TimeIndex times;
  private int bytesSinceEntry;

  private SegmentIndex(long baseOffset, OffsetIndex offsets, TimeIndex times) {
    this.baseOffset = baseOffset;
    this.offsets = offsets;
    this.times = times;
  }

  static SegmentIndex empty(long baseOffset) {
    return new SegmentIndex(baseOffset, new OffsetIndex(), new TimeIndex());
  }

  /** Takes note of the batch at index {@code at} of a buffer, which lies at {@code position}. */
  void add(ByteBuffer buffer, int at, int position, int sizeInBytes, int intervalBytes) {
    long batchBase = RecordBatch.baseOffset(buffer, at);
    int relativeLast = (int) (RecordBatch.lastOffset(buffer, at) - baseOffset);
    times.observe(RecordBatch.maxTimestamp(buffer, at), relativeLast);
    if (bytesSinceEntry > intervalBytes) {
      offsets.append((int) (batchBase - baseOffset), relativeLast, position);
      times.mark();
      bytesSinceEntry = 0;
    }
    bytesSinceEntry += sizeInBytes;
  }

  /** Whether an index has reached {@code segment.index.bytes}. */
  boolean isFull(int segmentIndexBytes) {
    return (long) (offsets.count() + 1) * OffsetIndex.ENTRY_SIZE > segmentIndexBytes
        || (long) (times.count() + 2) * TimeIndex.ENTRY_SIZE > segmentIndexBytes;
  }

  boolean isEmpty() {
    return offsets.count() == 0 && times.count() == 0;
  }

  /** Batches from here on must be seen again after a load. */
  int resumePosition() {
    long last = offsets.floorByPosition(Integer.MAX_VALUE);
    return last == OffsetIndex.NONE ? 0 : OffsetIndex.position(last);
  }

  /** Forgets batches that end at an offset or behind it; before anybody uses the index. */
  void cutFrom(long offset) {
    offsets.cutFrom((int) Math.clamp(offset - baseOffset, 0, Integer.MAX_VALUE));
    times.cutBehind(offsets.lastRelativeOffset());
  }

  /** The offset behind the batch at {@link #resumePosition}; −1 if that is the segment's start. */
  long resumeOffset() {
    int last = offsets.lastRelativeOffset();
    return last < 0 ? -1 : baseOffset + last + 1;
  }

  /**
   * Adds the batches from {@link #resumePosition} on, where the scanner stands.
   *
   * @return the offset behind the last batch, or −1 if the index does not fit the segment or the
   *     segment's batches do not fill it up to {@code end}
   */
  long resume(BatchScanner scanner, int end, int intervalBytes) throws IOException {
    int indexedLast = offsets.lastRelativeOffset();
    long next = baseOffset;
    bytesSinceEntry = 0;
    while (scanner.next()) {
      ByteBuffer buffer = scanner.buffer();
      int at = scanner.at();
      long last = RecordBatch.lastOffset(buffer, at);
      boolean fits = indexedLast < 0 || last == baseOffset + indexedLast;
      if (!fits || RecordBatch.baseOffset(buffer, at) < next || last - baseOffset < 0) {
        return -1;
      }
      indexedLast = -1;
      next = last + 1;
      add(buffer, at, scanner.position(), scanner.sizeInBytes(), intervalBytes);
    }
    boolean whole = scanner.position() == end && times.offsetOfMaxTimestamp() < next - baseOffset;
    return whole ? next : -1;
  }

  /** What the files hold; empty if they are absent or can't be indexes of such a segment. */
  static SegmentIndex load(Disk disk, Path directory, long baseOffset, int segmentSize) {
    try {
      OffsetIndex offsets =
          OffsetIndex.decode(
              read(disk, LogFiles.file(directory, baseOffset, LogFiles.INDEX)), segmentSize);
      TimeIndex times =
          TimeIndex.decode(read(disk, LogFiles.file(directory, baseOffset, LogFiles.TIME_INDEX)));
      if (offsets != null && times != null) {
        return new SegmentIndex(baseOffset, offsets, times);
      }
    } catch (IOException e) {
      // As good as absent: the segment itself tells all of it again.
      LOG.log(Level.DEBUG, "index of " + baseOffset + " in " + directory + " not readable", e);
    }
    return empty(baseOffset);
  }

  private static ByteBuffer read(Disk disk, Path file) throws IOException {
    return ByteBuffer.wrap(disk.readAll(file, MAX_FILE_BYTES));
  }

  /**
   * Writes the files anew, with a last entry for the largest timestamp, as Kafka does. In an order
   * that leaves no offset index beside a time index that knows less: what the offset index covers,
   * {@link #resume} does not look at.
   *
   * @param sync makes both durable
   */
  void save(Disk disk, Path directory, boolean sync) throws IOException {
    save(disk, directory, encode(), sync);
  }

  /** The content of both files. */
  record Encoded(ByteBuffer times, ByteBuffer offsets) {}

  /** Not beside {@link #add}. */
  Encoded encode() {
    times.mark();
    return new Encoded(times.encode(), offsets.encode());
  }

  /** Like the other, but may run beside {@link #add}. */
  void save(Disk disk, Path directory, Encoded content, boolean sync) throws IOException {
    try {
      deleteFiles(disk, directory, baseOffset);
      write(disk, LogFiles.file(directory, baseOffset, LogFiles.TIME_INDEX), content.times(), true);
      write(disk, LogFiles.file(directory, baseOffset, LogFiles.INDEX), content.offsets(), sync);
    } catch (IOException e) {
      deleteFiles(disk, directory, baseOffset);
      throw e;
    }
  }

  /** The offset index first. */
  static void deleteFiles(Disk disk, Path directory, long baseOffset) throws IOException {
    for (String suffix : List.of(LogFiles.INDEX, LogFiles.TIME_INDEX)) {
      try {
        disk.delete(LogFiles.file(directory, baseOffset, suffix));
      } catch (NoSuchFileException e) {
        // not written yet
      }
    }
  }

  private static void write(Disk disk, Path path, ByteBuffer content, boolean sync)
      throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.CREATE)) {
      file.truncate(0);
      file.write(content, 0);
      if (sync) {
        file.sync();
      }
    }
  }
}
