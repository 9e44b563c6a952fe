package io.tailrace.broker.net;

import io.tailrace.env.Clock;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/**
 * Looks for the next request for a moment before its event loop falls asleep, where clients ask one
 * thing at a time and at once again: waking a sleeping thread takes longer than such a request does
 * (docs/benchmarks.md, produce-one).
 *
 * <p>It tries only while turns follow each other closely and serve about one request each: so an
 * idle broker sleeps, and under load requests go on gathering into one write. How closely is judged
 * with the time to fall asleep and wake, or a loop that has slept once would never spin again. A
 * search in vain doubles the number of turns until the next one. Of all loops at most half as many
 * as there are cores spin at a time, and they let others run. Used only on its loop's thread.
 */
final class IdleSpin {
  /** A little more than a client on the same machine needs to read an answer and ask again. */
  static final long MAX_NS = 50_000;

  /** Between turns on average: {@link #MAX_NS} and the time to fall asleep and wake. */
  static final long CLOSE_NS = 3 * MAX_NS;

  private static final int MAX_LOOKS = 200;
  private static final int MOST_TURNS_OFF = 63;

  /** Of a period, so that one long pause ends the spinning. */
  private static final long LONGEST_PERIOD_NS = 16 * CLOSE_NS;

  private static final int WEIGHT_SHIFT = 3;
  private static final int ONE_REQUEST = 1 << 8;
  private static final int FEW_REQUESTS = ONE_REQUEST * 5 / 4;

  private final Clock clock;
  private final Semaphore spinners;
  private long meanPeriodNs = LONGEST_PERIOD_NS;
  private int meanRequests = FEW_REQUESTS;
  private int turnsOff;
  private int turnsOffAfterFailure;

  /**
   * @param spinners a permit for each loop that may spin at the same time
   */
  IdleSpin(Clock clock, Semaphore spinners) {
    this.clock = clock;
    this.spinners = spinners;
  }

  static Semaphore spinnersFor(int cores) {
    return new Semaphore(cores / 2);
  }

  /**
   * A turn is over.
   *
   * @param periodNs since the turn before
   * @param requests served in it
   */
  void turned(long periodNs, int requests) {
    meanPeriodNs += (Math.min(periodNs, LONGEST_PERIOD_NS) - meanPeriodNs) >> WEIGHT_SHIFT;
    meanRequests += (requests * ONE_REQUEST - meanRequests) >> WEIGHT_SHIFT;
    turnsOff = Math.max(0, turnsOff - 1);
  }

  boolean isWorthwhile() {
    return turnsOff == 0 && meanPeriodNs < CLOSE_NS && meanRequests < FEW_REQUESTS;
  }

  /**
   * Spins if that is worthwhile.
   *
   * @return whether there is something to do now
   */
  boolean find(TaskQueue tasks, Consumer<SelectionKey> collect, List<?> ready) throws IOException {
    if (!isWorthwhile() || !spinners.tryAcquire()) {
      return false;
    }
    try {
      boolean found = spin(tasks, collect, ready);
      turnsOffAfterFailure = found ? 0 : Math.min(2 * turnsOffAfterFailure + 1, MOST_TURNS_OFF);
      turnsOff = turnsOffAfterFailure;
      return found;
    } finally {
      spinners.release();
    }
  }

  private boolean spin(TaskQueue tasks, Consumer<SelectionKey> collect, List<?> ready)
      throws IOException {
    long startNs = clock.nanoTime();
    for (int look = 0; look < MAX_LOOKS; look++) {
      tasks.select(collect, 0);
      if (!ready.isEmpty() || !tasks.isEmpty()) {
        return true;
      }
      if (clock.nanoTime() - startNs >= MAX_NS) {
        return false;
      }
      Thread.yield();
    }
    return false;
  }
}
