package io.tailrace.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file system, as the handful of calls that Tailrace needs. Safe for use by many threads.
 *
 * <p>What a crash of the machine does: bytes written but not {@link DiskFile#sync synced} may be
 * lost or kept in any combination; a file created, renamed or deleted may come back in its old
 * state until {@link #syncDirectory} of its folder has returned. A crash of the process loses
 * nothing that a call has returned for.
 */
public interface Disk {

  /** How {@link #open} treats a file that is or isn't there. */
  enum OpenMode {
    /** Read only; {@link NoSuchFileException} if it is not there. */
    READ,
    /** Read and write; {@link NoSuchFileException} if it is not there. */
    WRITE,
    /** Read and write, made empty first if it is not there. */
    CREATE
  }

  /** Opens a file. */
  DiskFile open(Path file, OpenMode mode) throws IOException;

  /** Whether a file or folder is there. */
  boolean exists(Path path) throws IOException;

  /** Whether a folder is there. */
  boolean isDirectory(Path path) throws IOException;

  /** Length of a file in bytes; {@link NoSuchFileException} if it is not there. */
  long size(Path file) throws IOException;

  /** Wall-clock time of the last change of the file, in milliseconds since the epoch. */
  long lastModifiedMs(Path file) throws IOException;

  /** The entries of a folder, sorted by name; {@link NoSuchFileException} if it is not there. */
  List<Path> list(Path directory) throws IOException;

  /** Makes a folder and those above it; nothing happens if they are there. */
  void createDirectories(Path directory) throws IOException;

  /** Renames a file or folder in one atomic step, replacing a file of the new name. */
  void rename(Path from, Path to) throws IOException;

  /** Deletes a file or an empty folder; {@link NoSuchFileException} if it is not there. */
  void delete(Path path) throws IOException;

  /** Makes the creations, renames and deletions in a folder survive a power loss. */
  void syncDirectory(Path directory) throws IOException;

  /** Bytes that can still be written to the file system that holds {@code path}. */
  long usableBytes(Path path) throws IOException;

  /** Size in bytes of the file system that holds {@code path}. */
  long totalBytes(Path path) throws IOException;

  /**
   * Takes an exclusive lock on a file, made if it is not there, against other processes and other
   * callers in this one. The lock ends with {@code close} or with the process.
   *
   * @return null if somebody else holds it
   */
  @Nullable AutoCloseableLock lock(Path file) throws IOException;

  /** A lock held on a file. */
  interface AutoCloseableLock extends AutoCloseable {
    @Override
    void close() throws IOException;
  }

  /**
   * The whole content of a file.
   *
   * @throws IOException if it is longer than {@code maxBytes}
   */
  default byte[] readAll(Path path, int maxBytes) throws IOException {
    try (DiskFile file = open(path, OpenMode.READ)) {
      long size = file.size();
      if (size > maxBytes) {
        throw new IOException(path + " has " + size + " bytes; at most " + maxBytes + " expected");
      }
      ByteBuffer buffer = ByteBuffer.allocate((int) size);
      file.readFully(buffer, 0);
      return buffer.array();
    }
  }

  /**
   * Replaces the content of a file so that after a crash of any kind it holds either the old or the
   * new bytes, whole: writes {@code name.tmp}, syncs it, renames it, syncs the folder. An error
   * names the file.
   */
  default void replace(Path path, byte[] content) throws IOException {
    Path temporary = path.resolveSibling(path.getFileName() + ".tmp");
    try (DiskFile file = open(temporary, OpenMode.CREATE)) {
      file.truncate(0);
      file.write(ByteBuffer.wrap(content), 0);
      file.sync();
    } catch (IOException e) {
      throw e instanceof FileSystemException
          ? e
          : new IOException(path + " can't be written: " + e.getMessage(), e);
    }
    rename(temporary, path);
    Path directory = path.getParent();
    if (directory != null) {
      syncDirectory(directory);
    }
  }

  /** Deletes a folder and all below it; nothing happens if it is not there. */
  default void deleteRecursively(Path path) throws IOException {
    if (!exists(path)) {
      return;
    }
    if (isDirectory(path)) {
      for (Path child : list(path)) {
        deleteRecursively(child);
      }
    }
    delete(path);
  }

  /** The machine's file systems. */
  static Disk system() {
    return SystemDisk.INSTANCE;
  }
}
