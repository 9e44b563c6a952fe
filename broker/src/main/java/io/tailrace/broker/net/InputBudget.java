package io.tailrace.broker.net;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that input buffers over 64 KiB may take, all loops together; lock-free, for any thread.
 *
 * <p>A frame that needs such a buffer waits in line, unread, until there is room. A larger buffer
 * that would only save system calls is given while nobody waits and half of the budget stays free.
 * Those who wait may hold one of these spare buffers, so half of the budget at most; the other half
 * is held by those who wait for nobody but their client, and is enough for any frame. So the line
 * always moves on.
 */
final class InputBudget {
  private final long total;
  private final AtomicLong free;
  private final Queue<Connection> waiting = new ConcurrentLinkedQueue<>();

  InputBudget(long total) {
    this.total = total;
    free = new AtomicLong(total);
  }

  /** Reserves for a buffer that is nice to have. */
  boolean reserveSpare(int bytes) {
    return waiting.isEmpty() && take(bytes, total / 2);
  }

  /**
   * Reserves for a frame. If there is no room, the connection joins the line, and is told by {@link
   * Connection#budgetFreed} on its loop when to {@link #retry}.
   */
  boolean reserve(Connection connection, int bytes) {
    if (waiting.isEmpty() && take(bytes, 0)) {
      return true;
    }
    waiting.add(connection);
    // Whoever released before the line above had nobody to wake.
    return retry(connection, bytes);
  }

  /** Reserves for a connection that is in the line; true takes it out. */
  boolean retry(Connection connection, int bytes) {
    if (waiting.peek() != connection || !take(bytes, 0)) {
      return false;
    }
    waiting.remove();
    wakeFirst();
    return true;
  }

  /** Takes a connection out of the line. */
  void cancel(Connection connection) {
    if (waiting.remove(connection)) {
      wakeFirst();
    }
  }

  void release(int bytes) {
    free.addAndGet(bytes);
    wakeFirst();
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  long usedBytes() {
    return total - free.get();
  }

  private boolean take(int bytes, long leave) {
    long seen = free.get();
    while (seen - bytes >= leave) {
      long witness = free.compareAndExchange(seen, seen - bytes);
      if (witness == seen) {
        return true;
      }
      seen = witness;
    }
    return false;
  }

  private void wakeFirst() {
    Connection first = waiting.peek();
    if (first != null) {
      first.loop().execute(first::budgetFreed);
    }
  }
}
