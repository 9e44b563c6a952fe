package io.tailrace.broker.api;

import io.tailrace.broker.partition.Partition;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The fetches of one event loop that wait for more records. Each is answered once, on this loop:
 * when its partitions have grown enough, at its deadline, or never if its connection ends first.
 *
 * <p>When one partition grows, a fetch that waits for n partitions looks at all n if it names them
 * all, and only at those that have grown since its last look if it is incremental: its session, not
 * the waiting fetch, watches them ({@link FetchSession}).
 */
final class ParkedFetches {
  private final PriorityQueue<Parked> byDeadline =
      new PriorityQueue<>(Comparator.comparingLong(parked -> parked.deadlineNs));

  private boolean closed;

  /** Earliest deadline, or {@link Long#MAX_VALUE}. */
  long nextDeadlineNs() {
    Parked next = byDeadline.peek();
    return next == null ? Long.MAX_VALUE : next.deadlineNs;
  }

  /** Whether fetches have to be answered at once, because the broker stops. */
  boolean isClosed() {
    return closed;
  }

  void park(Fetch fetch, long deadlineNs) {
    Parked parked = new Parked(fetch, deadlineNs);
    byDeadline.add(parked);
    fetch.request().session().onClose(parked.dropper);
    parked.watch();
  }

  void onDeadline(long nowNs) {
    while (!byDeadline.isEmpty() && byDeadline.peek().deadlineNs - nowNs <= 0) {
      byDeadline.peek().tryAnswer(true);
    }
  }

  /** Answers all that wait: the broker stops. */
  void close() {
    closed = true;
    List.copyOf(byDeadline).forEach(parked -> parked.tryAnswer(true));
  }

  /** A waiting fetch. All but {@link #advanced} runs on the event loop. */
  private final class Parked implements Partition.Watcher {
    private final Fetch fetch;
    private final long deadlineNs;
    private final AtomicBoolean woken = new AtomicBoolean();
    private final Runnable dropper = this::drop;
    private final Runnable wake = this::wake;
    private boolean done;

    Parked(Fetch fetch, long deadlineNs) {
      this.fetch = fetch;
      this.deadlineNs = deadlineNs;
    }

    /** A partition has grown: look again, but once for all that happens until then. */
    @Override
    public void advanced() {
      if (woken.compareAndSet(false, true)) {
        fetch.request().loop().execute(wake);
      }
    }

    private void wake() {
      woken.set(false);
      tryAnswer(false);
      if (!done) {
        watch();
      }
    }

    void tryAnswer(boolean now) {
      if (done) {
        return;
      }
      boolean waits = false;
      try {
        waits = !fetch.answer(now);
      } catch (RuntimeException e) {
        fetch.request().closeConnection("its fetch met an unexpected error");
        throw e;
      } finally {
        if (!waits) {
          fetch.request().session().forget(dropper);
          drop();
        }
      }
    }

    /** A record may have come between the last look and the watch, so it looks again. */
    void watch() {
      fetch.watch(this);
      tryAnswer(false);
    }

    private void drop() {
      done = true;
      byDeadline.remove(this);
      fetch.unwatch(this);
    }
  }
}
