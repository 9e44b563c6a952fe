package io.tailrace.record;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A growing array of encoded records, that can be viewed without a copy. */
final class RecordBytes extends ByteArrayOutputStream {
  private static final int NULL_LENGTH = -1;

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
    writeAll(field);
  }

  static int sizeOfField(@Nullable ByteBuffer field) {
    int size = field == null ? 0 : field.remaining();
    return VarInt.sizeOf(field == null ? NULL_LENGTH : size) + size;
  }

  /** Everything written so far, in place. */
  ByteBuffer view() {
    return ByteBuffer.wrap(buf, 0, count);
  }

  private void writeAll(ByteBuffer bytes) {
    if (bytes.hasArray()) {
      write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
      return;
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(bytes.position(), copy);
    write(copy, 0, copy.length);
  }
}
