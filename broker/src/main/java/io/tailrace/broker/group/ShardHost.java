package io.tailrace.broker.group;

import io.tailrace.coordinator.runtime.CoordinatorException;
import io.tailrace.coordinator.runtime.CoordinatorResult;
import io.tailrace.coordinator.runtime.CoordinatorShard;
import io.tailrace.coordinator.runtime.ShardRuntime;
import io.tailrace.protocol.ErrorCode;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One shard and the turns of those who use it. Operations run one after another, in the order in
 * which they came: on a thread of the coordinator's, or, where they are quick and nobody is before
 * them, on the caller's own, because waking another takes longer than most of them.
 */
final class ShardHost<S extends CoordinatorShard> {
  private static final Logger LOG = System.getLogger(ShardHost.class.getName());
  private static final long RETRY_LOAD_MS = 50;

  private final String name;
  private final ShardRuntime<S> runtime;
  private final LongSupplier nowMs;
  private final ScheduledExecutorService threads;
  private final ReentrantLock lock = new ReentrantLock();
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private volatile boolean loaded;
  private volatile boolean closed;
  private volatile @Nullable String offlineReason;

  /** When the timers are next looked at; guarded by the lock. */
  private long wakeUpMs = Long.MAX_VALUE;

  /** Something asked of a shard. */
  interface Operation<S, R> {
    CoordinatorResult<R> run(S shard, long nowMs);
  }

  /**
   * @param name of the partition, for messages
   * @param nowMs time that does not jump, in milliseconds
   */
  ShardHost(
      String name, ShardRuntime<S> runtime, LongSupplier nowMs, ScheduledExecutorService threads) {
    this.name = name;
    this.runtime = runtime;
    this.nowMs = nowMs;
    this.threads = threads;
  }

  /** Reads the log, in its turn. */
  void load() {
    enqueue(this::loadNow);
  }

  private void loadNow() {
    if (closed || loaded) {
      return;
    }
    long startMs = nowMs.getAsLong();
    try {
      runtime.load(startMs);
    } catch (CoordinatorException e) {
      if (e.code() == ErrorCode.COORDINATOR_LOAD_IN_PROGRESS) {
        // The log itself is still being recovered, or the disk has no room for a new one.
        threads.schedule(this::load, RETRY_LOAD_MS, TimeUnit.MILLISECONDS);
        return;
      }
      goOffline(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: loading " + name + " failed", e);
      goOffline(e.toString());
    }
    loaded = true;
    LOG.log(Level.DEBUG, "{0} loaded in {1} ms", name, nowMs.getAsLong() - startMs);
  }

  /** What can't be read is left as it is. That groups begin anew is for people to decide. */
  private void goOffline(String problem) {
    LOG.log(
        Level.ERROR,
        "{0} is offline: its groups are not served, those of other partitions are. {1}. Nothing in"
            + " it was changed. Stop the broker, and put {0} back from a backup; or move it away,"
            + " and its groups begin anew, without offsets",
        name,
        problem);
    String reason = name + " is offline because its state can't be read, see the broker's log";
    offlineReason = reason;
    runtime.stop(ErrorCode.NOT_COORDINATOR, reason);
  }

  /** Why nothing here can be served until the broker starts again; null if it can. */
  @Nullable String offlineReason() {
    return offlineReason;
  }

  /**
   * Runs an operation in its turn.
   *
   * @param quick whether the caller's thread may do it; asked in that turn, and only looks
   * @return its answer; or, exceptionally, a {@link CoordinatorException}
   */
  <R> CompletableFuture<R> run(Predicate<S> quick, Operation<S, R> operation) {
    if (!loaded) {
      return CompletableFuture.failedFuture(
          new CoordinatorException(
              ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, name + " is being loaded"));
    }
    if (lock.tryLock()) {
      try {
        if (waiting.isEmpty() && quick.test(runtime.shard())) {
          return runNow(operation);
        }
      } finally {
        lock.unlock();
      }
    }
    CompletableFuture<R> answer = new CompletableFuture<>();
    enqueue(() ->
        runNow(operation)
            .whenComplete((value, thrown) -> {
              if (thrown == null) {
                answer.complete(value);
              } else {
                answer.completeExceptionally(thrown);
              }
            }));
    return answer;
  }

  private <R> CompletableFuture<R> runNow(Operation<S, R> operation) {
    long now = nowMs.getAsLong();
    try {
      return runtime.run(now, shard -> operation.run(shard, now));
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: a request to " + name + " failed", e);
      return CompletableFuture.failedFuture(
          new CoordinatorException(ErrorCode.UNKNOWN_SERVER_ERROR, null));
    } finally {
      setWakeUp(now);
    }
  }

  private void enqueue(Runnable task) {
    waiting.add(task);
    if (scheduled.compareAndSet(false, true)) {
      try {
        threads.execute(this::drain);
      } catch (RejectedExecutionException e) {
        // The broker ends: what is left is only to say so.
        drain();
      }
    }
  }

  private void drain() {
    lock.lock();
    try {
      scheduled.set(false);
      Runnable task = waiting.poll();
      while (task != null) {
        runSafely(task);
        task = waiting.poll();
      }
      setWakeUp(nowMs.getAsLong());
    } finally {
      lock.unlock();
    }
  }

  /** A defect must not keep those behind it from their turn. */
  private void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: work on " + name + " failed", e);
    }
  }

  /** With the lock held. A timer that is put off leaves the wake-up where it is. */
  private void setWakeUp(long now) {
    long deadline = runtime.nextDeadlineMs();
    if (deadline < wakeUpMs && !closed) {
      wakeUpMs = deadline;
      threads.schedule(
          () -> enqueue(this::wakeUp), Math.max(0, deadline - now), TimeUnit.MILLISECONDS);
    }
  }

  private void wakeUp() {
    wakeUpMs = Long.MAX_VALUE;
    if (!closed) {
      runtime.runTimers(nowMs.getAsLong());
    }
  }

  /** Lets nobody wait any more, and refuses what comes. */
  void close() {
    lock.lock();
    try {
      closed = true;
      loaded = true;
      runtime.stop(ErrorCode.NOT_COORDINATOR, name + " is not led here any more");
    } finally {
      lock.unlock();
    }
  }
}
