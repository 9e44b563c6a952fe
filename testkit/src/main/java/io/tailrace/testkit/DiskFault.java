package io.tailrace.testkit;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What a call to a {@link SimDisk} may come to instead of success. */
public enum DiskFault {
  /** Nothing is done, and the call fails with EIO. */
  IO_ERROR,
  /** Of a write, the first half is done; then it fails with EIO. Other calls: as IO_ERROR. */
  SHORT_WRITE,
  /** Of a write, the first half is done; then it fails with ENOSPC. Other calls: not at all. */
  NO_SPACE;

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
