package io.tailrace.broker.net;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What other threads want a loop to do, and the loop's sleep that they end. A loop that is awake is
 * not woken, so a burst of tasks costs one system call.
 */
final class TaskQueue {
  private static final Logger LOG = System.getLogger(TaskQueue.class.getName());
  private static final int MAX_PER_TURN = 10_000;

  private final Selector selector;
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean asleep = new AtomicBoolean();

  TaskQueue(Selector selector) {
    this.selector = selector;
  }

  /** From any thread. */
  void add(Runnable task) {
    tasks.add(task);
    if (asleep.get() && asleep.compareAndSet(true, false)) {
      selector.wakeup();
    }
  }

  boolean isEmpty() {
    return tasks.isEmpty();
  }

  /** Waits for a socket or a task, at most so long; Long.MAX_VALUE for as long as it takes. */
  void select(Consumer<SelectionKey> ready, long waitNs) throws IOException {
    if (waitNs <= 0) {
      selector.selectNow(ready);
      return;
    }
    asleep.set(true);
    // Whoever added a task before the line above saw the loop awake.
    if (!tasks.isEmpty()) {
      selector.selectNow(ready);
    } else if (waitNs == Long.MAX_VALUE) {
      selector.select(ready);
    } else {
      selector.select(ready, (waitNs - 1) / 1_000_000 + 1);
    }
    asleep.set(false);
  }

  /** Runs what is there; false if that was nothing. */
  boolean run() {
    int count = 0;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      try {
        task.run();
      } catch (Throwable t) {
        LOG.log(Level.ERROR, "a task on an event loop failed", t);
      }
      if (++count == MAX_PER_TURN) {
        break;
      }
    }
    return count > 0;
  }
}
