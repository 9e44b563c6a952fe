package io.tailrace.broker;

import io.tailrace.broker.config.BrokerConfig;
import io.tailrace.broker.config.BrokerConfigs;
import io.tailrace.broker.partition.TimedFlushes;
import io.tailrace.env.Clock;
import io.tailrace.env.Threads;
import io.tailrace.log.LogManager;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * What comes round by the clock: flushes that {@code flush.ms} asks for, checkpoints, and closing
 * what is not used. On a thread of its own.
 */
final class Housekeeping implements AutoCloseable {
  private static final Logger LOG = System.getLogger(Housekeeping.class.getName());

  /** How exactly {@code flush.ms} is kept. */
  private static final long FLUSH_CHECK_MS = 100;

  /** As Kafka's {@code log.flush.offset.checkpoint.interval.ms}. */
  private static final long CHECKPOINT_MS = 60_000;

  private final Clock clock;
  private final Supplier<BrokerConfig> config;
  private final LogManager logs;
  private final TimedFlushes timedFlushes;
  private final ScheduledExecutorService scheduler = Threads.scheduler("tailrace-housekeeping");

  Housekeeping(
      Clock clock, Supplier<BrokerConfig> config, LogManager logs, TimedFlushes timedFlushes) {
    this.clock = clock;
    this.config = config;
    this.logs = logs;
    this.timedFlushes = timedFlushes;
    scheduler.scheduleWithFixedDelay(
        () -> safely(() -> timedFlushes.flushDue(clock.nanoTime())),
        FLUSH_CHECK_MS,
        FLUSH_CHECK_MS,
        TimeUnit.MILLISECONDS);
    scheduler.scheduleWithFixedDelay(
        () -> safely(this::checkpoint), CHECKPOINT_MS, CHECKPOINT_MS, TimeUnit.MILLISECONDS);
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
    try {
      logs.checkpoint();
      logs.tidy(clock.wallMs(), config.get().get(BrokerConfigs.PRODUCER_ID_EXPIRATION_MS));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "checkpoints can't be written: {0}", e.getMessage());
    }
  }

  /** Ends the thread, after what it is doing. */
  @Override
  public void close() {
    scheduler.close();
  }
}
