package io.tailrace.log;

/**
 * There was no room for the batches. The log is as it was before the append and takes appends again
 * as soon as there is room: the client may retry.
 */
public final class DiskFullException extends LogException {
  DiskFullException(String message, Throwable cause) {
    super(message, cause);
  }
}
