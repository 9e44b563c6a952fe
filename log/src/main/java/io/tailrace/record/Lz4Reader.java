package io.tailrace.record;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;

/**
 * Decompresses one LZ4 frame after the other, if it is plain, as the Java client and librdkafka
 * write it: independent blocks of at most 64 KB, no checksums, no size. For one thread.
 *
 * <pre>
 *   header (7 bytes), then for each block: int32 size (its highest bit: not compressed), size bytes
 *   an int32 0 ends it; numbers are little-endian
 * </pre>
 */
final class Lz4Reader extends PieceStream {
  /** Magic number, then flags, block size, and the checksum of these two. */
  static final byte[] PLAIN_HEADER = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, (byte) 0x82};

  static final int BLOCK_SIZE = 64 << 10;
  static final int NOT_COMPRESSED = 1 << 31;

  private final LZ4SafeDecompressor decompressor = LZ4Factory.fastestInstance().safeDecompressor();
  private final ByteBuffer block;
  private ByteBuffer data;
  private boolean ended;

  Lz4Reader() {
    this(ByteBuffer.allocate(BLOCK_SIZE));
  }

  private Lz4Reader(ByteBuffer block) {
    super(block);
    this.block = block;
    this.data = block;
  }

  /** Whether the frame from position to limit is one for this class. */
  static boolean isPlain(ByteBuffer frame) {
    int header = PLAIN_HEADER.length;
    return frame.remaining() >= header
        && frame.slice(frame.position(), header).equals(ByteBuffer.wrap(PLAIN_HEADER));
  }

  /** Starts with another frame, which {@link #isPlain}. */
  Lz4Reader begin(ByteBuffer frame) {
    data = frame.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    data.position(data.position() + PLAIN_HEADER.length);
    block.limit(0);
    ended = false;
    return this;
  }

  @Override
  boolean fill() throws IOException {
    while (!block.hasRemaining() && !ended) {
      int size = need(Integer.BYTES).getInt();
      if (size == 0) {
        ended = true;
      } else {
        readBlock(size & ~NOT_COMPRESSED, size < 0);
      }
    }
    return block.hasRemaining();
  }

  private ByteBuffer need(int bytes) throws IOException {
    if (data.remaining() < bytes) {
      throw new IOException("the LZ4 frame is cut off");
    }
    return data;
  }

  private void readBlock(int size, boolean plain) throws IOException {
    if (size > BLOCK_SIZE) {
      throw new IOException("an LZ4 block of " + size + " bytes, of at most " + BLOCK_SIZE);
    }
    int at = need(size).position();
    if (plain) {
      block.clear().put(0, data, at, size).limit(size);
    } else {
      try {
        block.clear();
        block.limit(decompressor.decompress(data, at, size, block, 0, BLOCK_SIZE));
      } catch (LZ4Exception e) {
        block.limit(0);
        throw new IOException(e);
      }
    }
    data.position(at + size);
  }
}
