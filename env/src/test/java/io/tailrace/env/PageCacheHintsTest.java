package io.tailrace.env;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.tailrace.env.Disk.OpenMode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The hints of {@link DiskFile} on the machine's own file system. */
class PageCacheHintsTest {
  private static final int SIZE = 3 << 20;
  private static final int PAGE = 4096;

  private final Disk disk = Disk.system();

  @TempDir Path folder;

  /** Skips where a file that has just been written is not found in the page cache. */
  @BeforeEach
  void needsAnOperatingSystemThatTells() throws IOException {
    try (DiskFile file = written("probe", 4096)) {
      file.startWriteback(0, 4096);
      assumeTrue(
          file.isCached(0, 4096),
          "no cachestat(2), or no native access, or no such file system here: "
              + Files.getFileStore(folder).type());
    }
  }

  private DiskFile written(String name, int size) throws IOException {
    DiskFile file = disk.open(folder.resolve(name), OpenMode.CREATE);
    file.write(ByteBuffer.wrap(new byte[size]), 0);
    return file;
  }

  private static void drop(DiskFile file, int size) throws IOException {
    file.sync();
    file.dropFromCache(0, size);
    assumeTrue(!file.isCached(0, size), "pages can't be dropped here (a file system in memory?)");
  }

  @Test
  void whatIsWrittenIsCachedUntilDroppedAndAgainWhenWarm() throws IOException {
    try (DiskFile file = written("f", SIZE)) {
      assertThat(file.isCached(0, SIZE)).isTrue();
      drop(file, SIZE);
      assertThat(file.isCached(SIZE - 1, 1)).isFalse();
      file.warm(1 << 20, 1 << 20);
      assertThat(file.isCached(1 << 20, 1 << 20)).isTrue();
      assertThat(file.isCached(0, SIZE)).as("only that range was warmed").isFalse();
      file.warm(0, SIZE);
      assertThat(file.isCached(0, SIZE)).isTrue();
    }
  }

  /** A range is cached if each of its pages is, wherever it begins and ends. */
  @Test
  void onePageThatIsMissingIsNoticed() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    try (DiskFile file = written("f", SIZE)) {
      drop(file, SIZE);
      for (int i = 0; i < 3; i++) {
        file.warm(random.nextInt(SIZE - 100_000), 100_000);
      }
      boolean[] cached = pages(file);
      for (int i = 0; i < 500; i++) {
        int from = random.nextInt(SIZE);
        int length = random.nextInt(1, Math.min(SIZE - from, 300_000) + 1);
        boolean all = true;
        for (int page = from / PAGE; page <= (from + length - 1) / PAGE; page++) {
          all &= cached[page];
        }
        boolean found = file.isCached(from, length);
        // Unless the kernel has gone on reading meanwhile.
        if (found != all && Arrays.equals(cached, pages(file))) {
          assertThat(found).as("seed %d: %d bytes from %d", seed, length, from).isEqualTo(all);
        }
      }
    }
  }

  @Test
  void readsWhatIsCachedAndNothingElse() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    byte[] content = new byte[SIZE];
    random.nextBytes(content);
    try (DiskFile file = disk.open(folder.resolve("f"), OpenMode.CREATE)) {
      file.write(ByteBuffer.wrap(content), 0);
      drop(file, SIZE);
      for (int i = 0; i < 4; i++) {
        file.warm(random.nextInt(SIZE - 200_000), 200_000);
      }
      for (int i = 0; i < 500; i++) {
        int from = random.nextInt(SIZE);
        int length = random.nextInt(1, Math.min(SIZE - from, 50_000) + 1);
        int start = random.nextInt(100);
        ByteBuffer target =
            random.nextBoolean()
                ? ByteBuffer.allocate(start + length)
                : ByteBuffer.allocateDirect(start + length);
        boolean before = file.isCached(from, length);
        boolean filled = file.readIfCached(target.position(start), from);
        String what = "seed %d: %d bytes from %d".formatted(seed, length, from);
        if (before) {
          assertThat(filled).as(what).isTrue();
        }
        assertThat(target.position()).as(what).isEqualTo(filled ? start + length : start);
        if (filled) {
          assertThat(target.flip().position(start))
              .as(what)
              .isEqualTo(ByteBuffer.wrap(content, from, length));
        } else {
          assertThat(file.isCached(from, length)).as(what).isFalse();
        }
      }
      file.warm(0, SIZE);
      assertThat(file.readIfCached(ByteBuffer.allocate(2), SIZE - 1)).as("past the end").isFalse();
      assertThat(file.readIfCached(ByteBuffer.allocate(2), SIZE)).as("at the end").isFalse();
      assertThat(file.readIfCached(ByteBuffer.allocate(2), -1)).isFalse();
    }
  }

  private static boolean[] pages(DiskFile file) {
    boolean[] cached = new boolean[SIZE / PAGE];
    for (int i = 0; i < cached.length; i++) {
      cached[i] = file.isCached((long) i * PAGE, 1);
    }
    return cached;
  }

  @Test
  void preallocatingKeepsTheSizeAndIsGivenBack() throws IOException {
    Path path = folder.resolve("f");
    try (DiskFile file = written("f", SIZE)) {
      file.sync();
      long before = reserved(path);
      file.preallocate(16 << 20);
      assertThat(file.size()).isEqualTo(SIZE);
      assumeTrue(reserved(path) > before, "no fallocate(2) here");
      assertThat(reserved(path)).isGreaterThanOrEqualTo(16 << 20);
      file.releasePreallocated(SIZE - 1);
      assertThat(reserved(path)).as("size is another").isGreaterThanOrEqualTo(16 << 20);
      file.releasePreallocated(SIZE);
      assertThat(reserved(path)).isEqualTo(before);
      assertThat(file.size()).isEqualTo(SIZE);
      assertThat(disk.readAll(path, SIZE)).isEqualTo(new byte[SIZE]);
    }
  }

  /** Bytes on the device, as {@code du} counts them. */
  private static long reserved(Path file) throws IOException {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("unix"));
    Process process =
        new ProcessBuilder("stat", "-c", "%b %B", file.toString())
            .redirectErrorStream(true)
            .start();
    String[] words = new String(process.getInputStream().readAllBytes()).trim().split(" ");
    return Long.parseLong(words[0]) * Long.parseLong(words[1]);
  }

  @Test
  void hintsAboutNothingDoNothing() throws IOException {
    try (DiskFile file = written("f", SIZE)) {
      for (long[] range :
          new long[][] {{0, 0}, {0, -1}, {-1, 1}, {-5, 4096}, {1, Long.MAX_VALUE}}) {
        assertThat(file.isCached(range[0], range[1])).isFalse();
        file.dropFromCache(range[0], range[1]);
        file.startWriteback(range[0], range[1]);
        file.preallocate(range[1] == Long.MAX_VALUE ? range[1] : Math.min(range[1], 0));
      }
      assertThat(file.isCached(0, SIZE)).as("a length of 0 is not the rest of the file").isTrue();
      assertThat(file.isCached(0, SIZE + 1)).isFalse();
      assertThat(file.isCached(SIZE, 1)).isFalse();
      file.warm(0, 2L * SIZE);
      file.warm(2L * SIZE, 100);
      file.warm(0, 0);
      assertThat(file.size()).isEqualTo(SIZE);
    }
  }

  @Test
  void aClosedFileTakesNoHints() throws IOException {
    DiskFile file = written("f", SIZE);
    file.startWriteback(0, SIZE);
    file.close();
    file.close();
    assertThat(file.isCached(0, SIZE)).isFalse();
    file.dropFromCache(0, SIZE);
    file.startWriteback(0, SIZE);
    file.preallocate(2L * SIZE);
    assertThatThrownBy(() -> file.warm(0, SIZE)).isInstanceOf(ClosedChannelException.class);
    assertThat(Files.size(folder.resolve("f"))).isEqualTo(SIZE);
  }

  @Test
  void aFileWithoutItsNameGoesOnIfItWasHintedBefore() throws IOException {
    try (DiskFile file = written("f", SIZE)) {
      assertThat(file.isCached(0, SIZE)).isTrue();
      disk.delete(folder.resolve("f"));
      assertThat(file.isCached(0, SIZE)).isTrue();
    }
    try (DiskFile late = written("f", SIZE)) {
      disk.delete(folder.resolve("f"));
      assertThat(late.isCached(0, SIZE)).isFalse();
      late.dropFromCache(0, SIZE);
      late.warm(0, SIZE);
    }
  }

  /** The name means another file when the first hint comes: that one is left alone. */
  @Test
  void aFileThatTookTheNameIsNotTouched() throws IOException {
    Path path = folder.resolve("f");
    try (DiskFile file = written("f", SIZE)) {
      disk.rename(path, folder.resolve("old"));
      disk.replace(path, new byte[SIZE]);
      long before = reserved(path);
      file.preallocate(16 << 20);
      file.releasePreallocated(SIZE);
      assertThat(reserved(path)).isEqualTo(before);
      assertThat(file.isCached(0, SIZE)).isFalse();
    }
  }

  @Test
  void aRenamedFileKeepsItsHints() throws IOException {
    try (DiskFile file = written("f", SIZE)) {
      assertThat(file.isCached(0, SIZE)).isTrue();
      disk.rename(folder.resolve("f"), folder.resolve("g"));
      disk.replace(folder.resolve("f"), new byte[1]);
      assertThat(file.isCached(0, SIZE)).isTrue();
    }
  }

  /** A descriptor closed under a hint could be another file's by then. */
  @Test
  void closingWhileHintsAreGivenIsSafe() throws Exception {
    for (int round = 0; round < 50; round++) {
      DiskFile file = written("f", SIZE);
      AtomicBoolean stop = new AtomicBoolean();
      Thread asking =
          Threads.start(
              "asking",
              () -> {
                while (!stop.get()) {
                  file.isCached(0, SIZE);
                }
              });
      assertThat(file.isCached(0, SIZE)).isTrue();
      file.close();
      stop.set(true);
      asking.join();
    }
    assertThat(secondDescriptors()).isZero();
  }

  @Test
  void closingClosesBothDescriptors() throws IOException {
    for (int i = 0; i < 20; i++) {
      try (DiskFile file = written("f", SIZE)) {
        assertThat(file.isCached(0, SIZE)).isTrue();
        assertThat(secondDescriptors()).isEqualTo(2);
      }
      assertThat(secondDescriptors()).isZero();
    }
  }

  /** Descriptors of this process for the file that the test writes. */
  private long secondDescriptors() throws IOException {
    long count = 0;
    for (Path entry : disk.list(Path.of("/proc/self/fd"))) {
      try {
        count += Files.isSameFile(entry, folder.resolve("f")) ? 1 : 0;
      } catch (IOException e) {
        // the one of the list itself, which is closed by now
      }
    }
    return count;
  }

  /** Once the JIT compiler has come to it, which on a busy machine takes its time. */
  @Test
  void askingAllocatesNothing() throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int rounds = 10_000;
    long allocated = Long.MAX_VALUE;
    try (DiskFile file = written("f", SIZE)) {
      for (int i = 0; i < 300 && allocated > rounds; i++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        ask(file, rounds);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
      }
    }
    assertThat(allocated).as("bytes for %d questions", rounds).isLessThan(rounds);
  }

  private static void ask(DiskFile file, int rounds) {
    int there = 0;
    for (int i = 0; i < rounds; i++) {
      there += file.isCached(0, SIZE) ? 1 : 0;
    }
    assertThat(there).isEqualTo(rounds);
  }
}
