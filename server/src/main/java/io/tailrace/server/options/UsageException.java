package io.tailrace.server.options;

/** A command line that can't be understood; the message is for its writer. */
public final class UsageException extends Exception {
  private static final long serialVersionUID = 1;

  public UsageException(String message) {
    super(message);
  }
}
