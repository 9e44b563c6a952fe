package io.tailrace.protocol;

/** Bytes that are no message of the protocol. The sender is at fault; its connection is closed. */
public final class MalformedMessageException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedMessageException(String message) {
    // Without a stack trace: anybody can provoke it, as often as they like.
    super(message, null, false, false);
  }
}
