package io.tailrace.server.client;

import io.tailrace.protocol.ErrorCode;
import java.io.IOException;

/** A broker can't be reached, or does not do what it is asked; the message is for the user. */
public final class ClientException extends IOException {
  private static final long serialVersionUID = 1;

  private final ErrorCode code;

  ClientException(String message, Throwable cause) {
    super(message, cause);
    this.code = ErrorCode.NONE;
  }

  /**
   * @param code as a broker has answered it; NONE if it has not come to an answer
   */
  public ClientException(String message, ErrorCode code) {
    super(message);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
