package io.tailrace.log;

/** Not a failure: the log has changed under a cleaning, or the broker is closing. */
final class CleaningAbortedException extends Exception {
  private static final long serialVersionUID = 1L;

  CleaningAbortedException(String message) {
    super(message);
  }
}
