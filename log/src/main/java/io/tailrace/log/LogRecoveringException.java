package io.tailrace.log;

/** The log is being recovered after a crash, and can be used in a moment. */
public final class LogRecoveringException extends LogException {
  public LogRecoveringException(String name) {
    super(name + " is being recovered", null);
  }
}
