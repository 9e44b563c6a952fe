package io.tailrace.log;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Recovers the logs of a data directory behind its start, some at a time, then syncs them.
 *
 * <p>Recovery points move on about once a second meanwhile, not only when all is synced: a broker
 * that dies again and again sooner than that would else have more to check at each start.
 */
final class StartRecovery {
  private static final Logger LOG = System.getLogger(StartRecovery.class.getName());
  private static final long CHECKPOINT_EVERY_NS = 1_000_000_000L;

  private final Path directory;
  private final Map<String, LogSlot> slots;
  private final ExecutorService threads;
  private final Clock clock;
  private final AtomicLong nextCheckpointNs;

  /**
   * @param slots of all logs; those that go meanwhile are left alone
   * @param threads shut down when there is nothing left to do
   */
  StartRecovery(Path directory, Map<String, LogSlot> slots, ExecutorService threads, Clock clock) {
    this.directory = directory;
    this.slots = slots;
    this.threads = threads;
    this.clock = clock;
    this.nextCheckpointNs = new AtomicLong(clock.nanoTime() + CHECKPOINT_EVERY_NS);
  }

  /** How it works on the logs. */
  interface Work {
    PartitionLog open(String name) throws LogOfflineException;

    /** Of that log: it is open, or will not be. */
    void done();

    /** Writes how far the logs are synced. */
    void checkpoint() throws IOException;
  }

  /** Returns at once. */
  void start(Work work) {
    slots.forEach((name, slot) -> threads.execute(() -> recover(name, slot, work)));
    // Behind all of that: syncing takes longer than reading, and nobody waits for it.
    slots.forEach((name, slot) -> threads.execute(() -> sync(slot, work)));
    threads.execute(() -> checkpoint(work));
    end();
  }

  /** Takes no work any more. */
  void end() {
    threads.shutdown();
  }

  /** Waits until all is done. */
  void await() throws InterruptedException {
    while (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
      LOG.log(Level.INFO, "{0}: still recovering", directory);
    }
  }

  private void recover(String name, LogSlot slot, Work work) {
    if (slots.get(name) != slot) {
      return;
    }
    try {
      slot.open(() -> work.open(name));
    } catch (LogOfflineException e) {
      if (!slot.isDiscarded()) {
        LOG.log(Level.ERROR, "{0}: {1}", directory, e.getMessage());
      }
    } finally {
      slot.recovered();
      work.done();
    }
  }

  /** If that fails, the log takes no more appends, as after any failed sync. */
  private void sync(LogSlot slot, Work work) {
    PartitionLog log = slot.ifOpen();
    if (log == null || log.offlineReason() != null) {
      return;
    }
    try {
      log.flush();
    } catch (LogException e) {
      if (!slot.isDiscarded()) {
        LOG.log(Level.ERROR, e.getMessage());
      }
    }
    long now = clock.nanoTime();
    long due = nextCheckpointNs.get();
    if (now - due >= 0 && nextCheckpointNs.compareAndSet(due, now + CHECKPOINT_EVERY_NS)) {
      checkpoint(work);
    }
  }

  private static void checkpoint(Work work) {
    try {
      work.checkpoint();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "checkpoints can''t be written: {0}", e.getMessage());
    }
  }
}
