package io.tailrace.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A cursor over the records of one batch; for one thread. Uncompressed records are read in place,
 * without an object per record; compressed ones stream out of their codec. Every number is checked
 * against the bytes that remain, so a malformed batch ends in {@link InvalidRecordException}, and
 * never costs more memory than its bytes, or the given cap.
 *
 * <p>A record is, all numbers zigzag varints but the first:
 *
 * <pre>
 *   length, attributes (int8, unused), timestampDelta, offsetDelta,
 *   keyLength (-1: null), key, valueLength (-1: null), value,
 *   headerCount, headers: keyLength, key, valueLength (-1: null), value
 * </pre>
 */
public final class RecordReader implements AutoCloseable {
  private static final int NULL_LENGTH = -1;

  private final RecordSource source;
  private final boolean logAppendTime;
  private final long maxTimestamp;
  private final long baseTimestamp;
  private final long baseOffset;
  private int recordsLeft;

  private ByteBuffer body = ByteBuffer.allocate(0);
  private long offset;
  private long timestamp;
  private int tailAt;
  private int keyAt;
  private int keySize;
  private int valueAt;
  private int valueSize;
  private int headersAt;
  private int headerCount;

  /** Takes over the source of the records of the batch at {@code at}. */
  RecordReader(RecordSource source, ByteBuffer buffer, int at) {
    this.source = source;
    logAppendTime = RecordBatch.isLogAppendTime(buffer, at);
    maxTimestamp = RecordBatch.maxTimestamp(buffer, at);
    baseTimestamp = RecordBatch.baseTimestamp(buffer, at);
    baseOffset = RecordBatch.baseOffset(buffer, at);
    recordsLeft = RecordBatch.recordCount(buffer, at);
  }

  /**
   * Opens the batch at {@code at}, which must have passed {@link BatchValidator}. The buffer's
   * bytes must stay until the reader, and all that came from it, is no longer used.
   *
   * @param maxBytes how many bytes a compressed batch may decompress to
   * @throws InvalidRecordException if the codec is unknown or its data is malformed
   */
  public static RecordReader open(ByteBuffer buffer, int at, long maxBytes) {
    int end = at + RecordBatch.sizeInBytes(buffer, at);
    ByteBuffer records = buffer.duplicate().limit(end).position(at + RecordBatch.RECORDS);
    CompressionCodec codec = CompressionCodec.forId(RecordBatch.codecId(buffer, at));
    if (codec == null) {
      throw new InvalidRecordException(
          BatchFault.BAD_CODEC, "id " + RecordBatch.codecId(buffer, at));
    }
    return new RecordReader(source(codec, records, maxBytes), buffer, at);
  }

  private static RecordSource source(CompressionCodec codec, ByteBuffer records, long maxBytes) {
    if (codec == CompressionCodec.NONE || !records.hasRemaining()) {
      return new RecordSource.Plain(records);
    }
    try {
      return new RecordSource.Compressed(codec.decompress(records), maxBytes);
    } catch (IOException e) {
      throw new InvalidRecordException(BatchFault.BAD_RECORD, e);
    }
  }

  /**
   * Moves to the next record.
   *
   * @return false after the last one
   * @throws InvalidRecordException if that record is malformed, or bytes follow the last one
   */
  public boolean next() {
    if (recordsLeft <= 0) {
      if (!source.isExhausted()) {
        throw new InvalidRecordException(BatchFault.BAD_RECORD, "bytes follow the last record");
      }
      return false;
    }
    recordsLeft--;
    body = source.next();
    parse(body);
    return true;
  }

  public long offset() {
    return offset;
  }

  /** In ms: the record's own, or the batch's append time. */
  public long timestamp() {
    return timestamp;
  }

  public boolean hasKey() {
    return keySize >= 0;
  }

  public boolean hasValue() {
    return valueSize >= 0;
  }

  /** A view of the key's bytes; stays valid when the reader moves on. */
  public @Nullable ByteBuffer key() {
    return keySize < 0 ? null : body.slice(keyAt, keySize);
  }

  /** A view of the value's bytes; stays valid when the reader moves on. */
  public @Nullable ByteBuffer value() {
    return valueSize < 0 ? null : body.slice(valueAt, valueSize);
  }

  public List<RecordHeader> headers() {
    if (headerCount == 0) {
      return List.of();
    }
    ByteBuffer in = body.duplicate().position(headersAt);
    List<RecordHeader> headers = new ArrayList<>(headerCount);
    for (int i = 0; i < headerCount; i++) {
      int keyLength = VarInt.readInt(in);
      ByteBuffer key = in.slice(in.position(), keyLength);
      in.position(in.position() + keyLength);
      int valueLength = VarInt.readInt(in);
      ByteBuffer value = valueLength < 0 ? null : in.slice(in.position(), valueLength);
      in.position(in.position() + Math.max(0, valueLength));
      headers.add(new RecordHeader(key, value));
    }
    return headers;
  }

  /** Size in bytes of what follows the offset in the record: key, value and headers. */
  int tailSize() {
    return body.limit() - tailAt;
  }

  /** Appends these bytes, as they are encoded, to others. */
  void copyTail(RecordBytes to) {
    to.write(body, tailAt, tailSize());
  }

  /** The current record as a value of its own; its bytes are still views. */
  public Record record() {
    return new Record(offset, timestamp, key(), value(), headers());
  }

  @Override
  public void close() {
    source.close();
  }

  private void parse(ByteBuffer in) {
    skip(in, 1); // attributes
    long timestampDelta = VarInt.readLong(in);
    timestamp = logAppendTime ? maxTimestamp : baseTimestamp + timestampDelta;
    offset = baseOffset + VarInt.readInt(in);
    tailAt = in.position();
    keySize = length(in, NULL_LENGTH);
    keyAt = skip(in, keySize);
    valueSize = length(in, NULL_LENGTH);
    valueAt = skip(in, valueSize);
    headerCount = length(in, 0);
    headersAt = in.position();
    for (int i = 0; i < headerCount; i++) {
      skip(in, length(in, 0));
      skip(in, length(in, NULL_LENGTH));
    }
    if (in.hasRemaining()) {
      throw new InvalidRecordException(
          BatchFault.BAD_RECORD, in.remaining() + " bytes follow the record's headers");
    }
  }

  private static int length(ByteBuffer in, int smallest) {
    int length = VarInt.readInt(in);
    if (length < smallest) {
      throw new InvalidRecordException(BatchFault.BAD_RECORD, "a length of " + length);
    }
    return length;
  }

  /** Skips a field, of which a negative length means null; gives the index where it starts. */
  private static int skip(ByteBuffer in, int length) {
    int start = in.position();
    if (length > in.remaining()) {
      throw new InvalidRecordException(
          BatchFault.BAD_RECORD,
          "a field of " + length + " bytes with " + in.remaining() + " left");
    }
    in.position(start + Math.max(0, length));
    return start;
  }
}
