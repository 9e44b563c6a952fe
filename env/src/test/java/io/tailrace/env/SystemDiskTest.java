package io.tailrace.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Disk.OpenMode;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemDiskTest {
  private final Disk disk = Disk.system();

  @TempDir Path folder;

  /** Random single and gathered writes against an array; buffers of both kinds. */
  @Test
  void writesLandWhereTheyShould() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] model = new byte[1 << 16];
    int end = 0;
    try (DiskFile file = disk.open(folder.resolve("f"), OpenMode.CREATE)) {
      for (int step = 0; step < 300; step++) {
        ByteBuffer[] sources = new ByteBuffer[random.nextInt(1, 20)];
        int position = random.nextInt(end + 1);
        int next = position;
        for (int i = 0; i < sources.length; i++) {
          byte[] bytes = new byte[random.nextInt(0, 200)];
          random.nextBytes(bytes);
          sources[i] = buffer(bytes, random.nextBoolean());
          System.arraycopy(bytes, 0, model, next, bytes.length);
          next += bytes.length;
        }
        if (next > model.length - 4096) {
          file.truncate(end / 2);
          end /= 2;
          Arrays.fill(model, end, model.length, (byte) 0);
          continue;
        }
        file.write(sources, sources.length, position);
        end = Math.max(end, next);
        assertThat(file.size()).as("seed %d step %d", seed, step).isEqualTo(end);
      }
      ByteBuffer read = ByteBuffer.allocate(end);
      file.readFully(read, 0);
      assertThat(read.array()).as("seed %d", seed).isEqualTo(Arrays.copyOf(model, end));
      ByteArrayOutputStream sent = new ByteArrayOutputStream();
      assertThat(file.transferTo(3, end, Channels.newChannel(sent))).isEqualTo(end - 3);
      assertThat(sent.toByteArray()).isEqualTo(Arrays.copyOfRange(model, 3, end));
      file.sync();
    }
  }

  private static ByteBuffer buffer(byte[] bytes, boolean direct) {
    return direct
        ? ByteBuffer.allocateDirect(bytes.length).put(bytes).flip()
        : ByteBuffer.wrap(bytes);
  }

  @Test
  void readingBehindTheEndIsSaid() throws IOException {
    try (DiskFile file = disk.open(folder.resolve("f"), OpenMode.CREATE)) {
      file.write(ByteBuffer.wrap(new byte[10]), 0);
      assertThat(file.read(ByteBuffer.allocate(1), 10)).isEqualTo(-1);
      assertThatThrownBy(() -> file.readFully(ByteBuffer.allocate(5), 8))
          .isInstanceOf(EOFException.class);
    }
  }

  @Test
  void whatIsNotThereIsSaid() {
    Path missing = folder.resolve("missing");
    assertThatThrownBy(() -> disk.open(missing, OpenMode.READ))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.open(missing, OpenMode.WRITE))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.delete(missing)).isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.list(missing)).isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void replaceLeavesOnlyTheNewContent() throws IOException {
    Path file = folder.resolve("f");
    disk.replace(file, "a longer text".getBytes());
    disk.replace(file, "short".getBytes());
    assertThat(disk.readAll(file, 100)).isEqualTo("short".getBytes());
    assertThat(disk.list(folder)).containsExactly(file);
    assertThatThrownBy(() -> disk.readAll(file, 4)).hasMessageContaining("at most 4");
  }

  @Test
  void foldersAreDeletedWithAllBelow() throws IOException {
    Path deep = folder.resolve("a/b/c");
    disk.createDirectories(deep);
    disk.replace(deep.resolve("f"), new byte[3]);
    disk.rename(folder.resolve("a"), folder.resolve("z"));
    disk.syncDirectory(folder);
    assertThat(disk.isDirectory(folder.resolve("z/b"))).isTrue();
    disk.deleteRecursively(folder.resolve("z"));
    disk.deleteRecursively(folder.resolve("z"));
    assertThat(disk.list(folder)).isEmpty();
  }
}
