package io.tailrace.broker.partition;

import io.tailrace.log.LogException;
import io.tailrace.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Group commit of one partition: everybody who waits for durability shares the next {@code
 * fdatasync}. At most one sync runs at a time; whoever comes while it runs shares the one after it.
 * Called from any thread; syncs run on the flusher's threads.
 */
final class GroupCommit {

  /** Told once that a sync has returned, or failed. */
  interface Listener {
    /**
     * @param failure null if everything that was appended before {@link GroupCommit#request} is now
     *     durable
     */
    void synced(@Nullable LogException failure);
  }

  private final PartitionLog log;
  private final Executor flusher;
  private List<Listener> waiting = new ArrayList<>();
  private boolean running;

  GroupCommit(PartitionLog log, Executor flusher) {
    this.log = log;
    this.flusher = flusher;
  }

  /** Asks for everything appended so far to be synced. */
  void request(Listener listener) {
    synchronized (this) {
      waiting.add(listener);
      if (running) {
        return;
      }
      running = true;
    }
    flusher.execute(this::sync);
  }

  /** Syncs until nobody waits any more. */
  private void sync() {
    while (true) {
      List<Listener> batch;
      synchronized (this) {
        if (waiting.isEmpty()) {
          running = false;
          return;
        }
        batch = waiting;
        waiting = new ArrayList<>();
      }
      LogException failure = null;
      try {
        log.flush();
      } catch (LogException e) {
        failure = e;
      }
      for (Listener listener : batch) {
        listener.synced(failure);
      }
    }
  }
}
