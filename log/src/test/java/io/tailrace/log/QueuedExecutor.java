package io.tailrace.log;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs tasks when told to, or at once: so that a test with a seed runs the same way every time. */
final class QueuedExecutor extends AbstractExecutorService {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final boolean atOnce;
  private boolean shutdown;

  QueuedExecutor(boolean atOnce) {
    this.atOnce = atOnce;
  }

  /** Tasks that wait. */
  int size() {
    return tasks.size();
  }

  /** Runs the tasks that wait but for the newest. */
  void runAllButOne() {
    while (tasks.size() > 1) {
      tasks.remove().run();
    }
  }

  void runAll() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
    if (atOnce) {
      runAll();
    }
  }

  @Override
  public void shutdown() {
    shutdown = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    shutdown = true;
    List<Runnable> left = List.copyOf(tasks);
    tasks.clear();
    return left;
  }

  @Override
  public boolean isShutdown() {
    return shutdown;
  }

  @Override
  public boolean isTerminated() {
    return shutdown && tasks.isEmpty();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    runAll();
    return true;
  }
}
