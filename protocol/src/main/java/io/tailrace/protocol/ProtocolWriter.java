package io.tailrace.protocol;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Writes the protocol's primitives into a buffer that grows, in one pass. {@link Records} that are
 * not in memory are not copied: the writer notes where they belong (a <i>splice</i>), and whoever
 * sends the message sends bytes, splice, bytes, splice, and so on. For one thread; reusable.
 *
 * <p>{@code compact} means a flexible version, as in {@link ProtocolReader}.
 */
public final class ProtocolWriter {
  private static final int INITIAL_CAPACITY = 256;
  private static final int MAX_KEPT_CAPACITY = 1 << 20;
  private static final int MAX_STRING = Short.MAX_VALUE;

  private ByteBuffer buffer = ByteBuffer.allocate(INITIAL_CAPACITY);
  private int size;
  private int[] splicePositions = new int[4];
  private Records[] splices = new Records[4];
  private int spliceCount;

  /** Forgets what was written; views of the buffer become invalid. */
  public void reset() {
    size = 0;
    Arrays.fill(splices, 0, spliceCount, MemoryRecords.EMPTY);
    spliceCount = 0;
    if (buffer.capacity() > MAX_KEPT_CAPACITY) {
      buffer = ByteBuffer.allocate(INITIAL_CAPACITY);
    }
  }

  /** Bytes in the buffer. */
  public int size() {
    return size;
  }

  /** Bytes in the buffer and in all splices. */
  public long totalSize() {
    return size + spliceBytesFrom(0);
  }

  /** A view of what was written, valid until the next write. */
  public ByteBuffer buffer() {
    return buffer.slice(0, size);
  }

  public int spliceCount() {
    return spliceCount;
  }

  /** Number of bytes in the buffer that come before the splice; never less than the one before. */
  public int splicePosition(int index) {
    return splicePositions[index];
  }

  public Records splice(int index) {
    return splices[index];
  }

  /** Replaces four bytes written before. */
  public void putInt(int at, int value) {
    if (at + 4 > size) {
      throw new IndexOutOfBoundsException("Bytes " + at + " to " + (at + 4) + " of " + size);
    }
    buffer.putInt(at, value);
  }

  public void writeBoolean(boolean value) {
    writeByte((byte) (value ? 1 : 0));
  }

  public void writeByte(byte value) {
    int at = advance(1);
    buffer.put(at, value);
  }

  public void writeShort(short value) {
    int at = advance(2);
    buffer.putShort(at, value);
  }

  public void writeUnsignedShort(int value) {
    int at = advance(2);
    buffer.putShort(at, (short) checkRange(value, 0xFFFF));
  }

  public void writeInt(int value) {
    int at = advance(4);
    buffer.putInt(at, value);
  }

  public void writeUnsignedInt(long value) {
    int at = advance(4);
    buffer.putInt(at, (int) checkRange(value, 0xFFFF_FFFFL));
  }

  public void writeLong(long value) {
    int at = advance(8);
    buffer.putLong(at, value);
  }

  public void writeDouble(double value) {
    int at = advance(8);
    buffer.putDouble(at, value);
  }

  public void writeUuid(UUID value) {
    writeLong(value.getMostSignificantBits());
    writeLong(value.getLeastSignificantBits());
  }

  public void writeUnsignedVarint(int value) {
    int at = advance(varintSize(value));
    putVarint(at, value);
  }

  public void writeString(String value, boolean compact) {
    int chars = value.length();
    for (int i = 0; i < chars; i++) {
      if (value.charAt(i) >= 0x80) {
        writeUtf8(value, compact);
        return;
      }
    }
    writeStringLength(chars, compact);
    int at = advance(chars);
    for (int i = 0; i < chars; i++) {
      buffer.put(at + i, (byte) value.charAt(i));
    }
  }

  private void writeUtf8(String value, boolean compact) {
    byte[] bytes = value.getBytes(UTF_8);
    writeStringLength(bytes.length, compact);
    int at = advance(bytes.length);
    buffer.put(at, bytes);
  }

  private void writeStringLength(int length, boolean compact) {
    if (length > MAX_STRING) {
      throw new IllegalArgumentException(
          "A string of " + length + " bytes is too long: at most " + MAX_STRING);
    }
    if (compact) {
      writeUnsignedVarint(length + 1);
    } else {
      writeShort((short) length);
    }
  }

  public void writeNullableString(@Nullable String value, boolean compact) {
    if (value != null) {
      writeString(value, compact);
    } else if (compact) {
      writeUnsignedVarint(0);
    } else {
      writeShort((short) -1);
    }
  }

  public void writeBytes(byte[] value, boolean compact) {
    writeArrayLength(value.length, compact);
    int at = advance(value.length);
    buffer.put(at, value);
  }

  public void writeNullableBytes(byte @Nullable [] value, boolean compact) {
    if (value == null) {
      writeNullArray(compact);
    } else {
      writeBytes(value, compact);
    }
  }

  public void writeRecords(Records value, boolean compact) {
    int length = value.sizeInBytes();
    writeArrayLength(length, compact);
    if (value instanceof MemoryRecords(ByteBuffer bytes)) {
      int at = advance(length);
      buffer.put(at, bytes, bytes.position(), length);
    } else if (length > 0) {
      addSplice(value);
    }
  }

  public void writeNullableRecords(@Nullable Records value, boolean compact) {
    if (value == null) {
      writeNullArray(compact);
    } else {
      writeRecords(value, compact);
    }
  }

  public void writeShorts(short[] values, boolean compact) {
    writeArrayLength(values.length, compact);
    for (short value : values) {
      writeShort(value);
    }
  }

  public void writeNullableShorts(short @Nullable [] values, boolean compact) {
    if (values == null) {
      writeNullArray(compact);
    } else {
      writeShorts(values, compact);
    }
  }

  public void writeInts(int[] values, boolean compact) {
    writeArrayLength(values.length, compact);
    for (int value : values) {
      writeInt(value);
    }
  }

  public void writeNullableInts(int @Nullable [] values, boolean compact) {
    if (values == null) {
      writeNullArray(compact);
    } else {
      writeInts(values, compact);
    }
  }

  public void writeLongs(long[] values, boolean compact) {
    writeArrayLength(values.length, compact);
    for (long value : values) {
      writeLong(value);
    }
  }

  public void writeNullableLongs(long @Nullable [] values, boolean compact) {
    if (values == null) {
      writeNullArray(compact);
    } else {
      writeLongs(values, compact);
    }
  }

  public void writeStrings(List<String> values, boolean compact) {
    writeArrayLength(values.size(), compact);
    for (int i = 0; i < values.size(); i++) {
      writeString(required(values.get(i), "element of a list"), compact);
    }
  }

  public void writeNullableStrings(@Nullable List<String> values, boolean compact) {
    if (values == null) {
      writeNullArray(compact);
    } else {
      writeStrings(values, compact);
    }
  }

  public void writeUuids(List<UUID> values, boolean compact) {
    writeArrayLength(values.size(), compact);
    for (int i = 0; i < values.size(); i++) {
      writeUuid(required(values.get(i), "element of a list"));
    }
  }

  public void writeNullableUuids(@Nullable List<UUID> values, boolean compact) {
    if (values == null) {
      writeNullArray(compact);
    } else {
      writeUuids(values, compact);
    }
  }

  /** Starts an array, or the bytes of a field of type bytes or records. */
  public void writeArrayLength(int length, boolean compact) {
    if (compact) {
      writeUnsignedVarint(length + 1);
    } else {
      writeInt(length);
    }
  }

  public void writeNullArray(boolean compact) {
    writeArrayLength(-1, compact);
  }

  /** Says whether a nullable struct follows (KIP-893). */
  public void writePresence(boolean present) {
    writeByte((byte) (present ? 1 : -1));
  }

  /** The same in a tagged field, where Kafka marks it with a varint. */
  public void writeTaggedPresence(boolean present) {
    writeUnsignedVarint(present ? 1 : 0);
  }

  /** Starts a tagged field; the result is for {@link #endTaggedField}. */
  public int beginTaggedField(int tag) {
    writeUnsignedVarint(tag);
    return size;
  }

  /** Ends a tagged field: moves what was written since, and puts its size in front. */
  public void endTaggedField(int start) {
    int length = Math.toIntExact(size - start + spliceBytesFrom(start));
    int moved = size - start;
    int prefix = varintSize(length);
    advance(prefix);
    buffer.put(start + prefix, buffer, start, moved);
    putVarint(start, length);
    for (int i = spliceCount - 1; i >= 0 && splicePositions[i] >= start; i--) {
      splicePositions[i] += prefix;
    }
  }

  /**
   * Returns the value.
   *
   * @throws IllegalArgumentException if it is null; {@code field} says where
   */
  public static <T> T required(@Nullable T value, String field) {
    if (value == null) {
      throw new IllegalArgumentException(field + " is null, which it must not be");
    }
    return value;
  }

  /** For a field that has a value, but does not exist in this version of the message. */
  public static IllegalArgumentException absentField(String field, short version) {
    return new IllegalArgumentException(
        field + " is set, but does not exist in version " + version);
  }

  /**
   * @throws IllegalArgumentException if the version is not from lowest to highest
   */
  public static void checkVersion(String message, short version, short lowest, short highest) {
    if (version < lowest || version > highest) {
      throw new IllegalArgumentException(
          message + " has versions " + lowest + " to " + highest + ", not " + version);
    }
  }

  private static long checkRange(long value, long highest) {
    if (value < 0 || value > highest) {
      throw new IllegalArgumentException(value + " is not from 0 to " + highest);
    }
    return value;
  }

  private long spliceBytesFrom(int start) {
    long bytes = 0;
    for (int i = spliceCount - 1; i >= 0 && splicePositions[i] >= start; i--) {
      bytes += splices[i].sizeInBytes();
    }
    return bytes;
  }

  private void addSplice(Records records) {
    if (spliceCount == splices.length) {
      splices = Arrays.copyOf(splices, 2 * spliceCount);
      splicePositions = Arrays.copyOf(splicePositions, 2 * spliceCount);
    }
    splicePositions[spliceCount] = size;
    splices[spliceCount++] = records;
  }

  private void putVarint(int at, int value) {
    int left = value;
    int index = at;
    while ((left & ~0x7F) != 0) {
      buffer.put(index++, (byte) (left | 0x80));
      left >>>= 7;
    }
    buffer.put(index, (byte) left);
  }

  private static int varintSize(int value) {
    return (38 - Integer.numberOfLeadingZeros(value | 1)) / 7;
  }

  /** Makes room; call it before the buffer is touched, because it may replace the buffer. */
  private int advance(int bytes) {
    int at = size;
    if (bytes > buffer.capacity() - at) {
      grow(Math.addExact(at, bytes));
    }
    size = at + bytes;
    return at;
  }

  private void grow(int needed) {
    int capacity = (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * buffer.capacity()));
    ByteBuffer larger = ByteBuffer.allocate(capacity);
    larger.put(0, buffer, 0, size);
    buffer = larger;
  }
}
