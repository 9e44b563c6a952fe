package io.tailrace.broker.net;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where an event loop keeps the connections that have lately sent nothing but heartbeats: a second
 * selector, at which it looks only every {@link #PERIOD_NS}. So those that come meanwhile share one
 * wake-up, and nobody else waits for them (docs/decisions/014). Used only on its loop's thread.
 *
 * <p>It is open while heartbeats come so often that this saves wake-ups; otherwise nothing is in
 * it, and the loop need not wake for it.
 *
 * <p>A connection in the lane keeps its key of the loop's own selector, which then waits for
 * nothing, and one that has left keeps that of the lane: so it may come and go within a turn.
 */
final class UnhurriedLane {
  /** What a heartbeat waits at most, to a millisecond, and whatever comes behind two of them. */
  static final long PERIOD_NS = TimeUnit.MILLISECONDS.toNanos(10);

  /** Requests a second for which it opens: five for each look. */
  static final int OPENING_RATE = 500;

  /** And below which it shuts. */
  static final int SHUTTING_RATE = OPENING_RATE / 2;

  private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

  private final Selector selector;
  private long nextLookNs;
  private int size;

  /** Whether the selector still waits for connections that have left or are closed. */
  private boolean isStale;

  private boolean open;
  private long requests;
  private long countedSinceNs;

  UnhurriedLane() throws IOException {
    selector = Selector.open();
  }

  void start(long nowNs) {
    nextLookNs = nowNs;
    countedSinceNs = nowNs;
  }

  /** A connection that is or could be in the lane has sent a heartbeat. */
  void count() {
    requests++;
  }

  boolean isOpen() {
    return open;
  }

  /** Connections in it. */
  int size() {
    return size;
  }

  /** Opens or shuts, by what was counted since the last time. */
  void review(long nowNs) {
    long elapsedNs = nowNs - countedSinceNs;
    if (elapsedNs >= SECOND_NS) {
      open = requests * SECOND_NS / elapsedNs >= (open ? SHUTTING_RATE : OPENING_RATE);
      requests = 0;
      countedSinceNs = nowNs;
    }
  }

  /**
   * Waits for the connection's requests from now on.
   *
   * @param key what this returned for the connection before, null the first time
   */
  SelectionKey enter(Connection connection, SocketChannel channel, @Nullable SelectionKey key) {
    size++;
    if (key != null) {
      return key.interestOps(SelectionKey.OP_READ);
    }
    try {
      return channel.register(selector, SelectionKey.OP_READ, connection);
    } catch (ClosedChannelException e) {
      throw new IllegalStateException(connection + " is served after its end", e);
    }
  }

  void leave(SelectionKey key) {
    size--;
    isStale = true;
    key.interestOps(0);
  }

  /** The connection is closed; its socket, as the selector knows it, only with the next look. */
  void forget(boolean wasIn) {
    size -= wasIn ? 1 : 0;
    isStale = true;
  }

  /** How long until the next look is due; Long.MAX_VALUE while the lane is empty. */
  long waitNs(long nowNs) {
    return size == 0 ? Long.MAX_VALUE : nextLookNs - nowNs;
  }

  boolean isDue(long nowNs) {
    return isStale || (size > 0 && nowNs - nextLookNs >= 0);
  }

  /** Collects what has arrived, and does not wait. */
  void look(Consumer<SelectionKey> ready, long nowNs) throws IOException {
    isStale = false;
    nextLookNs = nowNs + PERIOD_NS;
    selector.selectNow(ready);
  }

  void close() throws IOException {
    selector.close();
  }
}
