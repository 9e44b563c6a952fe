package io.tailrace.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The zigzag variable-length integers of records: seven bits a byte, low bits first, at most five
 * bytes for an int and ten for a long (as in Protocol Buffers' sint32 and sint64).
 */
final class VarInt {
  private static final int MAX_INT_BYTES = 5;
  private static final int MAX_LONG_BYTES = 10;

  private VarInt() {}

  static int readInt(ByteBuffer in) {
    int raw = 0;
    for (int i = 0; i < MAX_INT_BYTES; i++) {
      byte b = readByte(in);
      raw |= (b & 0x7f) << (7 * i);
      if (b >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw tooLong(MAX_INT_BYTES);
  }

  static long readLong(ByteBuffer in) {
    long raw = 0;
    for (int i = 0; i < MAX_LONG_BYTES; i++) {
      byte b = readByte(in);
      raw |= (b & 0x7fL) << (7 * i);
      if (b >= 0) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw tooLong(MAX_LONG_BYTES);
  }

  static int readInt(InputStream in) throws IOException {
    int raw = 0;
    for (int i = 0; i < MAX_INT_BYTES; i++) {
      int b = in.read();
      if (b < 0) {
        throw new InvalidRecordException(BatchFault.BAD_RECORD, "the records end early");
      }
      raw |= (b & 0x7f) << (7 * i);
      if (b < 0x80) {
        return (raw >>> 1) ^ -(raw & 1);
      }
    }
    throw tooLong(MAX_INT_BYTES);
  }

  static void write(long value, ByteArrayOutputStream out) {
    long raw = (value << 1) ^ (value >> 63);
    while ((raw & ~0x7fL) != 0) {
      out.write((int) (raw & 0x7f) | 0x80);
      raw >>>= 7;
    }
    out.write((int) raw);
  }

  static int sizeOf(long value) {
    long raw = (value << 1) ^ (value >> 63);
    return (70 - Long.numberOfLeadingZeros(raw | 1)) / 7;
  }

  private static byte readByte(ByteBuffer in) {
    if (!in.hasRemaining()) {
      throw new InvalidRecordException(BatchFault.BAD_RECORD, "the record ends inside a number");
    }
    return in.get();
  }

  private static InvalidRecordException tooLong(int maxBytes) {
    return new InvalidRecordException(
        BatchFault.BAD_RECORD, "a number is longer than " + maxBytes + " bytes");
  }
}
