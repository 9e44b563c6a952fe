package io.tailrace.bench;

import org.jspecify.annotations.Nullable;

/** Ends the run; the message is shown to the user as it is, without a stack trace. */
final class BenchException extends RuntimeException {
  BenchException(String message) {
    super(message);
  }

  BenchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
