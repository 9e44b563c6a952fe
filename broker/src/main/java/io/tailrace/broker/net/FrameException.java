package io.tailrace.broker.net;

import java.io.IOException;

/** The peer broke the framing; its connection can't go on. */
final class FrameException extends IOException {
  FrameException(String message) {
    super(message);
  }
}
