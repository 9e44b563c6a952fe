package io.tailrace.broker.api;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.Message;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way through a handler. Only {@link #respond} and {@link #loop} may be called
 * from other threads than the event loop's.
 */
public interface ApiRequest {

  ApiKey apiKey();

  short version();

  @Nullable String clientId();

  ClientSession session();

  /** Monotonic time at which the request was taken up, in nanoseconds. */
  long nowNs();

  /**
   * Decodes the body into {@code message} and returns it. Record bytes stay slices of the network
   * buffer, valid until the end of the event loop's turn; all else is the message's own.
   */
  <T extends Message> T read(T message);

  /** Sends the answer, behind those of earlier requests of the connection. Called at most once. */
  void respond(Message response);

  /**
   * As {@link #respond}; {@code whenSent} is called once the response has left or can't any more,
   * and frees what its records hold.
   */
  void respond(Message response, @Nullable Runnable whenSent);

  /** Ends a request that has no answer (produce with acks=0). */
  void respondNothing();

  /** Closes the connection, because the client broke the protocol or asked for it by acks=0. */
  void closeConnection(String reason);

  /** Runs tasks on the event loop of this request's connection. */
  Executor loop();
}
