package io.tailrace.bench.load;

import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * Wakes a client loop whenever a request of its schedule is due, from a thread of its own: a
 * selector's timeout is too coarse (1 ms), and turning in circles would take a core from the
 * broker.
 */
final class Pacer implements AutoCloseable {
  private final Schedule schedule;
  private final Selector selector;
  private final Thread thread =
      Thread.ofPlatform().daemon().name("bench-pacer").unstarted(this::run);
  private volatile boolean closed;

  Pacer(Schedule schedule, Selector selector) {
    this.schedule = schedule;
    this.selector = selector;
  }

  void start() {
    thread.start();
  }

  private void run() {
    tightenTimer();
    long nowNs = System.nanoTime();
    while (!closed) {
      long dueNs = schedule.dueNs(schedule.countBefore(nowNs + 1));
      while (!closed && dueNs - System.nanoTime() > 0) {
        LockSupport.parkNanos(dueNs - System.nanoTime());
      }
      selector.wakeup();
      nowNs = Math.max(dueNs, System.nanoTime());
    }
  }

  /** Linux wakes sleepers up to 50 µs late to save wake-ups, unless told not to (proc(5)). */
  private static void tightenTimer() {
    try {
      Path self = Files.readSymbolicLink(Path.of("/proc/thread-self"));
      Path slack = Path.of("/proc", self.getFileName().toString(), "timerslack_ns");
      Files.writeString(slack, "1");
    } catch (IOException e) {
      // then requests leave that much later, on all brokers alike
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
  }
}
