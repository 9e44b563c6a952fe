package io.tailrace.record;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The layout of a record batch, magic 2 (KIP-98), and accessors to its header. A batch has the same
 * bytes on the wire and on disk; all numbers are big-endian.
 *
 * <pre>
 *   0  baseOffset            int64   patched by the broker; outside the CRC
 *   8  batchLength           int32   bytes that follow this field
 *  12  partitionLeaderEpoch  int32   patched by the broker; outside the CRC
 *  16  magic                 int8    2
 *  17  crc                   uint32  CRC-32C of everything from attributes on
 *  21  attributes            int16   bits 0-2 codec, 3 timestamp type, 4 transactional,
 *                                    5 control, 6 delete horizon set
 *  23  lastOffsetDelta       int32
 *  27  baseTimestamp         int64   ms; the delete horizon if bit 6 is set
 *  35  maxTimestamp          int64   ms; the append time if the timestamp type is LogAppendTime
 *  43  producerId            int64   -1: none
 *  51  producerEpoch         int16   -1: none
 *  53  baseSequence          int32   -1: none
 *  57  recordCount           int32
 *  61  records               compressed as one piece, if a codec is set
 * </pre>
 *
 * <p>All accessors take the buffer that holds the batch (big-endian) and the index of the batch's
 * first byte, and leave the buffer's position alone. They check nothing: {@code BatchValidator}
 * does, once, where bytes come in.
 */
public final class RecordBatch {
  public static final int BASE_OFFSET = 0;
  public static final int BATCH_LENGTH = 8;
  public static final int PARTITION_LEADER_EPOCH = 12;
  public static final int MAGIC = 16;
  public static final int CRC = 17;
  public static final int ATTRIBUTES = 21;
  public static final int LAST_OFFSET_DELTA = 23;
  public static final int BASE_TIMESTAMP = 27;
  public static final int MAX_TIMESTAMP = 35;
  public static final int PRODUCER_ID = 43;
  public static final int PRODUCER_EPOCH = 51;
  public static final int BASE_SEQUENCE = 53;
  public static final int RECORD_COUNT = 57;
  public static final int RECORDS = 61;

  /** Size in bytes of a batch header, so the smallest size of a batch. */
  public static final int HEADER_SIZE = RECORDS;

  /** Size in bytes of base offset and batch length, which a batch's length does not count. */
  public static final int LOG_OVERHEAD = BATCH_LENGTH + Integer.BYTES;

  public static final byte MAGIC_V2 = 2;
  public static final long NO_PRODUCER_ID = -1;
  public static final short NO_PRODUCER_EPOCH = -1;
  public static final int NO_SEQUENCE = -1;
  public static final long NO_TIMESTAMP = -1;

  private static final int CODEC_MASK = 0x07;
  static final int LOG_APPEND_TIME_BIT = 0x08;
  static final int TRANSACTIONAL_BIT = 0x10;
  static final int CONTROL_BIT = 0x20;
  static final int DELETE_HORIZON_BIT = 0x40;

  private RecordBatch() {}

  public static long baseOffset(ByteBuffer buffer, int at) {
    return buffer.getLong(at + BASE_OFFSET);
  }

  /** Size in bytes of the whole batch, as its length field claims it; may overflow if hostile. */
  public static int sizeInBytes(ByteBuffer buffer, int at) {
    return LOG_OVERHEAD + buffer.getInt(at + BATCH_LENGTH);
  }

  public static int partitionLeaderEpoch(ByteBuffer buffer, int at) {
    return buffer.getInt(at + PARTITION_LEADER_EPOCH);
  }

  public static byte magic(ByteBuffer buffer, int at) {
    return buffer.get(at + MAGIC);
  }

  /** The checksum that the batch carries, as an unsigned 32-bit value. */
  public static long storedCrc(ByteBuffer buffer, int at) {
    return Integer.toUnsignedLong(buffer.getInt(at + CRC));
  }

  /** The checksum of the {@code sizeInBytes} bytes at {@code at}, computed now. */
  public static long computedCrc(ByteBuffer buffer, int at, int sizeInBytes) {
    int limit = buffer.limit();
    int position = buffer.position();
    CRC32C crc = new CRC32C();
    buffer.limit(at + sizeInBytes).position(at + ATTRIBUTES);
    crc.update(buffer);
    buffer.limit(limit).position(position);
    return crc.getValue();
  }

  public static short attributes(ByteBuffer buffer, int at) {
    return buffer.getShort(at + ATTRIBUTES);
  }

  /** The id of the compression codec: see {@code CompressionCodec}. */
  public static int codecId(ByteBuffer buffer, int at) {
    return attributes(buffer, at) & CODEC_MASK;
  }

  public static boolean isLogAppendTime(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & LOG_APPEND_TIME_BIT) != 0;
  }

  public static boolean isTransactional(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & TRANSACTIONAL_BIT) != 0;
  }

  public static boolean isControl(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & CONTROL_BIT) != 0;
  }

  public static boolean hasDeleteHorizon(ByteBuffer buffer, int at) {
    return (attributes(buffer, at) & DELETE_HORIZON_BIT) != 0;
  }

  public static int lastOffsetDelta(ByteBuffer buffer, int at) {
    return buffer.getInt(at + LAST_OFFSET_DELTA);
  }

  public static long lastOffset(ByteBuffer buffer, int at) {
    return baseOffset(buffer, at) + lastOffsetDelta(buffer, at);
  }

  /** The offset of the record that would follow this batch. */
  public static long nextOffset(ByteBuffer buffer, int at) {
    return lastOffset(buffer, at) + 1;
  }

  public static long baseTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + BASE_TIMESTAMP);
  }

  public static long maxTimestamp(ByteBuffer buffer, int at) {
    return buffer.getLong(at + MAX_TIMESTAMP);
  }

  /**
   * When the first record was written, in ms, as far as the header tells: where the delete horizon
   * has taken its place, the latest record's time. {@link #NO_TIMESTAMP} if records have none.
   */
  public static long firstTimestamp(ByteBuffer buffer, int at) {
    boolean elsewhere = isLogAppendTime(buffer, at) || hasDeleteHorizon(buffer, at);
    return elsewhere ? maxTimestamp(buffer, at) : baseTimestamp(buffer, at);
  }

  public static long producerId(ByteBuffer buffer, int at) {
    return buffer.getLong(at + PRODUCER_ID);
  }

  public static boolean hasProducerId(ByteBuffer buffer, int at) {
    return producerId(buffer, at) > NO_PRODUCER_ID;
  }

  public static short producerEpoch(ByteBuffer buffer, int at) {
    return buffer.getShort(at + PRODUCER_EPOCH);
  }

  public static int baseSequence(ByteBuffer buffer, int at) {
    return buffer.getInt(at + BASE_SEQUENCE);
  }

  /** The sequence number of the last record; wraps from 2³¹−1 to 0. */
  public static int lastSequence(ByteBuffer buffer, int at) {
    int base = baseSequence(buffer, at);
    return base == NO_SEQUENCE ? NO_SEQUENCE : (base + lastOffsetDelta(buffer, at)) & 0x7fffffff;
  }

  public static int recordCount(ByteBuffer buffer, int at) {
    return buffer.getInt(at + RECORD_COUNT);
  }

  /** Gives the batch its place in the log; the CRC stays valid. */
  public static void patch(ByteBuffer buffer, int at, long baseOffset, int leaderEpoch) {
    buffer.putLong(at + BASE_OFFSET, baseOffset);
    buffer.putInt(at + PARTITION_LEADER_EPOCH, leaderEpoch);
  }

  /** Stamps the batch with its append time and computes its CRC anew. */
  public static void setLogAppendTime(
      ByteBuffer buffer, int at, int sizeInBytes, long appendTimeMs) {
    short attributes = (short) (attributes(buffer, at) | LOG_APPEND_TIME_BIT);
    buffer.putShort(at + ATTRIBUTES, attributes);
    buffer.putLong(at + MAX_TIMESTAMP, appendTimeMs);
    updateCrc(buffer, at, sizeInBytes);
  }

  /**
   * What is left of a batch when all its records go, but its offsets and its producer's sequence
   * numbers have to be remembered: its header, without codec, first timestamp and delete horizon.
   */
  public static ByteBuffer emptied(ByteBuffer buffer, int at) {
    ByteBuffer empty = ByteBuffer.allocate(HEADER_SIZE).put(0, buffer, at, HEADER_SIZE);
    empty.putInt(BATCH_LENGTH, HEADER_SIZE - LOG_OVERHEAD);
    int attributes = attributes(buffer, at) & ~(CODEC_MASK | DELETE_HORIZON_BIT);
    empty.putShort(ATTRIBUTES, (short) attributes);
    empty.putLong(BASE_TIMESTAMP, NO_TIMESTAMP);
    empty.putInt(RECORD_COUNT, 0);
    updateCrc(empty, 0, HEADER_SIZE);
    return empty;
  }

  static void updateCrc(ByteBuffer buffer, int at, int sizeInBytes) {
    buffer.putInt(at + CRC, (int) computedCrc(buffer, at, sizeInBytes));
  }
}
