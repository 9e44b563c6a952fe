package io.tailrace.record;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How the records of a batch are compressed, in the formats that Kafka's clients write into v2
 * batches. The ids are those of a batch's attributes. A codec's library is loaded when that codec
 * first opens or compresses a batch; {@code NONE} and {@code GZIP} need none.
 */
public enum CompressionCodec {
  NONE,
  /** RFC 1952. */
  GZIP,
  /** The framing of snappy-java, or one raw block, as clients outside the JVM write it. */
  SNAPPY,
  /** The LZ4 frame format with independent blocks (one frame). */
  LZ4,
  /** RFC 8878 (KIP-110). */
  ZSTD;

  private static final int BUFFER_SIZE = 16 * 1024;
  private static final CompressionCodec[] BY_ID = values();

  /** The codec's number in the attributes of a batch. */
  public int id() {
    return ordinal();
  }

  public static @Nullable CompressionCodec forId(int id) {
    return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
  }

  /**
   * A stream of the decompressed bytes of {@code data} (position to limit; the buffer's own
   * position stays). Close it: it may hold native memory. Beside what is read from it, it holds at
   * most a few buffers of block size (4 MB for LZ4, 22 times the data for Snappy, the frame's
   * window of at most 128 MB for Zstandard).
   *
   * @throws IOException here or on reading, if the data is not of this format
   */
  public InputStream decompress(ByteBuffer data) throws IOException {
    InputStream in = new ByteBufferInputStream(data.duplicate());
    return switch (this) {
      case NONE -> in;
      case GZIP -> new BufferedInputStream(new GZIPInputStream(in, BUFFER_SIZE), BUFFER_SIZE);
      case SNAPPY -> SnappyCodec.decompress(data.duplicate());
      case LZ4 -> Lz4Codec.decompress(in);
      case ZSTD -> new BufferedInputStream(ZstdCodec.decompress(in), BUFFER_SIZE);
    };
  }

  /** A stream that compresses into {@code out}; closing it completes the data. */
  public OutputStream compress(OutputStream out) throws IOException {
    return switch (this) {
      case NONE -> out;
      case GZIP -> new GZIPOutputStream(out, BUFFER_SIZE);
      case SNAPPY -> SnappyCodec.compress(out);
      case LZ4 -> Lz4Codec.compress(out);
      case ZSTD -> ZstdCodec.compress(out);
    };
  }
}
