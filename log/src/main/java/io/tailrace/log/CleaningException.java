package io.tailrace.log;

import org.jspecify.annotations.Nullable;

/** A log can't be compacted; the message says which, where, why, and what to do. */
final class CleaningException extends Exception {
  private static final long serialVersionUID = 1L;

  CleaningException(String log, String problem, @Nullable Throwable cause) {
    super(log + " can't be compacted: " + problem, cause);
  }
}
