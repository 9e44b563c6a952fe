package io.tailrace.record;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/**
 * Rebuilds a batch with some of its records, as compaction does: same offsets, same sequence
 * numbers, same codec. Of the header change length, CRC, record count, the timestamps (of the
 * records that are left), and the delete horizon, which takes the place of the first timestamp
 * (KIP-534). Records keep key, value and headers byte by byte. For one thread, batch after batch.
 */
public final class BatchRewriter {
  /** Encoded records are handed to the codec in pieces of this size. */
  private static final int PIECE = 64 << 10;

  /** What is kept for the next batch. */
  private static final int MOST_KEPT = 4 << 20;

  private final BatchCodecs codecs;
  private RecordBytes batch = new RecordBytes();
  private final RecordBytes piece = new RecordBytes();
  private RecordBytes records = batch;
  private OutputStream codec = batch;
  private long baseOffset;
  private boolean hasBaseTimestamp;
  private long baseTimestamp;
  private long maxTimestamp;
  private int recordCount;

  /**
   * @param codecs of this thread
   */
  public BatchRewriter(BatchCodecs codecs) {
    this.codecs = codecs;
  }

  /**
   * Starts with the header of the batch at {@code at}.
   *
   * @param deleteHorizonMs set anew; {@link RecordBatch#NO_TIMESTAMP}: the batch has what it had
   */
  public void begin(ByteBuffer from, int at, long deleteHorizonMs) {
    if (batch.size() > MOST_KEPT) {
      batch = new RecordBytes();
    }
    batch.reset();
    batch.write(from, at, RecordBatch.HEADER_SIZE);
    if (deleteHorizonMs != RecordBatch.NO_TIMESTAMP) {
      int attributes = RecordBatch.attributes(from, at) | RecordBatch.DELETE_HORIZON_BIT;
      batch.view().putShort(RecordBatch.ATTRIBUTES, (short) attributes);
      batch.view().putLong(RecordBatch.BASE_TIMESTAMP, deleteHorizonMs);
    }
    ByteBuffer header = batch.view();
    baseOffset = RecordBatch.baseOffset(header, 0);
    hasBaseTimestamp = RecordBatch.hasDeleteHorizon(header, 0);
    baseTimestamp = RecordBatch.baseTimestamp(header, 0);
    maxTimestamp = RecordBatch.NO_TIMESTAMP;
    recordCount = 0;
    open(RecordBatch.codecId(header, 0));
  }

  private void open(int codecId) {
    CompressionCodec wanted = CompressionCodec.forId(codecId);
    if (wanted == null) {
      throw new InvalidRecordException(BatchFault.BAD_CODEC, "id " + codecId);
    }
    piece.reset();
    records = wanted == CompressionCodec.NONE ? batch : piece;
    try {
      codec = codecs.compress(wanted, batch);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds the record that a reader of this batch stands at. */
  public void append(RecordReader record) {
    long timestamp = record.timestamp();
    if (!hasBaseTimestamp) {
      baseTimestamp = timestamp;
      hasBaseTimestamp = true;
    }
    long timestampDelta = timestamp - baseTimestamp;
    long offsetDelta = record.offset() - baseOffset;
    int size = 1 + VarInt.sizeOf(timestampDelta) + VarInt.sizeOf(offsetDelta) + record.tailSize();
    records.writeVarInt(size);
    records.write(0); // attributes
    records.writeVarInt(timestampDelta);
    records.writeVarInt(offsetDelta);
    record.copyTail(records);
    maxTimestamp = Math.max(maxTimestamp, timestamp);
    recordCount++;
    if (records == piece && piece.size() >= PIECE) {
      compressPiece();
    }
  }

  private void compressPiece() {
    try {
      codec.write(piece.view().array(), 0, piece.size());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    piece.reset();
  }

  /** The batch, from position 0 to the limit; its bytes are good until the next one begins. */
  public ByteBuffer end() {
    try (OutputStream closing = codec) {
      if (piece.size() > 0) {
        compressPiece();
      }
      closing.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    ByteBuffer built = batch.view();
    int sizeInBytes = built.limit();
    built.putInt(RecordBatch.BATCH_LENGTH, sizeInBytes - RecordBatch.LOG_OVERHEAD);
    built.putLong(RecordBatch.BASE_TIMESTAMP, baseTimestamp);
    if (!RecordBatch.isLogAppendTime(built, 0)) {
      built.putLong(RecordBatch.MAX_TIMESTAMP, maxTimestamp);
    }
    built.putInt(RecordBatch.RECORD_COUNT, recordCount);
    RecordBatch.updateCrc(built, 0, sizeInBytes);
    return built;
  }
}
