package io.tailrace.log;

import java.io.IOException;

/**
 * What a lookup needs would have to be read from the disk, and the caller does not want to wait.
 */
final class ColdBytesException extends IOException {
  private static final long serialVersionUID = 1L;

  /** It is an answer, not a failure: nobody looks at where it comes from. */
  @Override
  public synchronized Throwable fillInStackTrace() {
    return this;
  }
}
