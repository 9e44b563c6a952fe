package io.tailrace.testkit;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a call to a {@link SimDisk} may come to instead of success. */
public enum DiskFault {
  /** Nothing is done, and the call fails with EIO. A sync takes the unsynced pages for clean. */
  IO_ERROR("Input/output error"),
  /** Of a write, the first half is done; then it fails with EIO. Other calls: as IO_ERROR. */
  SHORT_WRITE("Input/output error"),
  /**
   * Of a write, the first half is done; then it fails with ENOSPC, and so does what makes a file, a
   * folder or a name. Other calls: not at all.
   */
  NO_SPACE("No space left on device"),
  /** Nothing is done, and the call fails with EINTR. */
  INTERRUPTED("Interrupted system call");

  private final String text;

  DiskFault(String text) {
    this.text = text;
  }

  /** As Java reports it for an open file, whose name it does not know. */
  IOException error() {
    return new IOException(text);
  }

  /** As Java reports it for a call that is given a path. */
  IOException error(Path path) {
    return new FileSystemException(path.toString(), null, text);
  }

  /** Decides which calls fail. */
  @FunctionalInterface
  public interface Plan {
    /**
     * @param number of the call, counted from 1 since the disk was made
     * @param operation as the method of {@code Disk} or {@code DiskFile} is called
     * @return null if the call succeeds
     */
    @Nullable DiskFault at(long number, String operation, Path path);
  }
}
