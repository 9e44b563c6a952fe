package io.tailrace.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system of its own, in memory and of a few megabytes: quickly full. Needs root. */
final class SmallDisk implements AutoCloseable {
  private final Path folder;

  private SmallDisk(Path folder) {
    this.folder = folder;
  }

  /** Mounts one; skips the test, saying why, where that is not allowed. */
  static SmallDisk mount(Class<?> test, int megabytes) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("tailrace-small-disk");
    String size = "size=" + megabytes + "m";
    Command.require(
        test,
        "run as root, with CAP_SYS_ADMIN",
        Command.of("mount", "-t", "tmpfs", "-o", size, "tmpfs", folder.toString()));
    return new SmallDisk(folder);
  }

  Path folder() {
    return folder;
  }

  long usableBytes() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    try {
      Command.of("umount", "--lazy", folder.toString()).run();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    Files.delete(folder);
  }
}
