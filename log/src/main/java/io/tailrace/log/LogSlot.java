package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/** The place of one log in its manager: opened once, by whoever asks first. */
final class LogSlot {
  private volatile @Nullable PartitionLog log;
  private @Nullable LogOfflineException failure;
  private volatile boolean recovering;
  private boolean discarded;

  /**
   * @param recovering somebody has set out to recover the log, and will say {@link #recovered}
   */
  LogSlot(boolean recovering) {
    this.recovering = recovering;
  }

  boolean isRecovering() {
    return recovering;
  }

  void recovered() {
    recovering = false;
  }

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
    if (discarded) {
      throw new LogOfflineException("the log has been deleted", null);
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

  /** Ends the use of the log, which nobody can open any more; waits while somebody does. */
  synchronized void discard(String reason) {
    discarded = true;
    PartitionLog open = log;
    if (open != null) {
      open.abandon(reason);
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
