package io.tailrace.broker.net;

import org.jspecify.annotations.Nullable;

/** The requests of one connection whose answers are not encoded yet, in order. */
final class ResponseOrder {
  private @Nullable PendingResponse first;
  private @Nullable PendingResponse last;
  private int size;
  private long requestBytes;

  int size() {
    return size;
  }

  /** Sizes of these requests, as they came in, together. */
  long requestBytes() {
    return requestBytes;
  }

  /** A place behind all others. */
  PendingResponse append(Connection connection, int bytes) {
    PendingResponse response = new PendingResponse(connection, bytes);
    requestBytes += bytes;
    if (last == null) {
      first = response;
    } else {
      last.next = response;
    }
    last = response;
    size++;
    return response;
  }

  /** Takes the first request's outcome, if it has one. */
  @Nullable Object pollOutcome() {
    PendingResponse response = first;
    Object outcome = response == null ? null : response.outcome();
    if (response != null && outcome != null) {
      first = response.next;
      last = first == null ? null : last;
      size--;
      requestBytes -= response.requestBytes;
    }
    return outcome;
  }

  /** The connection has gone: whatever is or will be answered is released. */
  void close() {
    for (PendingResponse response = first; response != null; response = response.next) {
      response.connectionGone();
    }
    first = null;
    last = null;
    size = 0;
    requestBytes = 0;
  }
}
