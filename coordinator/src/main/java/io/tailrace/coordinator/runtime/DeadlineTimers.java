package io.tailrace.coordinator.runtime;

import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Timers in order of their deadlines. Putting one off, as every heartbeat does, costs two field
 * writes: its place in the order is looked at when it would have been due before. For one thread.
 */
final class DeadlineTimers implements Timers {
  private final Map<Object, Timer> byKey = new HashMap<>();
  private final PriorityQueue<Timer> queue =
      new PriorityQueue<>(Comparator.comparingLong((Timer timer) -> timer.queuedMs));

  private static final class Timer {
    final Object key;
    long queuedMs;
    long deadlineMs;
    LongFunction<CoordinatorResult<@Nullable Void>> operation;

    Timer(Object key, long deadlineMs, LongFunction<CoordinatorResult<@Nullable Void>> operation) {
      this.key = key;
      this.queuedMs = deadlineMs;
      this.deadlineMs = deadlineMs;
      this.operation = operation;
    }
  }

  @Override
  public void schedule(
      Object key, long deadlineMs, LongFunction<CoordinatorResult<@Nullable Void>> operation) {
    Timer timer = byKey.get(key);
    if (timer != null && timer.queuedMs <= deadlineMs) {
      timer.deadlineMs = deadlineMs;
      timer.operation = operation;
      return;
    }
    cancel(key);
    timer = new Timer(key, deadlineMs, operation);
    byKey.put(key, timer);
    queue.add(timer);
  }

  @Override
  public void cancel(Object key) {
    Timer timer = byKey.remove(key);
    if (timer != null) {
      queue.remove(timer);
    }
  }

  @Override
  public boolean isScheduled(Object key) {
    return byKey.containsKey(key);
  }

  /** When {@link #poll} may next have something; Long.MAX_VALUE if never. */
  long nextDeadlineMs() {
    Timer first = queue.peek();
    return first == null ? Long.MAX_VALUE : first.queuedMs;
  }

  /** Takes out the timer that has been due for longest; null if there is none. */
  @Nullable LongFunction<CoordinatorResult<@Nullable Void>> poll(long nowMs) {
    Timer first = queue.peek();
    while (first != null && first.queuedMs <= nowMs) {
      queue.remove();
      if (first.deadlineMs == first.queuedMs) {
        byKey.remove(first.key);
        return first.operation;
      }
      first.queuedMs = first.deadlineMs;
      queue.add(first);
      first = queue.peek();
    }
    return null;
  }

  void clear() {
    byKey.clear();
    queue.clear();
  }
}
