package io.tailrace.record;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A record found by its timestamp (in ms), as ListOffsets answers it. In a LogAppendTime batch all
 * records have the batch's time, so it is never opened; its answer may be an offset that compaction
 * has emptied, which a fetch takes as "from here on".
 */
public record TimestampOffset(long timestamp, long offset) {
  /**
   * The first record of the batch at {@code at} with this timestamp or a later one, and with at
   * least this offset; null if there is none.
   *
   * @param maxBytes how many bytes a compressed batch may decompress to
   * @throws InvalidRecordException if the batch cannot be read
   */
  public static @Nullable TimestampOffset firstAtOrAfter(
      ByteBuffer buffer, int at, long timestamp, long minOffset, long maxBytes) {
    long maxTimestamp = RecordBatch.maxTimestamp(buffer, at);
    if (maxTimestamp < timestamp
        || RecordBatch.lastOffset(buffer, at) < minOffset
        || RecordBatch.recordCount(buffer, at) == 0) {
      return null;
    }
    if (RecordBatch.isLogAppendTime(buffer, at)) {
      long offset = Math.max(RecordBatch.baseOffset(buffer, at), minOffset);
      return new TimestampOffset(maxTimestamp, offset);
    }
    try (RecordReader reader = RecordReader.open(buffer, at, maxBytes)) {
      while (reader.next()) {
        if (reader.timestamp() >= timestamp && reader.offset() >= minOffset) {
          return new TimestampOffset(reader.timestamp(), reader.offset());
        }
      }
      return null;
    }
  }

  /**
   * The first of the records with the batch's greatest timestamp (KIP-734); null if the batch has
   * no records.
   *
   * @param maxBytes how many bytes a compressed batch may decompress to
   * @throws InvalidRecordException if the batch cannot be read
   */
  public static @Nullable TimestampOffset ofMaxTimestamp(ByteBuffer buffer, int at, long maxBytes) {
    if (RecordBatch.recordCount(buffer, at) == 0) {
      return null;
    }
    long maxTimestamp = RecordBatch.maxTimestamp(buffer, at);
    if (RecordBatch.isLogAppendTime(buffer, at)) {
      return new TimestampOffset(maxTimestamp, RecordBatch.baseOffset(buffer, at));
    }
    TimestampOffset greatest = null;
    try (RecordReader reader = RecordReader.open(buffer, at, maxBytes)) {
      while (reader.next()) {
        if (greatest == null || reader.timestamp() > greatest.timestamp) {
          greatest = new TimestampOffset(reader.timestamp(), reader.offset());
        }
        if (greatest.timestamp >= maxTimestamp) {
          break;
        }
      }
      return greatest;
    }
  }
}
