package io.tailrace.log;

/** A read from the log's files failed; the message names file and position. */
public final class LogReadException extends LogException {
  LogReadException(String message, Throwable cause) {
    super(message, cause);
  }
}
