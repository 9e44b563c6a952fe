package io.tailrace.broker.net;

import org.jspecify.annotations.Nullable;

/** The requests of one connection whose answers are not encoded yet, in order. */
final class ResponseOrder {
  private @Nullable PendingResponse first;
  private @Nullable PendingResponse last;
  private int size;

  int size() {
    return size;
  }

  /** A place behind all others. */
  PendingResponse append(Connection connection) {
    PendingResponse response = new PendingResponse(connection);
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
  }
}
