package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/**
 * The log takes no appends: a write or a sync failed, or its files are corrupt where only an
 * operator can decide. Its bytes are kept; the message names file and position.
 */
public final class LogOfflineException extends LogException {
  public LogOfflineException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
