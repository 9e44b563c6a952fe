package io.tailrace.record;

import com.github.luben.zstd.NoPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** Apart from {@link CompressionCodec}, so that the Zstandard library is loaded only on use. */
final class ZstdCodec {
  private ZstdCodec() {}

  static InputStream decompress(InputStream in) throws IOException {
    return new ZstdInputStreamNoFinalizer(in, NoPool.INSTANCE);
  }

  static OutputStream compress(OutputStream out) throws IOException {
    return new ZstdOutputStreamNoFinalizer(out, NoPool.INSTANCE);
  }
}
