package io.tailrace.protocol;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the protocol's primitives from a frame that may be hostile. Nothing is allocated before it
 * is known that the frame has the bytes for it, and all that one frame becomes is bounded too
 * ({@link HeapBudget}). For one thread; reusable ({@link #reset}).
 *
 * <p>{@code compact} means a flexible version (KIP-482): lengths are unsigned varints of the length
 * plus one. A length of -1 (compact: 0) is null.
 */
public final class ProtocolReader {
  private static final int MAX_STRING = Short.MAX_VALUE;
  private static final int SMALLEST_TAGGED_FIELD = 2;

  private final HeapBudget budget = new HeapBudget();
  private ByteBuffer buffer;
  private int position;
  private int limit;
  private byte[] scratch = new byte[64];

  /** Reads the buffer's position to its limit, and leaves both as they are. */
  public ProtocolReader(ByteBuffer buffer) {
    this.buffer = buffer;
    reset(buffer);
  }

  /** Starts over with another frame. */
  public void reset(ByteBuffer frame) {
    if (frame.order() != ByteOrder.BIG_ENDIAN) {
      throw new IllegalArgumentException("The protocol is big-endian, the buffer is not");
    }
    buffer = frame;
    position = frame.position();
    limit = frame.limit();
    budget.reset(limit - position);
  }

  /** Index in the buffer of the next byte. */
  public int position() {
    return position;
  }

  public int remaining() {
    return limit - position;
  }

  /** Bytes that may still be allocated. */
  long heapLeft() {
    return budget.left();
  }

  public boolean readBoolean() {
    return readByte() != 0;
  }

  public byte readByte() {
    return buffer.get(advance(1));
  }

  public short readShort() {
    return buffer.getShort(advance(2));
  }

  public int readUnsignedShort() {
    return readShort() & 0xFFFF;
  }

  public int readInt() {
    return buffer.getInt(advance(4));
  }

  public long readUnsignedInt() {
    return readInt() & 0xFFFF_FFFFL;
  }

  public long readLong() {
    return buffer.getLong(advance(8));
  }

  public double readDouble() {
    return buffer.getDouble(advance(8));
  }

  public UUID readUuid() {
    long high = readLong();
    long low = readLong();
    if (high == 0 && low == 0) {
      return Message.ZERO_UUID;
    }
    budget.charge(HeapBudget.UUID);
    return new UUID(high, low);
  }

  /** An unsigned 32-bit number in one to five bytes; what exceeds 2^31 - 1 comes out negative. */
  public int readUnsignedVarint() {
    int value = 0;
    for (int shift = 0; shift < 28; shift += 7) {
      byte next = readByte();
      value |= (next & 0x7F) << shift;
      if (next >= 0) {
        return value;
      }
    }
    int last = readByte();
    if ((last & 0xF0) != 0) {
      throw new MalformedMessageException("A varint before byte " + position + " exceeds 32 bits");
    }
    return value | last << 28;
  }

  public String readString(boolean compact) {
    return required(readNullableString(compact), "string");
  }

  public @Nullable String readNullableString(boolean compact) {
    int length = compact ? readUnsignedVarint() - 1 : readShort();
    if (length == 0) {
      return "";
    }
    if (length == -1) {
      return null;
    }
    if (length > MAX_STRING) {
      throw malformed("A string", length);
    }
    return string(checkLength(length, 1));
  }

  private String string(int length) {
    if (scratch.length < length) {
      scratch = new byte[Math.max(length, Math.min(MAX_STRING, scratch.length * 4))];
    }
    buffer.get(advance(length), scratch, 0, length);
    int bits = 0;
    for (int i = 0; i < length; i++) {
      bits |= scratch[i];
    }
    boolean ascii = bits >= 0;
    budget.chargeString(length, ascii);
    return new String(scratch, 0, length, ascii ? ISO_8859_1 : UTF_8);
  }

  /** A field of type bytes, or an array of int8: they look the same. */
  public byte[] readBytes(boolean compact) {
    return required(readNullableBytes(compact), "bytes");
  }

  public byte @Nullable [] readNullableBytes(boolean compact) {
    int length = readLength(compact, 1);
    if (length <= 0) {
      return length == 0 ? Message.NO_BYTES : null;
    }
    budget.chargeArray(length, 1);
    byte[] bytes = new byte[length];
    buffer.get(advance(length), bytes);
    return bytes;
  }

  /** Record batches as a slice of the frame: nothing is copied. */
  public MemoryRecords readRecords(boolean compact) {
    return required(readNullableRecords(compact), "records");
  }

  public @Nullable MemoryRecords readNullableRecords(boolean compact) {
    int length = readLength(compact, 1);
    if (length <= 0) {
      return length == 0 ? MemoryRecords.EMPTY : null;
    }
    budget.chargeSlice();
    return new MemoryRecords(buffer.slice(advance(length), length));
  }

  public short[] readShorts(boolean compact) {
    return required(readNullableShorts(compact), "array");
  }

  public short @Nullable [] readNullableShorts(boolean compact) {
    int count = readLength(compact, 2);
    if (count <= 0) {
      return count == 0 ? Message.NO_SHORTS : null;
    }
    budget.chargeArray(count, 2);
    short[] values = new short[count];
    for (int i = 0; i < count; i++) {
      values[i] = readShort();
    }
    return values;
  }

  public int[] readInts(boolean compact) {
    return required(readNullableInts(compact), "array");
  }

  public int @Nullable [] readNullableInts(boolean compact) {
    int count = readLength(compact, 4);
    if (count <= 0) {
      return count == 0 ? Message.NO_INTS : null;
    }
    budget.chargeArray(count, 4);
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      values[i] = readInt();
    }
    return values;
  }

  public long[] readLongs(boolean compact) {
    return required(readNullableLongs(compact), "array");
  }

  public long @Nullable [] readNullableLongs(boolean compact) {
    int count = readLength(compact, 8);
    if (count <= 0) {
      return count == 0 ? Message.NO_LONGS : null;
    }
    budget.chargeArray(count, 8);
    long[] values = new long[count];
    for (int i = 0; i < count; i++) {
      values[i] = readLong();
    }
    return values;
  }

  public List<String> readStrings(boolean compact) {
    return required(readNullableStrings(compact), "array");
  }

  public @Nullable List<String> readNullableStrings(boolean compact) {
    int count = readNullableArrayLength(compact, compact ? 1 : 2, HeapBudget.SLOT);
    if (count <= 0) {
      return count == 0 ? List.of() : null;
    }
    List<String> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(readString(compact));
    }
    return values;
  }

  public List<UUID> readUuids(boolean compact) {
    return required(readNullableUuids(compact), "array");
  }

  public @Nullable List<UUID> readNullableUuids(boolean compact) {
    int count = readNullableArrayLength(compact, 16, HeapBudget.SLOT);
    if (count <= 0) {
      return count == 0 ? List.of() : null;
    }
    List<UUID> values = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.add(readUuid());
    }
    return values;
  }

  /**
   * The number of elements of an array of structs.
   *
   * @param smallestElement bytes that an element takes at least on the wire
   * @param heapBytes bytes that a decoded element takes on the heap, without what it refers to
   */
  public int readArrayLength(boolean compact, int smallestElement, int heapBytes) {
    int count = readNullableArrayLength(compact, smallestElement, heapBytes);
    if (count < 0) {
      throw new MalformedMessageException("An array before byte " + position + " is null");
    }
    return count;
  }

  /** Like {@link #readArrayLength}, and -1 if the array is null. */
  public int readNullableArrayLength(boolean compact, int smallestElement, int heapBytes) {
    int count = readLength(compact, smallestElement);
    if (count > 0) {
      budget.chargeList(count, heapBytes);
    }
    return count;
  }

  /** Whether a nullable struct follows (KIP-893). */
  public boolean readPresence() {
    return readByte() >= 0;
  }

  /** The same in a tagged field, where Kafka marks it with a varint. */
  public boolean readTaggedPresence() {
    return readUnsignedVarint() > 0;
  }

  /** Accounts for heap memory about to be used for a struct. */
  public void charge(int heapBytes) {
    budget.charge(heapBytes);
  }

  public int readTagCount() {
    return checkLength(readUnsignedVarint(), SMALLEST_TAGGED_FIELD);
  }

  /** Leaves out an unknown tagged field of this size. */
  public void skip(int bytes) {
    advance(checkLength(bytes, 1));
  }

  public void skipTaggedFields() {
    for (int left = readTagCount(); left > 0; left--) {
      readUnsignedVarint();
      skip(readUnsignedVarint());
    }
  }

  /**
   * @throws MalformedMessageException if the version is not from lowest to highest
   */
  public static void checkVersion(String message, short version, short lowest, short highest) {
    if (version < lowest || version > highest) {
      throw new MalformedMessageException(
          message + " has versions " + lowest + " to " + highest + ", not " + version);
    }
  }

  private int readLength(boolean compact, int elementSize) {
    int length = compact ? readUnsignedVarint() - 1 : readInt();
    return length == -1 ? -1 : checkLength(length, elementSize);
  }

  private int checkLength(int length, int elementSize) {
    if (length < 0 || (long) length * elementSize > remaining()) {
      throw malformed("A field", length);
    }
    return length;
  }

  private int advance(int bytes) {
    int at = position;
    if (bytes > limit - at) {
      throw malformed("A field", bytes);
    }
    position = at + bytes;
    return at;
  }

  private MalformedMessageException malformed(String what, int length) {
    return new MalformedMessageException(
        what
            + " at byte "
            + position
            + " has length "
            + length
            + ", but "
            + remaining()
            + " bytes remain");
  }

  private <T> T required(@Nullable T value, String type) {
    if (value == null) {
      throw new MalformedMessageException(
          "A field of type "
              + type
              + " before byte "
              + position
              + " is null, which it must not be");
    }
    return value;
  }
}
