package io.tailrace.env;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Starts threads. All of them are daemons with a name that says what they do; whoever starts one
 * ends it.
 */
public final class Threads {
  private Threads() {}

  /** Starts one thread that runs {@code body} once. */
  public static Thread start(String name, Runnable body) {
    Thread thread = Thread.ofPlatform().daemon().name(name).unstarted(body);
    thread.start();
    return thread;
  }

  /**
   * An executor of at most {@code size} threads, started as work arrives and named {@code name-0},
   * {@code name-1}, …
   */
  public static ExecutorService pool(String name, int size) {
    return Executors.newFixedThreadPool(size, factory(name));
  }

  /** An executor of one thread for tasks that come round again and again. */
  public static ScheduledExecutorService scheduler(String name) {
    return scheduler(name, 1);
  }

  /** The same of {@code size} threads. What is due after its shutdown is not waited for. */
  public static ScheduledExecutorService scheduler(String name, int size) {
    ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(size, factory(name));
    scheduler.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    return scheduler;
  }

  private static ThreadFactory factory(String name) {
    AtomicInteger next = new AtomicInteger();
    return body ->
        Thread.ofPlatform().daemon().name(name + "-" + next.getAndIncrement()).unstarted(body);
  }
}
