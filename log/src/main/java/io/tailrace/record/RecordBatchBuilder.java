package io.tailrace.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds one record batch, for one thread. Without settings: an uncompressed batch at offset 0, by
 * no producer, in leader epoch -1, with the records' own timestamps. Base offset and delete horizon
 * must be set before the first record, anything else at any time.
 */
public final class RecordBatchBuilder {
  private static final int NO_LEADER_EPOCH = -1;

  private final RecordBytes records = new RecordBytes();
  private CompressionCodec codec = CompressionCodec.NONE;
  private int leaderEpoch = NO_LEADER_EPOCH;
  private long producerId = RecordBatch.NO_PRODUCER_ID;
  private short producerEpoch = RecordBatch.NO_PRODUCER_EPOCH;
  private int baseSequence = RecordBatch.NO_SEQUENCE;
  private int attributes;
  private long baseOffset;
  private long lastOffset = -1;
  private boolean hasBaseTimestamp;
  private long baseTimestamp = RecordBatch.NO_TIMESTAMP;
  private long maxTimestamp = RecordBatch.NO_TIMESTAMP;
  private long appendTime = RecordBatch.NO_TIMESTAMP;
  private int recordCount;

  public RecordBatchBuilder() {
    records.writeBytes(new byte[RecordBatch.HEADER_SIZE]);
  }

  public RecordBatchBuilder baseOffset(long offset) {
    requireEmpty();
    baseOffset = offset;
    lastOffset = offset - 1;
    return this;
  }

  /** Ends the batch at this offset, beyond its last record: compaction leaves such batches. */
  public RecordBatchBuilder lastOffset(long offset) {
    if (offset < lastOffset) {
      throw new IllegalStateException("last offset " + offset + " after offset " + lastOffset);
    }
    lastOffset = offset;
    return this;
  }

  public RecordBatchBuilder leaderEpoch(int epoch) {
    leaderEpoch = epoch;
    return this;
  }

  public RecordBatchBuilder codec(CompressionCodec codec) {
    this.codec = codec;
    return this;
  }

  public RecordBatchBuilder producer(long id, short epoch, int baseSequence) {
    producerId = id;
    producerEpoch = epoch;
    this.baseSequence = baseSequence;
    return this;
  }

  public RecordBatchBuilder transactional() {
    attributes |= RecordBatch.TRANSACTIONAL_BIT;
    return this;
  }

  /** A batch of control records: see {@link EndTransactionMarker}. */
  public RecordBatchBuilder control() {
    attributes |= RecordBatch.CONTROL_BIT;
    return this;
  }

  public RecordBatchBuilder logAppendTime(long appendTimeMs) {
    attributes |= RecordBatch.LOG_APPEND_TIME_BIT;
    appendTime = appendTimeMs;
    return this;
  }

  /** The time in ms from which compaction may drop this batch's tombstones (KIP-534). */
  public RecordBatchBuilder deleteHorizon(long horizonMs) {
    requireEmpty();
    attributes |= RecordBatch.DELETE_HORIZON_BIT;
    baseTimestamp = horizonMs;
    hasBaseTimestamp = true;
    return this;
  }

  public RecordBatchBuilder append(long timestamp, byte @Nullable [] key, byte @Nullable [] value) {
    return append(timestamp, wrap(key), wrap(value), List.of());
  }

  /** Adds a record at the next offset; the buffers' positions stay. */
  public RecordBatchBuilder append(
      long timestamp,
      @Nullable ByteBuffer key,
      @Nullable ByteBuffer value,
      List<RecordHeader> headers) {
    return append(new Record(lastOffset + 1, timestamp, key, value, headers));
  }

  /** Adds a record at its own offset, which must be beyond the last record's. */
  public RecordBatchBuilder append(Record record) {
    if (record.offset() <= lastOffset) {
      throw new IllegalStateException("offset " + record.offset() + " after offset " + lastOffset);
    }
    if (!hasBaseTimestamp) {
      baseTimestamp = record.timestamp();
      hasBaseTimestamp = true;
    }
    write(record);
    lastOffset = record.offset();
    maxTimestamp = Math.max(maxTimestamp, record.timestamp());
    recordCount++;
    return this;
  }

  public int recordCount() {
    return recordCount;
  }

  /** Size in bytes of the batch so far, were it not compressed. */
  public int sizeInBytes() {
    return records.size();
  }

  /** The batch, from position 0 to the limit. The builder can't be used any further. */
  public ByteBuffer build() {
    if (lastOffset < baseOffset) {
      throw new IllegalStateException("a batch needs a record, or a last offset");
    }
    ByteBuffer batch = recordCount == 0 ? records.view() : compressed();
    int sizeInBytes = batch.limit();
    batch.putInt(RecordBatch.BATCH_LENGTH, sizeInBytes - RecordBatch.LOG_OVERHEAD);
    batch.put(RecordBatch.MAGIC, RecordBatch.MAGIC_V2);
    batch.putShort(RecordBatch.ATTRIBUTES, (short) (attributes | codec.id()));
    batch.putInt(RecordBatch.LAST_OFFSET_DELTA, Math.toIntExact(lastOffset - baseOffset));
    batch.putLong(RecordBatch.BASE_TIMESTAMP, baseTimestamp);
    boolean stamped = (attributes & RecordBatch.LOG_APPEND_TIME_BIT) != 0;
    batch.putLong(RecordBatch.MAX_TIMESTAMP, stamped ? appendTime : maxTimestamp);
    batch.putLong(RecordBatch.PRODUCER_ID, producerId);
    batch.putShort(RecordBatch.PRODUCER_EPOCH, producerEpoch);
    batch.putInt(RecordBatch.BASE_SEQUENCE, baseSequence);
    batch.putInt(RecordBatch.RECORD_COUNT, recordCount);
    RecordBatch.patch(batch, 0, baseOffset, leaderEpoch);
    RecordBatch.updateCrc(batch, 0, sizeInBytes);
    return batch;
  }

  private void write(Record record) {
    long timestampDelta = record.timestamp() - baseTimestamp;
    int offsetDelta = Math.toIntExact(record.offset() - baseOffset);
    records.writeVarInt(sizeOf(record, timestampDelta, offsetDelta));
    records.write(0); // attributes
    records.writeVarInt(timestampDelta);
    records.writeVarInt(offsetDelta);
    records.writeField(record.key());
    records.writeField(record.value());
    records.writeVarInt(record.headers().size());
    for (RecordHeader header : record.headers()) {
      records.writeField(header.key());
      records.writeField(header.value());
    }
  }

  private static int sizeOf(Record record, long timestampDelta, int offsetDelta) {
    int size =
        1
            + VarInt.sizeOf(timestampDelta)
            + VarInt.sizeOf(offsetDelta)
            + RecordBytes.sizeOfField(record.key())
            + RecordBytes.sizeOfField(record.value())
            + VarInt.sizeOf(record.headers().size());
    for (RecordHeader header : record.headers()) {
      size += RecordBytes.sizeOfField(header.key()) + RecordBytes.sizeOfField(header.value());
    }
    return size;
  }

  private ByteBuffer compressed() {
    if (codec == CompressionCodec.NONE) {
      return records.view();
    }
    RecordBytes batch = new RecordBytes();
    batch.write(records.view().array(), 0, RecordBatch.HEADER_SIZE);
    try (OutputStream out = codec.compress(batch)) {
      out.write(
          records.view().array(),
          RecordBatch.HEADER_SIZE,
          records.size() - RecordBatch.HEADER_SIZE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return batch.view();
  }

  private void requireEmpty() {
    if (recordCount > 0) {
      throw new IllegalStateException("must be set before the first record");
    }
  }

  private static @Nullable ByteBuffer wrap(byte @Nullable [] bytes) {
    return bytes == null ? null : ByteBuffer.wrap(bytes);
  }
}
