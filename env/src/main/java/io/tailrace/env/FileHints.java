package io.tailrace.env;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * The hints about one open file. They go through a descriptor of their own, because {@link
 * java.nio.channels.FileChannel} does not tell its own; it is opened by name at the first hint, and
 * only used if that name still means the same file. Safe for use by many threads.
 */
final class FileHints {
  private static final int NOT_TRIED = -2;
  private static final int NONE = -1;

  private final LinuxFileCalls calls;
  private final Path path;
  private final boolean writable;

  /** Device and inode; null if the name was gone before it could be asked. */
  private final @Nullable Object identity;

  private int fd = NOT_TRIED;
  private int users;
  private boolean closed;

  /** Of a file that has just been opened by this name. */
  FileHints(LinuxFileCalls calls, Path path, boolean writable) {
    this.calls = calls;
    this.path = path;
    this.writable = writable;
    this.identity = identity(path);
  }

  private static @Nullable Object identity(Path path) {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    } catch (IOException e) {
      return null;
    }
  }

  /**
   * False as long as no other hint of any file was given: linking the system calls takes too long
   * for the threads that ask this.
   */
  boolean isCached(long position, long length) {
    if (!calls.isReady() || !isRange(position, length)) {
      return false;
    }
    int own = acquire();
    if (own < 0) {
      return false;
    }
    try {
      return calls.isCached(own, position, length);
    } finally {
      release();
    }
  }

  /** Fills a buffer; false as {@link #isCached}. */
  boolean readIfCached(ByteBuffer target, long position) {
    if (!calls.isReady() || !isRange(position, target.remaining())) {
      return false;
    }
    int own = acquire();
    if (own < 0) {
      return false;
    }
    try {
      return calls.readIfCached(own, position, target);
    } finally {
      release();
    }
  }

  boolean isUncached(long position, long length) {
    return give(position, length, calls::isUncached);
  }

  /** Lets the kernel begin to read a range; returns whether it does. */
  boolean willNeed(long position, long length) {
    return give(position, length, calls::willNeed);
  }

  void dontNeed(long position, long length) {
    give(position, length, calls::dontNeed);
  }

  void startWriteback(long position, long length) {
    give(position, length, calls::startWriteback);
  }

  void preallocate(long length) {
    give(0, length, calls::preallocate);
  }

  /** Cuts off what is reserved behind the end, of a file that has {@code size} bytes. */
  void releaseBehind(long size) {
    give(0, Math.max(1, size), (own, position, length) -> calls.truncate(own, size));
  }

  private boolean give(long position, long length, Hint hint) {
    if (!isRange(position, length)) {
      return false;
    }
    int own = acquire();
    if (own < 0) {
      return false;
    }
    try {
      return hint.give(own, position, length);
    } finally {
      release();
    }
  }

  private static boolean isRange(long position, long length) {
    return position >= 0 && length > 0 && position <= Long.MAX_VALUE - length;
  }

  /** The descriptor, which stays open until {@link #release}; negative if there is none. */
  private synchronized int acquire() {
    if (closed) {
      return NONE;
    }
    if (fd == NOT_TRIED) {
      fd = open();
    }
    if (fd >= 0) {
      users++;
    }
    return fd;
  }

  private int open() {
    if (identity == null || !calls.isAvailable()) {
      return NONE;
    }
    int opened = calls.open(path, writable);
    if (opened >= 0 && !identity.equals(identity(Path.of("/proc/self/fd/" + opened)))) {
      calls.close(opened);
      return NONE;
    }
    return opened;
  }

  private synchronized void release() {
    users--;
    closeIfUnused();
  }

  /** The descriptor is closed when the last hint that is being given has been. */
  synchronized void close() {
    closed = true;
    closeIfUnused();
  }

  private void closeIfUnused() {
    if (closed && users == 0 && fd >= 0) {
      calls.close(fd);
      fd = NONE;
    }
  }

  private interface Hint {
    boolean give(int fd, long position, long length);
  }
}
