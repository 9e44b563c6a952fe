package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.env.Clock;
import io.tailrace.env.Threads;
import io.tailrace.log.DataDirectories;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What comes round by the clock: flushes that {@code flush.ms} asks for, checkpoints, closing what
 * is not used, retention, and deleting its files. On two threads of its own, so that flushes wait
 * for none of the rest.
 */
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Housekeeping.class.getName());

  /** How exactly {@code flush.ms} is kept. */
  private static final long FLUSH_CHECK_MS = 100;

  /** As Kafka's {@code log.flush.offset.checkpoint.interval.ms}. */
  private static final long CHECKPOINT_MS = 60_000;

  /** As in Kafka, a start has other things to do. */
  private static final long FIRST_RETENTION_MS = 30_000;

  /** How exactly {@code file.delete.delay.ms} is kept. */
  private static final long DELETE_CHECK_MS = 1000;

  private static final int THREADS = 2;

  private final Clock clock;
  private final Supplier<BrokerConfig> config;
  private final DataDirectories directories;
  private final ScheduledExecutorService scheduler =
      Threads.scheduler("tailrace-housekeeping", THREADS);

  Housekeeping(
      Clock clock,
      Supplier<BrokerConfig> config,
      DataDirectories directories,
      TimedFlushes timedFlushes,
      Retention retention) {
    this.clock = clock;
    this.config = config;
    this.directories = directories;
    every(FLUSH_CHECK_MS, FLUSH_CHECK_MS, () -> timedFlushes.flushDue(clock.nanoTime()));
    every(CHECKPOINT_MS, CHECKPOINT_MS, this::checkpoint);
    long interval = config.get().get(BrokerConfigs.LOG_RETENTION_CHECK_INTERVAL_MS);
    every(Math.min(interval, FIRST_RETENTION_MS), interval, () -> retention.apply(clock.wallMs()));
    every(DELETE_CHECK_MS, DELETE_CHECK_MS, () -> directories.deleteFiles(clock.nanoTime()));
  }

  private void every(long firstMs, long delayMs, Runnable task) {
    scheduler.scheduleWithFixedDelay(() -> safely(task), firstMs, delayMs, TimeUnit.MILLISECONDS);
  }

  /** What throws would never be called again. */
  private static void safely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a defect in Tailrace: housekeeping failed", e);
    }
  }

  private void checkpoint() {
    directories.checkpoint();
    directories.tidy(clock.wallMs(), config.get().get(BrokerConfigs.PRODUCER_ID_EXPIRATION_MS));
  }

  /** Ends the thread, after what it is doing. */
  @Override
  public void close() {
    scheduler.close();
  }
}
