package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ByteBufferOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that are used again do what new ones of the libraries do, whatever came before. */
class BatchCodecsTest {
  /** Around the sizes of our pieces, LZ4's blocks, and Zstandard's. */
  private static final int[] SIZES = {
    0, 1, 100, 17_000, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 200_000, 1_000_000, 9
  };

  private final BatchCodecs codecs = new BatchCodecs();
  private final SplittableRandom random = new SplittableRandom(1);

  @AfterEach
  void close() {
    codecs.close();
  }

  @ParameterizedTest
  @EnumSource
  void writesTheSameBytesAsNewStreams(CompressionCodec codec) throws IOException {
    for (int size : SIZES) {
      byte[] data = data(size);
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      try (OutputStream out = codec.compress(expected)) {
        out.write(data);
      }
      assertThat(compress(codec, data)).as("%d bytes", size).isEqualTo(expected.toByteArray());
    }
  }

  @ParameterizedTest
  @EnumSource
  void kafkaReadsThem(CompressionCodec codec) throws IOException {
    Compression kafkas = Compression.of(CompressionType.forId(codec.id())).build();
    for (int size : SIZES) {
      byte[] data = data(size);
      ByteBuffer compressed = ByteBuffer.wrap(compress(codec, data));
      try (InputStream in = kafkas.wrapForInput(compressed, (byte) 2, BufferSupplier.NO_CACHING)) {
        assertThat(in.readAllBytes()).as("%d bytes", size).isEqualTo(data);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsWhatKafkaWrites(CompressionCodec codec) throws IOException {
    Compression kafkas = Compression.of(CompressionType.forId(codec.id())).build();
    for (int size : SIZES) {
      byte[] data = data(size);
      ByteBufferOutputStream to = new ByteBufferOutputStream(16);
      try (OutputStream out = kafkas.wrapForOutput(to, (byte) 2)) {
        out.write(data);
      }
      assertThat(decompress(codec, to.buffer().flip())).as("%d bytes", size).isEqualTo(data);
    }
  }

  @Test
  void readsLz4OfAnyOptions() throws IOException {
    byte[] data = data(300_000);
    for (BLOCKSIZE blocks : BLOCKSIZE.values()) {
      for (int options = 0; options < 8; options++) {
        List<FLG.Bits> bits = new ArrayList<>(List.of(FLG.Bits.BLOCK_INDEPENDENCE));
        FLG.Bits[] more = {
          FLG.Bits.CONTENT_SIZE, FLG.Bits.CONTENT_CHECKSUM, FLG.Bits.BLOCK_CHECKSUM
        };
        for (int i = 0; i < more.length; i++) {
          if ((options & 1 << i) != 0) {
            bits.add(more[i]);
          }
        }
        ByteArrayOutputStream to = new ByteArrayOutputStream();
        try (OutputStream out =
            new LZ4FrameOutputStream(to, blocks, data.length, bits.toArray(FLG.Bits[]::new))) {
          out.write(data);
        }
        assertThat(decompress(CompressionCodec.LZ4, ByteBuffer.wrap(to.toByteArray())))
            .as("%s %s", blocks, bits)
            .isEqualTo(data);
      }
    }
  }

  @Test
  void readsZstandardOfAnyLevelAndFramesInARow() throws IOException {
    byte[] data = data(300_000);
    byte[] twice = Arrays.copyOf(data, 2 * data.length);
    System.arraycopy(data, 0, twice, data.length, data.length);
    for (int level : new int[] {-5, 1, 3, 9, Zstd.maxCompressionLevel()}) {
      ByteArrayOutputStream frames = new ByteArrayOutputStream();
      try (var out = new ZstdOutputStreamNoFinalizer(frames, level).setChecksum(true)) {
        out.write(data);
      }
      frames.writeBytes(Zstd.compress(data, level)); // this one tells its size
      assertThat(decompress(CompressionCodec.ZSTD, ByteBuffer.wrap(frames.toByteArray())))
          .as("level %d", level)
          .isEqualTo(twice);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsDirectBuffersAndPartsOfThem(CompressionCodec codec) throws IOException {
    byte[] data = data(70_000);
    byte[] compressed = compress(codec, data);
    ByteBuffer direct = ByteBuffer.allocateDirect(compressed.length + 9).put(5, compressed);
    ByteBuffer part = direct.position(5).limit(5 + compressed.length);
    assertThat(decompress(codec, part)).isEqualTo(data);
    assertThat(part.position()).isEqualTo(5);
  }

  @ParameterizedTest
  @EnumSource
  void damageIsFoundAsNewStreamsFindItAndDoesNotLast(CompressionCodec codec) throws IOException {
    byte[] data = data(70_000);
    byte[] good = compress(codec, data);
    for (int i = 0; i < 300; i++) {
      byte[] bad =
          Arrays.copyOf(good, random.nextInt(3) == 0 ? random.nextInt(good.length) : good.length);
      for (int flips = random.nextInt(3); flips > 0 && bad.length > 0; flips--) {
        bad[random.nextInt(Math.min(bad.length, random.nextBoolean() ? 30 : bad.length))] ^=
            (byte) (1 << random.nextInt(8));
      }
      String what = "damage %d".formatted(i);
      assertThat(outcome(() -> codecs.decompress(codec, ByteBuffer.wrap(bad))))
          .as(what)
          .isEqualTo(outcome(() -> codec.decompress(ByteBuffer.wrap(bad))));
      assertThat(decompress(codec, ByteBuffer.wrap(good))).as("after " + what).isEqualTo(data);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1 << 31})
  void anLz4BlockOfMoreThanTheFrameAllowsIsAnError(int notCompressed) {
    ByteBuffer frame = ByteBuffer.allocate(100_000).order(ByteOrder.LITTLE_ENDIAN);
    frame.put(Lz4Reader.PLAIN_HEADER).putInt(65_537 | notCompressed).rewind();
    assertThatThrownBy(() -> decompress(CompressionCodec.LZ4, frame))
        .isInstanceOf(IOException.class);
  }

  /** The most that new streams set up is 2^27 bytes. */
  @Test
  void aZstandardFrameMayNotAskForAnyMemory() throws IOException {
    assertThat(decompress(CompressionCodec.ZSTD, frameOfOneByte(27))).hasSize(1);
    assertThatThrownBy(() -> decompress(CompressionCodec.ZSTD, frameOfOneByte(28)))
        .hasMessageContaining("too much memory");
  }

  /** RFC 8878: magic number, no flags, a window of 2^log bytes, and a last block as it is. */
  private static ByteBuffer frameOfOneByte(int windowLog) {
    ByteBuffer frame = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putInt(0xfd2fb528);
    return frame
        .put((byte) 0)
        .put((byte) (windowLog - 10 << 3))
        .putInt('x' << 24 | 1 << 3 | 1)
        .flip();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void dataThatIsCutOffIsAnError(CompressionCodec codec) throws IOException {
    byte[] compressed = compress(codec, data(70_000));
    ByteBuffer torn = ByteBuffer.wrap(compressed, 0, compressed.length * 2 / 3);
    assertThatThrownBy(() -> decompress(codec, torn)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasLeftOffHalfWayIsForgotten(CompressionCodec codec) throws IOException {
    byte[] data = data(150_000);
    byte[] compressed = compress(codec, data);
    assertThat(codecs.decompress(codec, ByteBuffer.wrap(compressed)).readNBytes(100))
        .isEqualTo(Arrays.copyOf(data, 100));
    assertThat(decompress(codec, ByteBuffer.wrap(compressed))).isEqualTo(data);

    codecs.compress(codec, new RecordBytes()).write(data(140_000));
    assertThat(compress(codec, data)).isEqualTo(compressed);
  }

  @ParameterizedTest
  @EnumSource
  void byteByByte(CompressionCodec codec) throws IOException {
    byte[] data = data(66_000);
    RecordBytes to = new RecordBytes();
    try (OutputStream out = codecs.compress(codec, to)) {
      for (byte b : data) {
        out.write(b);
      }
    }
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    try (InputStream in = codecs.decompress(codec, to.view())) {
      for (int b = in.read(); b >= 0; b = in.read()) {
        read.write(b);
      }
      assertThat(in.read()).isNegative();
    }
    assertThat(read.toByteArray()).isEqualTo(data);
  }

  private interface Source {
    InputStream open() throws IOException;
  }

  /** What is read; nothing if it can't be. */
  private static List<Object> outcome(Source source) {
    try (InputStream in = source.open()) {
      return List.of(ByteBuffer.wrap(in.readAllBytes()));
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Writes in pieces of any size. */
  private byte[] compress(CompressionCodec codec, byte[] data) throws IOException {
    RecordBytes to = new RecordBytes();
    try (OutputStream out = codecs.compress(codec, to)) {
      for (int at = 0; at < data.length; ) {
        int size = Math.min(data.length - at, 1 + random.nextInt(100_000));
        out.write(data, at, size);
        at += size;
      }
    }
    return to.toByteArray();
  }

  private byte[] decompress(CompressionCodec codec, ByteBuffer data) throws IOException {
    try (InputStream in = codecs.decompress(codec, data)) {
      return in.readAllBytes();
    }
  }

  /** Text, and noise that no codec makes smaller, by turns. */
  private byte[] data(int size) {
    byte[] data = new byte[size];
    random.nextBytes(data);
    for (int i = 0; i < size; i++) {
      if (i / 70_000 % 2 == 0) {
        data[i] = (byte) ('a' + (data[i] & 7));
      }
    }
    return data;
  }
}
