package io.tailrace.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.ByteBuffer;
import java.util.Random;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.lz4.LZ4FrameOutputStream.BLOCKSIZE;
import net.jpountz.lz4.LZ4FrameOutputStream.FLG;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.xerial.snappy.Snappy;

class CompressionCodecTest {
  private static final byte[] DATA = data();

  @Test
  void idsAreThoseOfTheAttributes() {
    for (CompressionCodec codec : CompressionCodec.values()) {
      assertThat(CompressionCodec.forId(codec.id())).isEqualTo(codec);
    }
    assertThat(CompressionCodec.forId(5)).isNull();
    assertThat(CompressionCodec.forId(-1)).isNull();
  }

  @ParameterizedTest
  @EnumSource
  void readsADirectBufferInPlace(CompressionCodec codec) throws IOException {
    byte[] compressed = compress(codec);
    ByteBuffer direct = ByteBuffer.allocateDirect(compressed.length + 9).put(5, compressed);
    ByteBuffer window = direct.position(5).limit(5 + compressed.length);
    assertThat(decompress(codec, window)).isEqualTo(DATA);
    assertThat(window.position()).isEqualTo(5);
  }

  @Test
  void snappyWithoutFraming() throws IOException { // as librdkafka and Go clients send it
    assertThat(decompress(CompressionCodec.SNAPPY, ByteBuffer.wrap(Snappy.compress(DATA))))
        .isEqualTo(DATA);
  }

  @Test
  void snappyStreamsInARow() throws IOException {
    ByteArrayOutputStream twice = new ByteArrayOutputStream();
    twice.writeBytes(compress(CompressionCodec.SNAPPY));
    twice.writeBytes(compress(CompressionCodec.SNAPPY));
    assertThat(decompress(CompressionCodec.SNAPPY, ByteBuffer.wrap(twice.toByteArray())))
        .hasSize(2 * DATA.length);
  }

  @Test
  void lz4WithOtherOptions() throws IOException { // as the C library's defaults write it
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (LZ4FrameOutputStream out =
        new LZ4FrameOutputStream(
            compressed,
            BLOCKSIZE.SIZE_4MB,
            DATA.length,
            FLG.Bits.BLOCK_INDEPENDENCE,
            FLG.Bits.CONTENT_SIZE,
            FLG.Bits.CONTENT_CHECKSUM,
            FLG.Bits.BLOCK_CHECKSUM)) {
      out.write(DATA);
    }
    assertThat(decompress(CompressionCodec.LZ4, ByteBuffer.wrap(compressed.toByteArray())))
        .isEqualTo(DATA);
  }

  @Test
  void zstdInOneFrameOfTheHighestLevel() throws IOException {
    byte[] compressed = Zstd.compress(DATA, Zstd.maxCompressionLevel());
    assertThat(decompress(CompressionCodec.ZSTD, ByteBuffer.wrap(compressed))).isEqualTo(DATA);
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
  void dataThatIsCutOffIsAnError(CompressionCodec codec) throws IOException {
    byte[] compressed = compress(codec);
    ByteBuffer torn = ByteBuffer.wrap(compressed, 0, compressed.length * 2 / 3);
    assertThatThrownBy(() -> decompress(codec, torn)).isInstanceOf(IOException.class);
  }

  @Test
  void librariesAreLoadedOnlyOnUse() throws Exception {
    URL classes = CompressionCodec.class.getProtectionDomain().getCodeSource().getLocation();
    ClassLoader platform = ClassLoader.getPlatformClassLoader();
    try (URLClassLoader alone = new URLClassLoader(new URL[] {classes}, platform)) {
      Class<?> codec = alone.loadClass(CompressionCodec.class.getName());
      Object gzip = codec.getMethod("forId", int.class).invoke(null, CompressionCodec.GZIP.id());
      ByteBuffer compressed = ByteBuffer.wrap(compress(CompressionCodec.GZIP));
      InputStream in =
          (InputStream) codec.getMethod("decompress", ByteBuffer.class).invoke(gzip, compressed);
      assertThat(in.readAllBytes()).isEqualTo(DATA);
    }
  }

  private static byte[] compress(CompressionCodec codec) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var out = codec.compress(bytes)) {
      out.write(DATA);
    }
    return bytes.toByteArray();
  }

  private static byte[] decompress(CompressionCodec codec, ByteBuffer data) throws IOException {
    try (InputStream in = codec.decompress(data)) {
      return in.readAllBytes();
    }
  }

  /** Several blocks of any format, half of it random. */
  private static byte[] data() {
    byte[] data = new byte[300_000];
    byte[] noise = new byte[data.length / 2];
    new Random(1).nextBytes(noise);
    System.arraycopy(noise, 0, data, 0, noise.length);
    return data;
  }
}
