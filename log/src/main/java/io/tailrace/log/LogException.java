package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/** What can go wrong with a partition's log that the log itself can't mend. */
public abstract sealed class LogException extends Exception
    permits DiskFullException,
        LogOfflineException,
        LogReadException,
        LogRecoveringException,
        OffsetOutOfRangeException,
        QuarantinedOffsetException {

  LogException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
