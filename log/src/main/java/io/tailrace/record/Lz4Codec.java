package io.tailrace.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import net.jpountz.lz4.LZ4FrameInputStream;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;

/** Apart from {@link CompressionCodec}, so that the LZ4 library is loaded only on use. */
final class Lz4Codec {
  private static final long UNKNOWN_SIZE = -1;

  private Lz4Codec() {}

  static InputStream decompress(InputStream in) throws IOException {
    return new LZ4FrameInputStream(in, true);
  }

  static OutputStream compress(OutputStream out) throws IOException {
    return new LZ4FrameOutputStream(
        out, BLOCKSIZE.SIZE_64KB, UNKNOWN_SIZE, FLG.Bits.BLOCK_INDEPENDENCE);
  }
}
