package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/** A data directory is held by another process, or by another broker in this one. */
public final class DirectoryInUseException extends IOException {
  private final transient Path lockFile;

  DirectoryInUseException(Path lockFile) {
    super(lockFile + " is held by another process: stop that one, or choose another directory");
    this.lockFile = lockFile;
  }

  /** The file whose lock the other process holds. */
  public Path lockFile() {
    return lockFile;
  }
}
