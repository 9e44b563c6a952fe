package io.tailrace.env;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The machine's file systems, through {@code java.nio}. */
enum SystemDisk implements Disk {
  INSTANCE;

  /** Held by this process: one thing, as the file system is. */
  @SuppressWarnings("ImmutableEnumChecker")
  private final Set<Path> locked = ConcurrentHashMap.newKeySet();

  @SuppressWarnings("ImmutableEnumChecker")
  private final LinuxFileCalls calls = new LinuxFileCalls();

  @Override
  public DiskFile open(Path file, OpenMode mode) throws IOException {
    FileChannel channel =
        switch (mode) {
          case READ -> FileChannel.open(file, StandardOpenOption.READ);
          case WRITE -> FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
          case CREATE ->
              FileChannel.open(
                  file,
                  StandardOpenOption.READ,
                  StandardOpenOption.WRITE,
                  StandardOpenOption.CREATE);
        };
    return new SystemDiskFile(channel, new FileHints(calls, file, mode != OpenMode.READ));
  }

  @Override
  public boolean exists(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public boolean isDirectory(Path path) {
    return Files.isDirectory(path);
  }

  @Override
  public long size(Path file) throws IOException {
    return Files.size(file);
  }

  @Override
  public long lastModifiedMs(Path file) throws IOException {
    return Files.getLastModifiedTime(file).toMillis();
  }

  @Override
  public List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.sorted().toList();
    }
  }

  @Override
  public void createDirectories(Path directory) throws IOException {
    Files.createDirectories(directory);
  }

  @Override
  public void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void delete(Path path) throws IOException {
    Files.delete(path);
  }

  @Override
  public void syncDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  @Override
  public long usableBytes(Path path) throws IOException {
    return Files.getFileStore(path).getUsableSpace();
  }

  @Override
  public long totalBytes(Path path) throws IOException {
    return Files.getFileStore(path).getTotalSpace();
  }

  /**
   * On POSIX a process loses its lock on a file when it closes any channel of that file, so a file
   * locked here is not even opened a second time.
   */
  @Override
  public @Nullable AutoCloseableLock lock(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Path key = folder == null ? file : folder.toRealPath().resolve(file.getFileName());
    if (!locked.add(key)) {
      return null;
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
      if (channel.tryLock() != null) {
        FileChannel held = channel;
        channel = null;
        return () -> unlock(held, key);
      }
      locked.remove(key);
      return null;
    } catch (IOException | OverlappingFileLockException e) {
      locked.remove(key);
      throw e;
    } finally {
      if (channel != null) {
        channel.close();
      }
    }
  }

  private void unlock(FileChannel channel, Path key) throws IOException {
    channel.close();
    locked.remove(key);
  }
}
