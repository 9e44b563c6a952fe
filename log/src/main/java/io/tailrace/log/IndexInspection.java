package io.tailrace.log;

import io.tailrace.env.Disk;
import io.tailrace.record.RecordBatch;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Compares the index files of a segment with its batches, as they go by: each entry of the offset
 * index must be a batch's, each of the time index a batch's with a later time than all before it.
 */
final class IndexInspection implements SegmentSurroundings.BatchListener {
  private static final int MAX_FILE_BYTES = 1 << 30;
  private static final String REBUILT = "reads the segment anew when the index is first needed";

  private final Path offsetsFile;
  private final Path timesFile;
  private final long baseOffset;
  private final Disk disk;
  private final ByteBuffer offsets;
  private final ByteBuffer times;
  private final boolean offsetsAbsent;
  private final boolean timesAbsent;
  private boolean offsetsWrong;
  private long maxTimestamp = RecordBatch.NO_TIMESTAMP;

  IndexInspection(Disk disk, Path directory, long baseOffset) {
    this.disk = disk;
    this.baseOffset = baseOffset;
    offsetsFile = LogFiles.file(directory, baseOffset, LogFiles.INDEX);
    timesFile = LogFiles.file(directory, baseOffset, LogFiles.TIME_INDEX);
    ByteBuffer readOffsets = read(offsetsFile);
    ByteBuffer readTimes = read(timesFile);
    offsetsAbsent = readOffsets == null;
    timesAbsent = readTimes == null;
    offsets = readOffsets == null ? ByteBuffer.allocate(0) : readOffsets;
    times = readTimes == null ? ByteBuffer.allocate(0) : readTimes;
  }

  /** Null if it is absent. */
  private @Nullable ByteBuffer read(Path file) {
    try {
      return ByteBuffer.wrap(disk.readAll(file, MAX_FILE_BYTES));
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      // Not whole entries: reported as damaged.
      return ByteBuffer.allocate(1);
    }
  }

  @Override
  public void batch(ByteBuffer buffer, int at, int position) {
    int last = (int) (RecordBatch.lastOffset(buffer, at) - baseOffset);
    if (offsets.remaining() >= OffsetIndex.ENTRY_SIZE) {
      int indexed = offsets.getInt(offsets.position() + Integer.BYTES);
      if (indexed == position) {
        offsetsWrong |= offsets.getInt() != last;
        offsets.getInt();
      } else {
        offsetsWrong |= indexed < position;
      }
    }
    long timestamp = RecordBatch.maxTimestamp(buffer, at);
    if (timestamp > maxTimestamp) {
      maxTimestamp = timestamp;
      boolean indexed =
          times.remaining() >= TimeIndex.ENTRY_SIZE
              && times.getLong(times.position()) == timestamp
              && times.getInt(times.position() + Long.BYTES) == last;
      if (indexed) {
        times.position(times.position() + TimeIndex.ENTRY_SIZE);
      }
    }
  }

  /**
   * @param isSealed whether a broker that has not died has written both files
   */
  void report(Findings findings, boolean isSealed) {
    if (offsetsWrong || offsets.hasRemaining()) {
      findings.problem(offsetsFile, "does not fit its segment", REBUILT, "writes it anew");
    } else if (times.hasRemaining()) {
      findings.problem(timesFile, "does not fit its segment", REBUILT, "writes it anew");
    }
    if (isSealed && offsetsAbsent) {
      findings.note(offsetsFile, "is missing", REBUILT);
    }
    if (isSealed && timesAbsent) {
      findings.note(timesFile, "is missing", REBUILT);
    }
  }
}
