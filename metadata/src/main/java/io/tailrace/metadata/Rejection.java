package io.tailrace.metadata;

import io.tailrace.protocol.ErrorCode;

/** Why one item of an admin request is refused. The message says what to change. */
final class Rejection extends Exception {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  Rejection(ErrorCode code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  ErrorCode code() {
    return code;
  }

  String reason() {
    return String.valueOf(getMessage());
  }
}
