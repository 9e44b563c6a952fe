package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/** The place of one log in its manager: opened once, by whoever asks first. */
final class LogSlot {
  private volatile @Nullable PartitionLog log;
  private @Nullable LogOfflineException failure;

  /** Why the whole data directory is offline. Set at any time, beside an open, too. */
  private volatile @Nullable LogOfflineException offline;

  private volatile boolean recovering;
  private boolean discarded;
  private volatile @Nullable IdleLog idle;
  private volatile boolean knownClean;
  private volatile boolean ownerKnown;

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

  /** Whether somebody has found nothing to compact in it; it may have grown if it is open. */
  boolean isKnownClean() {
    return knownClean;
  }

  void setKnownClean() {
    knownClean = true;
  }

  /** The log if it is open. */
  @Nullable PartitionLog ifOpen() {
    return log;
  }

  /**
   * Waits while another thread opens it. A failure to open stays until the next start, unless it is
   * of a kind that passes ({@link DiskTrouble}).
   */
  synchronized PartitionLog open(Opener opener) throws LogOfflineException {
    PartitionLog open = log;
    if (open == null) {
      open = load(opener);
      log = open;
      LogOfflineException meanwhile = offline;
      if (meanwhile != null) {
        open.takeOffline(meanwhile);
      }
    }
    return open;
  }

  private PartitionLog load(Opener opener) throws LogOfflineException {
    if (discarded) {
      throw new LogOfflineException("the log has been deleted", null);
    }
    LogOfflineException known = offline == null ? failure : offline;
    if (known != null) {
      throw new LogOfflineException(String.valueOf(known.getMessage()), known);
    }
    try {
      return opener.open();
    } catch (LogOfflineException e) {
      if (!DiskTrouble.passes(e.getCause())) {
        failure = e;
      }
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

  /**
   * Opens the log for a visitor only, and closes it again; whoever asks for it meanwhile waits.
   * Nothing happens if it is open.
   */
  synchronized void visit(Opener opener, Visitor visitor) throws LogException {
    if (log != null) {
      return;
    }
    PartitionLog visited = load(opener);
    try {
      visitor.visit(visited);
    } finally {
      visited.close();
    }
  }

  /** Whether the log has been found to be the topic's that uses it. */
  boolean isOwnerKnown() {
    return ownerKnown;
  }

  void setOwnerKnown() {
    ownerKnown = true;
  }

  /** What is known of the log while it is not open; null if nothing is. */
  @Nullable IdleLog idle() {
    return idle;
  }

  void setIdle(@Nullable IdleLog known) {
    idle = known;
  }

  synchronized boolean isDiscarded() {
    return discarded;
  }

  /**
   * The disk has failed: an open log takes no more appends, any other can't be opened. Waits for
   * nobody.
   */
  void takeOffline(LogOfflineException reason) {
    offline = reason;
    PartitionLog open = log;
    if (open != null) {
      open.takeOffline(reason);
    }
  }

  synchronized boolean hasFailed() {
    return failure != null || offline != null;
  }

  /** Works on a log for a moment. */
  interface Visitor {
    void visit(PartitionLog log) throws LogException;
  }

  /** Opens a log from its folder. */
  interface Opener {
    PartitionLog open() throws LogOfflineException;
  }
}
