package io.tailrace.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tailrace.env.Disk;
import io.tailrace.env.Disk.OpenMode;
import io.tailrace.env.DiskFile;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimDiskTest {
  private static final Path FOLDER = Path.of("/d/e");
  private static final Path FILE = FOLDER.resolve("f");

  @TempDir Path real;

  private final SimDisk disk = new SimDisk();

  @BeforeEach
  void makeFolder() throws IOException {
    disk.createDirectories(FOLDER);
  }

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private void write(Path path, byte[] content, boolean sync) throws IOException {
    try (DiskFile file = disk.open(path, OpenMode.CREATE)) {
      file.write(ByteBuffer.wrap(content), 0);
      if (sync) {
        file.sync();
      }
    }
  }

  private void syncNames() throws IOException {
    disk.syncDirectory(Path.of("/"));
    disk.syncDirectory(Path.of("/d"));
    disk.syncDirectory(FOLDER);
  }

  /** The same random calls on this disk and on a real one. */
  @Test
  void agreesWithARealDisk() throws IOException {
    for (long seed = 1; seed <= 20; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Path there = real.resolve("s" + seed);
      Path here = FOLDER.resolve("s" + seed);
      try (DiskFile sim = disk.open(here, OpenMode.CREATE);
          DiskFile other = Disk.system().open(there, OpenMode.CREATE)) {
        for (int i = 0; i < 200; i++) {
          SplittableRandom twin = random.split();
          SplittableRandom again = new SplittableRandom(twin.nextLong());
          long step = again.nextLong();
          assertThat(act(sim, new SplittableRandom(step)))
              .as("seed %d step %d", seed, i)
              .isEqualTo(act(other, new SplittableRandom(step)));
        }
      }
      assertThat(disk.readAll(here, 1 << 20)).isEqualTo(Disk.system().readAll(there, 1 << 20));
    }
  }

  private static String act(DiskFile file, SplittableRandom random) throws IOException {
    int position = random.nextInt(20_000);
    byte[] bytes = new byte[random.nextInt(9000)];
    random.nextBytes(bytes);
    switch (random.nextInt(6)) {
      case 0 -> file.write(ByteBuffer.wrap(bytes), position);
      case 1 -> {
        ByteBuffer[] parts = {ByteBuffer.wrap(bytes), ByteBuffer.wrap(bytes, 0, bytes.length / 2)};
        file.write(parts, 2, position);
      }
      case 2 -> file.truncate(position);
      case 3 -> file.sync();
      case 4 -> {
        ByteBuffer target = ByteBuffer.allocate(bytes.length);
        int n = file.read(target, position);
        return n + Arrays.toString(target.array());
      }
      default -> {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        long n = file.transferTo(position, bytes.length, Channels.newChannel(sent));
        return n + Arrays.toString(sent.toByteArray());
      }
    }
    return "size " + file.size();
  }

  @Test
  void aKillLosesNothingButEndsOpenFiles() throws IOException {
    DiskFile open = disk.open(FILE, OpenMode.CREATE);
    open.write(ByteBuffer.wrap(bytes(10, 1)), 0);
    assertThat(disk.lock(FOLDER.resolve(".lock"))).isNotNull();
    assertThat(disk.lock(FOLDER.resolve(".lock"))).isNull();
    disk.kill();
    assertThatThrownBy(() -> open.size()).isInstanceOf(ClosedChannelException.class);
    assertThat(disk.readAll(FILE, 100)).isEqualTo(bytes(10, 1));
    assertThat(disk.lock(FOLDER.resolve(".lock"))).isNotNull();
    assertThat(disk.openFiles()).isZero();
  }

  @Test
  void aCrashKeepsWhatWasSynced() throws IOException {
    for (long seed = 0; seed < 50; seed++) {
      SimDisk crashing = new SimDisk();
      crashing.createDirectories(FOLDER);
      try (DiskFile file = crashing.open(FILE, OpenMode.CREATE)) {
        file.write(ByteBuffer.wrap(bytes(5000, 1)), 0);
        file.sync();
        for (Path path : new Path[] {Path.of("/"), Path.of("/d"), FOLDER}) {
          crashing.syncDirectory(path);
        }
        file.write(ByteBuffer.wrap(bytes(9000, 2)), 5000);
      }
      crashing.crash(seed);
      byte[] left = crashing.readAll(FILE, 1 << 20);
      assertThat(left.length).isBetween(5000, 14_000);
      assertThat(Arrays.copyOf(left, 5000)).isEqualTo(bytes(5000, 1));
    }
  }

  @Test
  void aCrashLosesAnyPartOfTheRest() throws IOException {
    Set<String> outcomes = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      SimDisk crashing = new SimDisk();
      crashing.createDirectories(FOLDER);
      try (DiskFile file = crashing.open(FILE, OpenMode.CREATE)) {
        for (Path path : new Path[] {Path.of("/"), Path.of("/d"), FOLDER}) {
          crashing.syncDirectory(path);
        }
        file.write(ByteBuffer.wrap(bytes(3 * 4096, 3)), 0);
      }
      crashing.crash(seed);
      byte[] left = crashing.readAll(FILE, 1 << 20);
      StringBuilder pages = new StringBuilder();
      for (int page = 0; page < left.length; page += 4096) {
        pages.append(left[page]);
      }
      outcomes.add(pages.toString());
    }
    assertThat(outcomes).contains("", "333", "033", "303", "330", "000");
  }

  @Test
  void aPageMayBeAsItWasAfterAnyWrite() throws IOException {
    syncNames();
    try (DiskFile file = disk.open(FILE, OpenMode.CREATE)) {
      disk.syncDirectory(FOLDER);
      for (int i = 0; i < 3; i++) {
        file.write(ByteBuffer.wrap(bytes(1, i + 1)), i);
      }
    }
    Set<String> outcomes = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      SimDisk left = disk.afterPowerLoss(seed, SimDisk.Names.JOURNALLED);
      outcomes.add(Arrays.toString(left.readAll(FILE, 100)));
    }
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            "[]",
            "[0]",
            "[1]",
            "[0, 0]",
            "[1, 0]",
            "[1, 2]",
            "[0, 0, 0]",
            "[1, 0, 0]",
            "[1, 2, 0]",
            "[1, 2, 3]");
    assertThat(disk.readAll(FILE, 100)).as("the disk itself goes on").containsExactly(1, 2, 3);
  }

  @Test
  void namesMayBeLostInAnyOrder() throws IOException {
    syncNames();
    for (String name : new String[] {"a", "b"}) {
      disk.open(FOLDER.resolve(name), OpenMode.CREATE).close();
    }
    disk.rename(FOLDER.resolve("b"), FOLDER.resolve("c"));
    Set<String> outcomes = new HashSet<>();
    for (long seed = 0; seed < 100; seed++) {
      outcomes.add(disk.afterPowerLoss(seed, SimDisk.Names.ANY).list(FOLDER).toString());
    }
    assertThat(outcomes)
        .containsExactlyInAnyOrder(
            "[]", "[/d/e/a]", "[/d/e/b]", "[/d/e/c]", "[/d/e/a, /d/e/b]", "[/d/e/a, /d/e/c]");
  }

  @Test
  void namesComeBackUnlessTheFolderIsSynced() throws IOException {
    write(FILE, bytes(10, 1), true);
    syncNames();
    disk.replace(FILE, bytes(10, 2));
    disk.crash(1);
    assertThat(disk.readAll(FILE, 100)).as("replace is durable").isEqualTo(bytes(10, 2));
    Set<String> outcomes = new HashSet<>();
    for (long seed = 0; seed < 50; seed++) {
      SimDisk crashing = new SimDisk();
      crashing.createDirectories(FOLDER);
      for (Path path : new Path[] {Path.of("/"), Path.of("/d"), FOLDER}) {
        crashing.syncDirectory(path);
      }
      crashing.open(FOLDER.resolve("a"), OpenMode.CREATE).close();
      crashing.rename(FOLDER.resolve("a"), FOLDER.resolve("b"));
      crashing.open(FOLDER.resolve("c"), OpenMode.CREATE).close();
      crashing.crash(seed);
      outcomes.add(crashing.list(FOLDER).toString());
    }
    assertThat(outcomes)
        .containsExactlyInAnyOrder("[]", "[/d/e/a]", "[/d/e/b]", "[/d/e/b, /d/e/c]");
  }

  @Test
  void failsTheCallItIsToldTo() throws IOException {
    try (DiskFile file = disk.open(FILE, OpenMode.CREATE)) {
      disk.failCall(2, DiskFault.SHORT_WRITE);
      file.write(ByteBuffer.wrap(bytes(10, 1)), 0);
      assertThatThrownBy(() -> file.write(ByteBuffer.wrap(bytes(10, 2)), 10))
          .hasMessageContaining("Input/output error");
      assertThat(file.size()).isEqualTo(15);
      disk.failCall(1, DiskFault.IO_ERROR);
      assertThatThrownBy(file::sync).isInstanceOf(IOException.class);
      disk.failCall(1, DiskFault.NO_SPACE);
      assertThatThrownBy(() -> file.write(ByteBuffer.wrap(bytes(10, 2)), 15))
          .hasMessage("No space left on device");
      assertThat(file.size()).isEqualTo(20);
    }
  }

  @Test
  void isFullWhenItIs() throws IOException {
    disk.setCapacity(100);
    try (DiskFile file = disk.open(FILE, OpenMode.CREATE)) {
      file.write(ByteBuffer.wrap(bytes(90, 1)), 0);
      assertThatThrownBy(() -> file.write(ByteBuffer.wrap(bytes(20, 2)), 90))
          .hasMessage("No space left on device");
      assertThat(file.size()).as("what fits is there").isEqualTo(100);
      file.write(ByteBuffer.wrap(bytes(50, 3)), 10);
      file.truncate(50);
      assertThat(disk.usableBytes(FILE)).isEqualTo(50);
    }
  }

  @Test
  void openFilesOutliveTheirNames() throws IOException {
    write(FILE, bytes(10, 1), false);
    try (DiskFile file = disk.open(FILE, OpenMode.READ)) {
      disk.delete(FILE);
      ByteBuffer target = ByteBuffer.allocate(10);
      file.readFully(target, 0);
      assertThat(target.array()).isEqualTo(bytes(10, 1));
    }
    assertThatThrownBy(() -> disk.open(FILE, OpenMode.WRITE))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.delete(Path.of("/d")))
        .isInstanceOf(DirectoryNotEmptyException.class);
    disk.rename(FOLDER, Path.of("/d/g"));
    assertThat(disk.list(Path.of("/d"))).containsExactly(Path.of("/d/g"));
  }

  @Test
  void reservedRoomCountsUntilItIsGivenBack() throws IOException {
    disk.setCapacity(100);
    try (DiskFile file = disk.open(Path.of("/f"), OpenMode.CREATE);
        DiskFile other = disk.open(Path.of("/g"), OpenMode.CREATE)) {
      file.write(ByteBuffer.allocate(10), 0);
      file.preallocate(101);
      assertThat(disk.usableBytes(Path.of("/"))).as("more than there is").isEqualTo(90);
      file.preallocate(80);
      assertThat(file.size()).isEqualTo(10);
      assertThat(disk.reservedBytes()).isEqualTo(70);
      assertThatThrownBy(() -> other.write(ByteBuffer.allocate(21), 0))
          .hasMessageContaining("No space left");
      file.write(ByteBuffer.allocate(70), 10);
      file.releasePreallocated(79);
      assertThat(disk.reservedBytes()).isZero();
      file.preallocate(80);
      other.truncate(0);
      assertThat(disk.usableBytes(Path.of("/"))).isEqualTo(20);
      file.truncate(50);
      file.preallocate(60);
      file.releasePreallocated(49);
      assertThat(disk.reservedBytes()).as("not of that size").isEqualTo(10);
      file.releasePreallocated(50);
      assertThat(disk.usableBytes(Path.of("/"))).isEqualTo(50);
    }
  }
}
