package io.tailrace.record;

import com.github.luben.zstd.EndDirective;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/**
 * Makes one Zstandard frame after the other with one context, byte for byte as a new stream would:
 * of the level that is the library's default, and Kafka's (3), and of a size that is not known when
 * the frame begins. The library compresses small data of known size with other parameters, faster,
 * but to up to 5 % more. Through direct buffers, as {@link ZstdReader}. For one thread.
 */
final class ZstdWriter extends OutputStream {
  private static final int PIECE = 64 << 10;

  private final ZstdCompressCtx context = new ZstdCompressCtx();
  private final ByteBuffer in;
  private final ByteBuffer out;
  private RecordBytes to = new RecordBytes();

  /**
   * @param memory outlives it
   */
  ZstdWriter(Arena memory) {
    in = memory.allocate(PIECE).asByteBuffer();
    out = memory.allocate(PIECE).asByteBuffer();
  }

  /** Starts a frame, also if the last one has not been closed. */
  ZstdWriter begin(RecordBytes frame) {
    context.reset();
    to = frame;
    return this;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    for (int at = 0; at < length; at += PIECE) {
      in.clear().put(bytes, offset + at, Math.min(PIECE, length - at)).flip();
      while (in.hasRemaining()) {
        compress(EndDirective.CONTINUE);
      }
    }
  }

  /** Completes the frame. */
  @Override
  public void close() {
    in.limit(0);
    boolean complete;
    do {
      complete = compress(EndDirective.END);
    } while (!complete);
  }

  private boolean compress(EndDirective directive) {
    out.clear();
    boolean flushed = context.compressDirectByteBufferStream(out, in, directive);
    to.write(out, 0, out.position());
    return flushed;
  }

  /** It is of no use any more. */
  void free() {
    context.close();
  }
}
