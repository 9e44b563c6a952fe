package io.tailrace.record;

import java.nio.ByteBuffer;

/**
 * Judges record batches where bytes come in: from a client, or from disk. Any thread may call it,
 * as long as no other uses the same buffer object meanwhile. Nothing here throws on hostile bytes.
 */
public final class BatchValidator {
  /** The smallest batch length of any message format: a format-0 message without key and value. */
  private static final int SMALLEST_LENGTH = 14;

  private BatchValidator() {}

  /**
   * Checks the batch that a client sent, except for the records inside it. Allocates nothing.
   *
   * @param available bytes from {@code at} on that may belong to the batch, all within the buffer
   */
  public static BatchFault validate(ByteBuffer buffer, int at, int available) {
    BatchFault fault = validateBytes(buffer, at, available);
    return fault == BatchFault.NONE ? validateClientFields(buffer, at) : fault;
  }

  /**
   * Checks the batch that was read from a log: length, format, checksum, and that its offsets do
   * not run backwards. Compaction may have left fewer records than offsets, even none.
   */
  public static BatchFault validateStored(ByteBuffer buffer, int at, int available) {
    BatchFault fault = validateBytes(buffer, at, available);
    if (fault != BatchFault.NONE) {
      return fault;
    }
    boolean counted =
        RecordBatch.lastOffsetDelta(buffer, at) >= 0 && RecordBatch.recordCount(buffer, at) >= 0;
    return counted ? BatchFault.NONE : BatchFault.BAD_COUNT;
  }

  /**
   * Opens a batch that has passed {@link #validate}, and checks that its records are well formed,
   * as many as it says, at consecutive offsets, and that nothing follows them. {@code
   * BAD_MAX_TIMESTAMP} comes last: such a batch is otherwise good.
   *
   * @param keysRequired whether every record must have a key (compacted topics)
   * @param maxBytes how many bytes a compressed batch may decompress to
   */
  public static BatchFault validateRecords(
      ByteBuffer buffer, int at, boolean keysRequired, long maxBytes) {
    long nextOffset = RecordBatch.baseOffset(buffer, at);
    long maxTimestamp = RecordBatch.NO_TIMESTAMP;
    try (RecordReader reader = RecordReader.open(buffer, at, maxBytes)) {
      while (reader.next()) {
        if (reader.offset() != nextOffset) {
          return BatchFault.BAD_OFFSET_DELTA;
        }
        if (keysRequired && !reader.hasKey()) {
          return BatchFault.MISSING_KEY;
        }
        nextOffset++;
        maxTimestamp = Math.max(maxTimestamp, reader.timestamp());
      }
    } catch (InvalidRecordException e) {
      return e.fault();
    }
    boolean agrees = maxTimestamp == RecordBatch.maxTimestamp(buffer, at);
    return agrees ? BatchFault.NONE : BatchFault.BAD_MAX_TIMESTAMP;
  }

  private static BatchFault validateBytes(ByteBuffer buffer, int at, int available) {
    if (available <= RecordBatch.MAGIC) {
      return BatchFault.TRUNCATED;
    }
    int length = buffer.getInt(at + RecordBatch.BATCH_LENGTH);
    if (length < SMALLEST_LENGTH) {
      return BatchFault.BAD_LENGTH;
    }
    byte magic = RecordBatch.magic(buffer, at);
    if (magic != RecordBatch.MAGIC_V2) {
      return magic == 0 || magic == 1 ? BatchFault.OLD_MAGIC : BatchFault.BAD_MAGIC;
    }
    if (length < RecordBatch.HEADER_SIZE - RecordBatch.LOG_OVERHEAD) {
      return BatchFault.BAD_LENGTH;
    }
    if (length > available - RecordBatch.LOG_OVERHEAD) {
      return BatchFault.TRUNCATED;
    }
    int sizeInBytes = RecordBatch.LOG_OVERHEAD + length;
    boolean intact =
        RecordBatch.computedCrc(buffer, at, sizeInBytes) == RecordBatch.storedCrc(buffer, at);
    return intact ? BatchFault.NONE : BatchFault.BAD_CRC;
  }

  private static BatchFault validateClientFields(ByteBuffer buffer, int at) {
    int count = RecordBatch.recordCount(buffer, at);
    if (RecordBatch.baseOffset(buffer, at) != 0) {
      return BatchFault.BAD_BASE_OFFSET;
    }
    if (count < 1 || RecordBatch.lastOffsetDelta(buffer, at) != count - 1) {
      return BatchFault.BAD_COUNT;
    }
    if (RecordBatch.isControl(buffer, at)) {
      return BatchFault.CONTROL_BATCH;
    }
    if (CompressionCodec.forId(RecordBatch.codecId(buffer, at)) == null) {
      return BatchFault.BAD_CODEC;
    }
    if (RecordBatch.isLogAppendTime(buffer, at)) {
      return BatchFault.LOG_APPEND_TIME;
    }
    if (RecordBatch.hasDeleteHorizon(buffer, at)) {
      return BatchFault.DELETE_HORIZON;
    }
    return producerFieldsAgree(buffer, at) ? BatchFault.NONE : BatchFault.BAD_PRODUCER;
  }

  /** Without a producer id, epoch and sequence mean nothing: some clients leave them at 0. */
  private static boolean producerFieldsAgree(ByteBuffer buffer, int at) {
    return RecordBatch.hasProducerId(buffer, at)
        ? RecordBatch.producerEpoch(buffer, at) >= 0 && RecordBatch.baseSequence(buffer, at) >= 0
        : !RecordBatch.isTransactional(buffer, at);
  }
}
