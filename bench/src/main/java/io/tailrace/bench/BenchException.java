package io.tailrace.bench;

import org.jspecify.annotations.Nullable;

/** Ends the run; the message is shown to the user as it is, without a stack trace. */
public final class BenchException extends RuntimeException {
  public BenchException(String message) {
    super(message);
  }

  public BenchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
