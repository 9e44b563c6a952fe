package io.tailrace.server;

/** A command line that can't be understood; the message is for its writer. */
final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  UsageException(String message) {
    super(message);
  }
}
