package io.tailrace.log;

import java.io.IOException;

/** A segment's bytes are no sequence of record batches; the message names file and position. */
final class BrokenSegmentException extends IOException {
  BrokenSegmentException(String message) {
    super(message);
  }
}
