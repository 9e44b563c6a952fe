package io.tailrace.broker.net;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * The place of one answer in its connection's order. To be settled once, from any thread, by one of
 * {@link #complete}, {@link #completeWithoutResponse} and {@link #closeConnection}; a second time
 * throws IllegalStateException. If the connection has gone meanwhile, nothing is sent.
 */
public final class PendingResponse {
  private static final VarHandle OUTCOME;

  static {
    try {
      OUTCOME =
          MethodHandles.lookup().findVarHandle(PendingResponse.class, "outcome", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Outcomes other than a {@link ResponseEncoder}. */
  private enum Without {
    RESPONSE,
    CONNECTION
  }

  /** The outcome that ends the connection. */
  record Violation(String reason) {}

  private final Connection connection;
  final int requestBytes;
  private volatile @Nullable Object outcome;

  /** The one behind this in the connection's order; used by the connection on its loop. */
  @Nullable PendingResponse next;

  PendingResponse(Connection connection, int requestBytes) {
    this.connection = connection;
    this.requestBytes = requestBytes;
  }

  /** The connection that the request came on. */
  public Connection connection() {
    return connection;
  }

  /** Answers; {@code response} is encoded and sent when all answers before it have been. */
  public void complete(ResponseEncoder response) {
    if (!settle(response)) {
      response.release();
    }
  }

  /** Ends the request with no answer, as a produce request with acks=0 wants it. */
  public void completeWithoutResponse() {
    settle(Without.RESPONSE);
  }

  /**
   * The request broke the protocol: reads no more from the connection, sends the answers before
   * this one, closes it and logs the reason.
   */
  public void closeConnection(String reason) {
    if (settle(new Violation(reason))) {
      connection.stopReading();
    }
  }

  private boolean settle(Object value) {
    Object before = OUTCOME.compareAndExchange(this, null, value);
    if (before == null) {
      connection.responseSettled();
      return true;
    }
    if (before == Without.CONNECTION) {
      return false;
    }
    throw new IllegalStateException("a request of " + connection + " was answered twice");
  }

  /** How the request was settled, null if it wasn't yet. */
  @Nullable Object outcome() {
    return outcome;
  }

  /** The connection has gone: releases the response that is or will be here. */
  void connectionGone() {
    Object before = OUTCOME.compareAndExchange(this, null, Without.CONNECTION);
    if (before instanceof ResponseEncoder response) {
      response.release();
    }
  }
}
