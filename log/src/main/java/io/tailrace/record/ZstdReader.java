package io.tailrace.record;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * Decompresses one piece of Zstandard data after the other (frames in a row, as they come) with one
 * context, which keeps the memory for the largest window that it met, at most 128 MB. Through
 * direct buffers, because the garbage collector has to wait for native code that works on arrays.
 * For one thread.
 */
final class ZstdReader extends PieceStream {
  private static final int PIECE = 64 << 10;

  private final ZstdDecompressCtx context = new ZstdDecompressCtx();
  private final ByteBuffer in;
  private final ByteBuffer out;
  private ByteBuffer data = ByteBuffer.allocate(0);
  private boolean frameIsWhole = true;

  /**
   * @param memory outlives it
   */
  ZstdReader(Arena memory) {
    this(memory.allocate(PIECE).asByteBuffer(), memory.allocate(PIECE).asByteBuffer());
  }

  private ZstdReader(ByteBuffer in, ByteBuffer out) {
    super(out);
    this.in = in;
    this.out = out;
  }

  /** Starts with other data: position to limit. */
  ZstdReader begin(ByteBuffer compressed) {
    context.reset();
    data = compressed.duplicate();
    in.limit(0);
    out.limit(0);
    frameIsWhole = true;
    return this;
  }

  @Override
  boolean fill() throws IOException {
    while (!out.hasRemaining()) {
      load();
      if (frameIsWhole && !in.hasRemaining()) {
        return false;
      }
      int before = in.remaining();
      decompress();
      if (!out.hasRemaining() && in.remaining() == before) {
        throw new IOException("the Zstandard data is cut off");
      }
    }
    return true;
  }

  private void load() {
    if (!in.hasRemaining()) {
      int count = Math.min(PIECE, data.remaining());
      in.clear().put(0, data, data.position(), count).limit(count);
      data.position(data.position() + count);
    }
  }

  private void decompress() throws IOException {
    out.clear();
    try {
      frameIsWhole = context.decompressDirectByteBufferStream(out, in);
    } catch (ZstdException e) {
      out.limit(0);
      throw new IOException(e);
    }
    out.flip();
  }

  /** It is of no use any more. */
  void free() {
    context.close();
  }
}
