package io.tailrace.coordinator.runtime;

/**
 * The state machine over one partition of an internal topic. For one thread at a time. Its state
 * changes by {@link #replay} alone, so that a load finds the same state again; only what may be
 * lost with the process (who waits for what, timers) lives beside it.
 */
public interface CoordinatorShard {

  /**
   * Applies a record that is in the log: while loading, and after each append.
   *
   * @param offset its place in the log
   * @param producerId the transaction that wrote it, −1 outside one; then it counts from {@link
   *     #endTransaction} on
   */
  void replay(long offset, long producerId, CoordinatorRecord record);

  /** Applies the end of a transaction. */
  void endTransaction(long producerId, boolean committed);

  /** All records are applied: sets the timers that the state asks for. */
  void loaded(long nowMs);

  /** Another takes over, or the log has failed: answers all who wait, and lets nobody wait. */
  void unloaded();
}
