package io.tailrace.log;

import java.io.IOException;
import java.nio.file.Path;

/** A data directory can't be used, and the broker can't do without it. */
public final class DataDirectoryException extends IOException {
  private final transient Path directory;
  private final IOException reason;

  DataDirectoryException(Path directory, IOException reason) {
    super(directory + ": " + reason.getMessage(), reason);
    this.directory = directory;
    this.reason = reason;
  }

  public Path directory() {
    return directory;
  }

  /** {@link DirectoryInUseException}, {@link MetaPropertiesException}, or what the disk said. */
  public IOException reason() {
    return reason;
  }
}
