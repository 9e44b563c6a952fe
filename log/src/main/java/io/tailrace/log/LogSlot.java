package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/** The place of one log in its manager: opened once, by whoever asks first. */
final class LogSlot {
  private volatile @Nullable PartitionLog log;
  private @Nullable LogOfflineException failure;

  /** The log if it is open. */
  @Nullable PartitionLog ifOpen() {
    return log;
  }

  /** Waits while another thread opens it. A failure to open stays until the next start. */
  synchronized PartitionLog open(Opener opener) throws LogOfflineException {
    PartitionLog open = log;
    if (open != null) {
      return open;
    }
    if (failure != null) {
      throw new LogOfflineException(String.valueOf(failure.getMessage()), failure);
    }
    try {
      open = opener.open();
      log = open;
      return open;
    } catch (LogOfflineException e) {
      failure = e;
      throw e;
    }
  }

  synchronized boolean hasFailed() {
    return failure != null;
  }

  /** Opens a log from its folder. */
  interface Opener {
    PartitionLog open() throws LogOfflineException;
  }
}
