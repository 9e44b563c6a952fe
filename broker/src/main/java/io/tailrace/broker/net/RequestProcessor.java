package io.tailrace.broker.net;

import java.nio.ByteBuffer;

/**
 * Handles the requests of one event loop's connections. One instance per loop; called only on that
 * loop's thread, so it must not block.
 *
 * <p>A turn of the loop calls {@link #process} for each frame that has arrived, then the posted
 * tasks and {@link #onDeadline}, then {@link #endOfTurn}; responses completed by then leave in as
 * few writes as possible. What {@link #process} throws closes the connection of that frame; what
 * {@link #endOfTurn} throws closes the connections whose frames were part of the turn.
 */
public interface RequestProcessor {

  /**
   * Handles one request.
   *
   * @param frame position to limit is one request without its length prefix, big-endian, direct.
   *     The bytes stay in place until {@link #endOfTurn} has returned, so slices and absolute
   *     indexes stay good until then; position and limit only until this call returns, because the
   *     buffer is shared with the frames that arrived with this one. Using it later, or on another
   *     thread, throws IllegalStateException or WrongThreadException.
   */
  void process(ByteBuffer frame, PendingResponse response, long nowNs);

  /**
   * All frames that had arrived in this turn have been processed: do what was gathered. Called in
   * every turn in which any other method of this interface or a posted task ran.
   */
  void endOfTurn(long nowNs);

  /** Earliest deadline of parked work on this loop, Long.MAX_VALUE if there is none. */
  long nextDeadlineNs();

  /** The time {@link #nextDeadlineNs} named has come; it must name a later one afterwards. */
  void onDeadline(long nowNs);

  /**
   * The server closes: answer what is parked, and park no more. Called once, before the connections
   * stop reading.
   */
  default void drain() {}

  /** The connection is gone: drop what was parked for it. Called once, after endOfTurn. */
  void connectionClosed(Connection connection);

  /** Makes the processor of each loop. */
  interface Factory {
    /** Called before the loop runs; {@code loop.execute} may be kept and used from any thread. */
    RequestProcessor create(EventLoop loop);
  }
}
