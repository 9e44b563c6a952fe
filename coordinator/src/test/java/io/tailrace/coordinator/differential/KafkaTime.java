package io.tailrace.coordinator.differential;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.function.Supplier;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.server.util.timer.Timer;
import org.apache.kafka.server.util.timer.TimerTask;
import org.apache.kafka.server.util.timer.TimerTaskEntry;

/** Kafka's clock and timers, moved by hand: a timer runs at the very time that it is set to. */
final class KafkaTime implements Time, Timer {
  private final PriorityQueue<Scheduled> queue =
      new PriorityQueue<>(
          Comparator.comparingLong((Scheduled s) -> s.entry.expirationMs)
              .thenComparingLong(Scheduled::number));
  private long nowMs;
  private long added;

  private record Scheduled(TimerTaskEntry entry, long number) {}

  KafkaTime(long nowMs) {
    this.nowMs = nowMs;
  }

  void advanceTo(long toMs) {
    Scheduled first = queue.peek();
    while (first != null && first.entry.expirationMs <= toMs) {
      queue.remove();
      nowMs = Math.max(nowMs, first.entry.expirationMs);
      if (!first.entry.cancelled()) {
        first.entry.timerTask.run();
      }
      first = queue.peek();
    }
    nowMs = toMs;
  }

  @Override
  public void add(TimerTask task) {
    queue.add(new Scheduled(new TimerTaskEntry(task, nowMs + task.delayMs), added++));
  }

  @Override
  public boolean advanceClock(long timeoutMs) {
    throw new UnsupportedOperationException("for the thread that a broker has for it");
  }

  @Override
  public int size() {
    return queue.size();
  }

  @Override
  public void close() {}

  @Override
  public long milliseconds() {
    return nowMs;
  }

  @Override
  public long nanoseconds() {
    return nowMs * 1_000_000;
  }

  @Override
  public void sleep(long ms) {
    throw new UnsupportedOperationException("nobody sleeps here");
  }

  @Override
  public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMs) {
    throw new UnsupportedOperationException("nobody waits here");
  }
}
