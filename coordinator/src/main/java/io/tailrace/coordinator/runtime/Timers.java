package io.tailrace.coordinator.runtime;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a shard wants to do later. A timer has a key, and there is one per key. For the shard's
 * thread.
 */
public interface Timers {

  /**
   * Sets the timer of a key, in place of an earlier one.
   *
   * @param operation given the time in milliseconds, run as any operation on the shard
   */
  void schedule(
      Object key, long deadlineMs, LongFunction<CoordinatorResult<@Nullable Void>> operation);

  void cancel(Object key);

  boolean isScheduled(Object key);
}
