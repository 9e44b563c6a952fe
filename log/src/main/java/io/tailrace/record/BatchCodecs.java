package io.tailrace.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The streams of {@link CompressionCodec}, for batch after batch: what Zstandard and LZ4 set up
 * anew for each stream, several hundred kilobytes, costs as much as a batch of usual size itself,
 * and is kept here until closed. For the thread that made it; and of each codec one stream is good
 * for reading, and one for writing, until the next begins.
 */
public final class BatchCodecs implements AutoCloseable {
  private final Arena memory = Arena.ofConfined();
  private @Nullable ZstdReader zstdReader;
  private @Nullable ZstdWriter zstdWriter;
  private @Nullable Lz4Reader lz4Reader;
  private @Nullable Lz4Writer lz4Writer;

  /** As {@link CompressionCodec#decompress}. */
  InputStream decompress(CompressionCodec codec, ByteBuffer data) throws IOException {
    return switch (codec) {
      case ZSTD -> zstdReader().begin(data);
      case LZ4 -> Lz4Reader.isPlain(data) ? lz4Reader().begin(data) : codec.decompress(data);
      default -> codec.decompress(data);
    };
  }

  /** As {@link CompressionCodec#compress}. */
  OutputStream compress(CompressionCodec codec, RecordBytes out) throws IOException {
    return switch (codec) {
      case ZSTD -> zstdWriter().begin(out);
      case LZ4 -> lz4Writer().begin(out);
      default -> codec.compress(out);
    };
  }

  private ZstdReader zstdReader() {
    if (zstdReader == null) {
      zstdReader = new ZstdReader(memory);
    }
    return zstdReader;
  }

  private ZstdWriter zstdWriter() {
    if (zstdWriter == null) {
      zstdWriter = new ZstdWriter(memory);
    }
    return zstdWriter;
  }

  private Lz4Reader lz4Reader() {
    if (lz4Reader == null) {
      lz4Reader = new Lz4Reader();
    }
    return lz4Reader;
  }

  private Lz4Writer lz4Writer() {
    if (lz4Writer == null) {
      lz4Writer = new Lz4Writer();
    }
    return lz4Writer;
  }

  @Override
  public void close() {
    if (zstdReader != null) {
      zstdReader.free();
    }
    if (zstdWriter != null) {
      zstdWriter.free();
    }
    memory.close();
  }
}
