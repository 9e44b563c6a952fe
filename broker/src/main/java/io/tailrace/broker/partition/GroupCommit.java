package io.tailrace.broker.partition;

import io.tailrace.log.LogException;
import io.tailrace.log.LogOfflineException;
import io.tailrace.log.PartitionLog;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Group commit of one partition: everybody who waits for durability shares the next {@code
 * fdatasync}. At most one sync runs at a time; whoever comes while it runs shares the one after it.
 * Called from any thread; syncs run on the flusher's threads, and partitions take turns there.
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

  /** One sync; for those who have come meanwhile, another behind the other partitions' ones. */
  private void sync() {
    List<Listener> sharing;
    synchronized (this) {
      sharing = waiting;
      waiting = new ArrayList<>();
    }
    LogException failure = flush();
    for (Listener listener : sharing) {
      listener.synced(failure);
    }
    synchronized (this) {
      running = !waiting.isEmpty();
      if (!running) {
        return;
      }
    }
    flusher.execute(this::sync);
  }

  private @Nullable LogException flush() {
    try {
      log.flush();
      return null;
    } catch (LogException e) {
      return e;
    } catch (RuntimeException e) {
      // Whoever waits must hear that it went wrong, whatever it was.
      return new LogOfflineException("a defect in Tailrace: syncing " + log.name() + " failed", e);
    }
  }
}
