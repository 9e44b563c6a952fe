package io.tailrace.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.xerial.snappy.Snappy;
import org.xerial.snappy.SnappyOutputStream;

/**
 * Snappy data as producers send it: snappy-java's framing, or one raw block.
 *
 * <pre>
 *   framing: header, then for each block: int32 size, size bytes
 *   header:  82 'S' 'N' 'A' 'P' 'P' 'Y' 00, int32 version, int32 compatible version
 * </pre>
 *
 * Reads the framing itself, and checks what a block claims to hold, because the versions of
 * snappy-java that an application may bring along (kafka-clients 4.3.1 has 1.1.10.7) allocate
 * whatever is declared. Apart from {@link CompressionCodec}, so that the library is loaded only on
 * use.
 */
final class SnappyCodec {
  private static final long MAGIC = 0x82534e4150505900L;
  private static final int HEADER_SIZE = 16;

  /** No Snappy element makes more than 64 bytes out of 3. */
  private static final int MAX_RATIO = 22;

  private SnappyCodec() {}

  static OutputStream compress(OutputStream out) {
    return new SnappyOutputStream(out);
  }

  /** Takes over {@code data}. */
  static InputStream decompress(ByteBuffer data) throws IOException {
    return startsWithHeader(data)
        ? new BlockStream(data)
        : new ByteBufferInputStream(ByteBuffer.wrap(uncompress(data, data.remaining())));
  }

  private static boolean startsWithHeader(ByteBuffer data) {
    return data.remaining() >= HEADER_SIZE && data.getLong(data.position()) == MAGIC;
  }

  private static byte[] uncompress(ByteBuffer data, int size) throws IOException {
    byte[] block = new byte[size];
    data.get(block);
    int length = Snappy.uncompressedLength(block);
    if (length < 0 || length > (long) MAX_RATIO * size) {
      throw new IOException("a Snappy block of " + size + " bytes claims to hold " + length);
    }
    byte[] bytes = new byte[length];
    int written = Snappy.uncompress(block, 0, size, bytes, 0);
    if (written != length) {
      throw new IOException("a Snappy block holds " + written + " bytes instead of " + length);
    }
    return bytes;
  }

  private static final class BlockStream extends InputStream {
    private final ByteBuffer data;
    private ByteBufferInputStream block = new ByteBufferInputStream(ByteBuffer.allocate(0));

    BlockStream(ByteBuffer data) {
      this.data = data;
    }

    @Override
    public int read() throws IOException {
      return nextBlockIfDone() ? block.read() : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return nextBlockIfDone() ? block.read(bytes, offset, length) : -1;
    }

    private boolean nextBlockIfDone() throws IOException {
      while (block.available() == 0) {
        if (!data.hasRemaining()) {
          return false;
        }
        if (startsWithHeader(data)) { // streams may be concatenated
          data.position(data.position() + HEADER_SIZE);
        } else {
          block = new ByteBufferInputStream(ByteBuffer.wrap(uncompress(data, blockSize())));
        }
      }
      return true;
    }

    private int blockSize() throws IOException {
      if (data.remaining() < Integer.BYTES) {
        throw new IOException("the Snappy data ends inside a block size");
      }
      int size = data.getInt();
      if (size <= 0 || size > data.remaining()) {
        throw new IOException(
            "a Snappy block of " + size + " bytes with " + data.remaining() + " remaining");
      }
      return size;
    }
  }
}
