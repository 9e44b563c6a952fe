package io.tailrace.coordinator.differential;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEvent;
import org.apache.kafka.coordinator.common.runtime.CoordinatorEventProcessor;

/**
 * What Kafka does on its coordinator's threads, on the caller's: events in their order, one after
 * the other; and background work when no event is left, as if that thread were always the slower
 * one.
 */
final class KafkaEvents extends AbstractExecutorService implements CoordinatorEventProcessor {
  private final Deque<Runnable> events = new ArrayDeque<>();
  private final Deque<Runnable> background = new ArrayDeque<>();
  private boolean running;

  @Override
  public void enqueueLast(CoordinatorEvent event) {
    events.addLast(() -> run(event));
    runAll();
  }

  @Override
  public void enqueueFirst(CoordinatorEvent event) {
    events.addFirst(() -> run(event));
    runAll();
  }

  @Override
  public void execute(Runnable work) {
    background.addLast(work);
    runAll();
  }

  private static void run(CoordinatorEvent event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      event.complete(e);
    }
  }

  private void runAll() {
    if (running) {
      return;
    }
    running = true;
    try {
      Runnable next = next();
      while (next != null) {
        next.run();
        next = next();
      }
    } finally {
      running = false;
    }
  }

  private Runnable next() {
    return events.isEmpty() ? background.poll() : events.poll();
  }

  @Override
  public void close() {}

  @Override
  public void shutdown() {}

  @Override
  public List<Runnable> shutdownNow() {
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return false;
  }

  @Override
  public boolean isTerminated() {
    return false;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return true;
  }
}
