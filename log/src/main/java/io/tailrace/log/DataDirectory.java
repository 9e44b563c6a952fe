package io.tailrace.log;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One of a broker's data directories: in use, or offline from the moment that its disk fails until
 * the next start. Safe for use by many threads.
 */
public final class DataDirectory {
  private static final Logger LOG = System.getLogger(DataDirectory.class.getName());

  private final Path path;
  private final @Nullable MetaProperties owner;
  private final @Nullable LogManager logs;
  private volatile @Nullable String failure;

  private DataDirectory(
      Path path,
      @Nullable MetaProperties owner,
      @Nullable LogManager logs,
      @Nullable String failure) {
    this.path = path;
    this.owner = owner;
    this.logs = logs;
    this.failure = failure;
  }

  static DataDirectory of(MetaProperties owner, LogManager logs) {
    return new DataDirectory(logs.directory(), owner, logs, null);
  }

  /** One that could not be opened: nobody knows what is in it. */
  static DataDirectory unreadable(Path path, IOException cause) {
    LOG.log(
        Level.ERROR,
        "data folder {0} is offline, because it can''t be opened: {1}. Its partitions are not"
            + " served; mend it and restart the broker",
        path,
        cause.getMessage());
    return new DataDirectory(path, null, null, String.valueOf(cause.getMessage()));
  }

  public Path path() {
    return path;
  }

  /** Whose it is; null if it could not be opened. */
  @Nullable MetaProperties owner() {
    return owner;
  }

  public boolean isOnline() {
    return failure == null;
  }

  /** Its logs, those of one that went offline too; null if it could not be opened. */
  @Nullable LogManager logs() {
    return logs;
  }

  /** Whether it is known to hold a log. */
  public boolean holds(String name) {
    return logs != null && logs.names().contains(name);
  }

  /** Ends the use of the directory; returns whether it was online until now. */
  synchronized boolean fail(String what, IOException cause) {
    if (failure != null) {
      return false;
    }
    String reason = what + ": " + cause.getMessage();
    failure = reason;
    LOG.log(
        Level.ERROR,
        "data folder {0} goes offline: {1}. Its partitions take no more records; mend the disk and"
            + " restart the broker",
        path,
        reason);
    if (logs != null) {
      logs.takeOffline(new LogOfflineException(path + " is offline: " + reason, cause));
    }
    return true;
  }

  LogOfflineException offline() {
    return new LogOfflineException(path + " is offline: " + failure, null);
  }
}
