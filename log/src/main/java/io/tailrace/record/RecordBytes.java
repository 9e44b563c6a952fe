package io.tailrace.record;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A growing array of encoded records, that can be viewed without a copy. For one thread. */
final class RecordBytes extends ByteArrayOutputStream {
  private static final int NULL_LENGTH = -1;

  @Override
  public void write(int b) {
    reserve(1);
    buf[count++] = (byte) b;
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    reserve(length);
    System.arraycopy(bytes, offset, buf, count, length);
    count += length;
  }

  /** Appends a part of a buffer, given by index. */
  void write(ByteBuffer from, int at, int length) {
    reserve(length);
    from.get(at, buf, count, length);
    count += length;
  }

  private void reserve(int length) {
    int needed = Math.addExact(count, length);
    if (needed > buf.length) {
      buf =
          Arrays.copyOf(
              buf, (int) Math.min(Integer.MAX_VALUE - 8, Math.max(needed, 2L * buf.length)));
    }
  }

  void writeVarInt(long value) {
    VarInt.write(value, this);
  }

  /** A field with its length before it; the buffer's position stays. */
  void writeField(@Nullable ByteBuffer field) {
    if (field == null) {
      writeVarInt(NULL_LENGTH);
      return;
    }
    writeVarInt(field.remaining());
    write(field, field.position(), field.remaining());
  }

  static int sizeOfField(@Nullable ByteBuffer field) {
    int size = field == null ? 0 : field.remaining();
    return VarInt.sizeOf(field == null ? NULL_LENGTH : size) + size;
  }

  /** Everything written so far, in place. */
  ByteBuffer view() {
    return ByteBuffer.wrap(buf, 0, count);
  }
}
